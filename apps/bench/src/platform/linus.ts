/** Linus on node processes, as `pnpm demo linus` runs it, against one thread with the same commits in arrays. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { closedForm } from "@eau2/demo/src/linus/generated.js";
import type { Report } from "../report.js";
import { median, ratio, rounded } from "../statistics.js";
import type { LinusPlainHandlers } from "./arms/linus-plain.js";
import { Child } from "./child.js";
import { progress } from "./progress.js";

export interface LinusBenchOptions {
  readonly stages: number;
  readonly nodes: number;
  readonly runs: number;
}

interface DemoLinus {
  readonly stages: unknown;
  /** From when all nodes have their commits. */
  readonly ms: number;
}

const runDemo = ({ stages, nodes }: LinusBenchOptions): DemoLinus => {
  const demo = join(dirname(createRequire(import.meta.url).resolve("@eau2/demo/package.json")), "dist", "main.js");
  const args = [demo, "linus", "--generate", String(stages), "--nodes", String(nodes), "--json"];
  const output = execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output.trimEnd().split("\n").at(-1)!) as DemoLinus;
};

export const benchLinus = async (options: LinusBenchOptions): Promise<Report> => {
  const { stages, nodes, runs } = options;
  const expected = JSON.stringify(closedForm(stages));
  await using plain = new Child<LinusPlainHandlers>("linus-plain");
  await plain.ask("start", { stages });
  const plainTimes: number[] = [];
  const clusterTimes: number[] = [];
  let exact = true;
  for (let round = 1; round <= runs; round++) {
    const cluster = runDemo(options);
    const loop = await plain.ask("reach", undefined as never);
    exact &&= JSON.stringify(cluster.stages) === expected && JSON.stringify(loop.stages) === expected;
    clusterTimes.push(cluster.ms);
    plainTimes.push(loop.ms);
    progress(`run ${round}: ${nodes} nodes ${rounded(cluster.ms)} ms, one loop ${rounded(loop.ms)} ms`);
  }
  const eau2Ms = rounded(median(clusterTimes) ?? 0);
  const plainMs = rounded(median(plainTimes) ?? 0, 2);
  const ratioPlain = ratio(eau2Ms, plainMs);
  return {
    agreed: exact,
    json: { stages, nodes, runs, eau2Ms, plainMs, ratioPlain, exact },
    table: [
      [`linus, ${stages} stages, ${nodes} nodes`, `${eau2Ms} ms`],
      ["one loop over Int32Arrays in one thread", `${plainMs} ms, ratio ${ratioPlain}`],
      ["numbers", exact ? "those of the closed form" : "THEY DIFFER"],
    ],
  };
};
