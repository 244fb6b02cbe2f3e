/** The README's commands and the guide, as a newcomer reads and types them; see kit/reader.ts for the rules. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { markdownSection, notRun, temporaryFolder, testSuite } from "@eau2/testing";
import { Reader } from "./kit/reader.js";
import { ROOT } from "./kit/workspace-copy.js";

const LIMIT = { timeoutMs: 280_000 };
const README_SECTIONS = ["A cluster by hand", "An app of your own"];
const PAGES = [
  "README",
  "1-load-a-file",
  "2-visit-its-rows",
  "3-ask-questions",
  "4-write-a-program",
  "5-three-nodes",
  "6-errors",
  "7-three-hosts",
];
/** Hosts are 127.0.0.1 to 127.0.0.3 here; systems other than Linux have the first alone. */
const isLeftOut = (page: string): boolean => page === "7-three-hosts" && process.platform !== "linux";

/** What CI asks of every app, asked of the one that the README has made; without what was only tried. */
const CHECKS = `
rm hello.ts trips.sor apps/late-trips/src/visit.ts
pnpm -s exec biome check apps/late-trips
pnpm -s exec knip
pnpm -s exec turbo boundaries
pnpm -s --filter @eau2/late-trips typecheck
`;

const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");

testSuite("what newcomers read", (test) => {
  test(
    "the README's commands and the guide's pages work as they are typed, in that order, and print what is shown; a generated app passes every check",
    async () => {
      using folder = temporaryFolder();
      await using reader = await Reader.at(folder.path);
      for (const title of README_SECTIONS)
        await reader.read(markdownSection(textOf("README.md"), title), `README.md, ${title}`);
      for (const line of CHECKS.trim().split("\n")) await reader.read(`\`\`\`sh\n${line}\n\`\`\`\n`, "the checks");
      for (const page of PAGES) {
        if (isLeftOut(page)) notRun(`docs/guide/${page}.md`, "it needs the addresses 127.0.0.2 and 127.0.0.3");
        else await reader.read(textOf(`docs/guide/${page}.md`), `docs/guide/${page}.md`);
      }
      await reader.read("```sh\npnpm -s typecheck\n```\n", "all files of the guide are strictly typed");
    },
    LIMIT,
  );
});
