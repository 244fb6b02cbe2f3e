/**
 * Word count on a cluster: two processes of one shard against one process of two, the same shards with and without a
 * network between them. Real nodes on loopback, fresh for each run, told what to do by this process; their start and a
 * warm-up are not counted.
 */
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { open } from "@eau2/application";
import type { Report } from "../report.js";
import { median, ratio, rounded } from "../statistics.js";
import { type Answer, sameAnswer } from "./answer.js";
import type { NodeHandlers } from "./arms/node.js";
import { zipfFile } from "./bench-data.js";
import { Child } from "./child.js";
import { answerOfCounts, countWords, dropWords } from "./counted-words.js";
import { progress } from "./progress.js";
import { WARM_UP_MEGABYTES } from "./wordcount.js";

const SHARD_MEMORY_BYTES = 2 * 1024 ** 3;

export interface ProcessesOptions {
  readonly megabytes: number;
  readonly runs: number;
  readonly seed: number;
  /** Processes of one shard each, compared with one process of as many shards. */
  readonly processes: number;
}

interface Run {
  readonly ms: number;
  readonly peakResidentBytes: number;
  readonly answer: Answer;
}

const runCluster = async (processes: number, shardCount: number, file: string, warmUpFile: string): Promise<Run> => {
  const token = randomBytes(32).toString("hex");
  const nodes: Child<NodeHandlers>[] = [];
  try {
    let join: string | null = null;
    for (let index = 0; index < processes; index++) {
      const node = new Child<NodeHandlers>("node");
      nodes.push(node);
      const started: { address: string } = await node.ask("start", {
        name: `node-${index}`,
        token,
        shardCount,
        memoryBytes: SHARD_MEMORY_BYTES * shardCount,
        dataRoots: [dirname(file)],
        join,
      });
      join ??= started.address;
    }
    await using eau2 = await open(`ws://${join}`, { token: Buffer.from(token, "hex") });
    await dropWords(eau2, await countWords(eau2, warmUpFile));
    const counted = await countWords(eau2, file);
    const { loadMs, countMs, phases } = counted;
    const peaks = await Promise.all(nodes.map((node) => node.ask("peakResidentBytes", undefined)));
    const parts = phases.map(({ name, ms }) => `${name} ${Math.round(ms)}`).join(", ");
    progress(`${processes} x ${shardCount}: ${Math.round(loadMs + countMs)} ms (${parts})`);
    return {
      ms: loadMs + countMs,
      peakResidentBytes: peaks.reduce((sum, peak) => sum + peak, 0),
      answer: await answerOfCounts(eau2, counted),
    };
  } finally {
    await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
  }
};

export const benchWordCountProcesses = async (options: ProcessesOptions): Promise<Report> => {
  const { megabytes, runs, seed, processes } = options;
  const file = zipfFile(megabytes, seed);
  const warmUpFile = zipfFile(Math.min(megabytes, WARM_UP_MEGABYTES), seed);
  const one: Run[] = [];
  const several: Run[] = [];
  let equal = true;
  for (let run = 0; run < runs && equal; run++) {
    one.push(await runCluster(1, processes, file, warmUpFile));
    several.push(await runCluster(processes, 1, file, warmUpFile));
    equal = [...one, ...several].every(({ answer }) => sameAnswer(answer, one[0]!.answer));
  }
  const medianMs = (results: readonly Run[]) => rounded(median(results.map(({ ms }) => ms)));
  const peakMb = (results: readonly Run[]) =>
    rounded(median(results.map(({ peakResidentBytes }) => peakResidentBytes / 1e6)));
  const json = {
    mb: megabytes,
    runs,
    processes,
    oneProcessMs: medianMs(one),
    processesMs: medianMs(several),
    ratioProcesses: ratio(medianMs(several), medianMs(one)),
    equal,
    peakRssMb: peakMb(several),
    oneProcessPeakRssMb: peakMb(one),
  };
  return {
    agreed: equal,
    json,
    table: [
      ["file", `${megabytes} MB`],
      ["answers", equal ? "equal" : "DIFFERENT"],
      [`1 process, ${processes} shards`, `${json.oneProcessMs} ms, peak ${json.oneProcessPeakRssMb} MB`],
      [`${processes} processes, 1 shard each`, `${json.processesMs} ms, peak ${json.peakRssMb} MB together`],
      ["ratio", String(json.ratioProcesses)],
      ["runs", `${runs}, medians; start-up not counted`],
    ],
  };
};
