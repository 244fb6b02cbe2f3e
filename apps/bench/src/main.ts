/** `pnpm bench COMMAND`: the comparisons that the README quotes. */
import { isEau2Error } from "@eau2/protocol";
import { Command, Option } from "commander";
import { count, json, megabytes, peers, print, runs, seed } from "./options.js";
import { benchKv } from "./platform/kv.js";
import { benchLinus } from "./platform/linus.js";
import { benchMemory } from "./platform/memory.js";
import { benchSim } from "./platform/sim.js";
import { benchSor } from "./platform/sor.js";
import { benchVisit } from "./platform/visit.js";
import { benchWordCount } from "./platform/wordcount.js";
import { benchWordCountProcesses } from "./platform/wordcount-processes.js";
import { addQueryCommands } from "./query-commands.js";

interface WordCountFlags {
  readonly mb: number;
  readonly runs: number;
  readonly referenceRuns: number;
  readonly seed: number;
  readonly peers: "all" | "none";
  readonly processes?: number;
  readonly json: boolean;
}

const program = new Command("bench").description("Compare eau2 with what else there is, on this machine.");

program
  .command("wordcount")
  .description("count words of a generated file: DuckDB, readline and Map, awk; or one process against several")
  .addOption(megabytes())
  .addOption(runs())
  .addOption(new Option("--reference-runs <n>", "runs of readline and Map, and of awk").argParser(count(0)).default(1))
  .addOption(seed())
  .addOption(peers())
  .addOption(new Option("--processes <n>", "compare n processes of one shard with one of n").argParser(count(2)))
  .addOption(json())
  .action(async ({ mb, json: asJson, peers: which, processes, ...rest }: WordCountFlags) => {
    const report =
      processes === undefined
        ? await benchWordCount({ megabytes: mb, usePeers: which === "all", ...rest })
        : await benchWordCountProcesses({ megabytes: mb, processes, ...rest });
    print(report, asJson);
  });

program
  .command("kv")
  .description("gets from another process: Redis, and a plain socket")
  .addOption(new Option("--gets <n>", "gets of 100 bytes a round").argParser(count(1)).default(50_000))
  .addOption(new Option("--mb <n>", "values of 1 MiB a round").argParser(count(1)).default(256))
  .addOption(runs())
  .addOption(peers())
  .addOption(json())
  .action(async (flags: { gets: number; mb: number; runs: number; peers: "all" | "none"; json: boolean }) => {
    const { gets, mb, runs: rounds, peers: which, json: asJson } = flags;
    print(await benchKv({ gets, megabytes: mb, runs: rounds, usePeers: which === "all" }), asJson);
  });

program
  .command("memory")
  .description("load, count and drop again and again: does resident memory grow?")
  .addOption(megabytes())
  .addOption(new Option("--repeats <n>", "times to load and drop").argParser(count(3)).default(20))
  .addOption(seed())
  .addOption(json())
  .action(async (flags: { mb: number; repeats: number; seed: number; json: boolean }) => {
    print(await benchMemory({ megabytes: flags.mb, repeats: flags.repeats, seed: flags.seed }), flags.json);
  });

program
  .command("sor")
  .description("load a generated SoR file: rate, peak memory, and the kernel against its plain reference")
  .addOption(megabytes())
  .addOption(runs())
  .addOption(seed())
  .addOption(json())
  .action(async (flags: { mb: number; runs: number; seed: number; json: boolean }) => {
    print(await benchSor({ megabytes: flags.mb, runs: flags.runs, seed: flags.seed }), flags.json);
  });

program
  .command("visit")
  .description("visitors over a float column of a frame: a plain loop over an array")
  .addOption(new Option("--rows <n>", "rows of the frame").argParser(count(1)).default(10_000_000))
  .addOption(runs())
  .addOption(json())
  .action(async (flags: { rows: number; runs: number; json: boolean }) => {
    print(await benchVisit({ rows: flags.rows, runs: flags.runs }), flags.json);
  });

program
  .command("linus")
  .description("linus on generated commits, on three nodes: one loop over arrays in one thread")
  .addOption(new Option("--stages <n>", "of the closed form").argParser(count(1)).default(7))
  .addOption(new Option("--nodes <n>", "node processes").argParser(count(1)).default(3))
  .addOption(runs())
  .addOption(json())
  .action(async (flags: { stages: number; nodes: number; runs: number; json: boolean }) => {
    print(await benchLinus({ stages: flags.stages, nodes: flags.nodes, runs: flags.runs }), flags.json);
  });

program
  .command("sim")
  .description("random histories of whole nodes in virtual time: how many a second, and do all promises hold?")
  .addOption(new Option("--seeds <n>", "histories to run").argParser(count(1)).default(300))
  .addOption(new Option("--first <n>", "the first seed").argParser(count(1)).default(1))
  .addOption(json())
  .action(async (flags: { seeds: number; first: number; json: boolean }) => {
    print(await benchSim({ seeds: flags.seeds, first: flags.first }), flags.json);
  });

addQueryCommands(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(isEau2Error(error) ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
}
