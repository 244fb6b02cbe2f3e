/**
 * pnpm bump: gives the packages their next version from the files of .changeset, which go; the version that nodes tell
 * each other and CHANGELOG.md follow.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseChange, withVersion } from "./changelog.js";
import { ROOT, readManifest, run } from "./pack.js";

const replaceIn = (path: string, replace: (text: string) => string): void => {
  const file = new URL(path, ROOT);
  const before = readFileSync(file, "utf8");
  const after = replace(before);
  if (after === before) throw new Error(`${path}: nothing in it could be replaced`);
  writeFileSync(file, after);
};

const names = readdirSync(new URL(".changeset/", ROOT)).filter((name) => name.endsWith(".md") && name !== "README.md");
const changes = names
  .map((name) => parseChange(readFileSync(new URL(`.changeset/${name}`, ROOT), "utf8"), name))
  .filter((change) => change !== undefined);
if (changes.length === 0) throw new Error("nothing in .changeset is to be released; pnpm changeset adds a change");

run("npm", ["exec", "--yes", "--", "@changesets/cli@2.31.1", "version"], ROOT);
const version = String(readManifest(new URL("packages/protocol/", ROOT)).version);
replaceIn("packages/application/src/build.ts", (text) => text.replace(/BUILD = ".*"/, `BUILD = "${version}"`));
const date = new Date().toISOString().slice(0, 10);
replaceIn("CHANGELOG.md", (text) => withVersion(text, { version, date, changes }));
console.log(`version ${version}, with ${changes.length} changes; look at CHANGELOG.md, test and commit`);
