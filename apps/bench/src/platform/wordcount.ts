/** Word count of one file: eau2 embedded against DuckDB, a plain program and awk; each run in a fresh process, in turn. */
import type { Report } from "../report.js";
import { shown } from "../report.js";
import { median, ratio, rounded } from "../statistics.js";
import { type Answer, sameAnswer } from "./answer.js";
import type { CountHandlers, CountResult } from "./arms/wordcount-arm.js";
import { countWithAwk, hasAwk } from "./awk.js";
import { zipfFile } from "./bench-data.js";
import { Child } from "./child.js";
import { installPeer } from "./peers.js";
import { progress } from "./progress.js";

/** Large enough to compile everything, small enough not to show in the peak of memory. */
export const WARM_UP_MEGABYTES = 10;

export interface WordCountOptions {
  readonly megabytes: number;
  readonly runs: number;
  /** Runs of the plain program and of awk: slow, and only there to be compared roughly. */
  readonly referenceRuns: number;
  readonly seed: number;
  readonly usePeers: boolean;
}

interface Arm {
  readonly name: string;
  readonly runs: number;
  run(): Promise<Pick<CountResult, "ms" | "answer"> & Partial<CountResult>>;
}

export const benchWordCount = async (options: WordCountOptions): Promise<Report> => {
  const { megabytes, runs, referenceRuns, seed, usePeers } = options;
  const peers = usePeers ? installPeer("@duckdb/node-api") : null;
  const file = zipfFile(megabytes, seed);
  const args = { file, warmUpFile: zipfFile(Math.min(megabytes, WARM_UP_MEGABYTES), seed), peers };
  const inFreshProcess = (name: string) => async () => {
    await using child = new Child<CountHandlers>(name);
    return await child.ask("run", args);
  };
  const arms: Arm[] = [
    { name: "eau2", runs, run: inFreshProcess("wordcount-eau2") },
    ...(peers === null ? [] : [{ name: "duckdb", runs, run: inFreshProcess("wordcount-duckdb") }]),
    { name: "map", runs: referenceRuns, run: inFreshProcess("wordcount-map") },
    ...(hasAwk() ? [{ name: "awk", runs: referenceRuns, run: () => countWithAwk(file) }] : []),
  ];
  const results = new Map<string, Awaited<ReturnType<Arm["run"]>>[]>(arms.map(({ name }) => [name, []]));
  const of = (name: string) => results.get(name) ?? [];
  let first: Answer | undefined;
  let equal = true;
  // One wrong answer ends it: how long it took to get that is of no interest.
  for (let run = 0; run < Math.max(runs, referenceRuns) && equal; run++) {
    for (const arm of arms.filter((candidate) => run < candidate.runs)) {
      const result = await arm.run();
      of(arm.name).push(result);
      first ??= result.answer;
      if (!sameAnswer(first, result.answer)) {
        equal = false;
        progress(`${arm.name} disagrees: ${JSON.stringify(result.answer)}, eau2 has ${JSON.stringify(first)}`);
      }
      const parts = Object.entries(result.parts ?? {}).map(([name, ms]) => `${name} ${Math.round(ms)}`);
      const cpu = result.cpuMs === undefined ? "" : ` (processor ${Math.round(result.cpuMs)} ms)`;
      progress(`run ${run + 1}: ${arm.name} ${Math.round(result.ms)} ms${cpu} ${parts.join(", ")}`);
    }
  }

  const medianOf = (name: string, figure: "ms" | "cpuMs") =>
    rounded(median(of(name).map((result) => result[figure] ?? 0)));
  const part = (name: string) => rounded(median(of("eau2").map(({ parts }) => parts?.[name] ?? 0)));
  const peakMb = (name: string) =>
    rounded(median(of(name).flatMap(({ peakResidentBytes }) => (peakResidentBytes ?? 0) / 1e6)));
  const [eau2Ms, duckdbMs, mapMs, awkMs] = ["eau2", "duckdb", "map", "awk"].map((name) => medianOf(name, "ms")) as [
    number,
    ...(number | null)[],
  ];
  const peakRssMb = peakMb("eau2");
  const json = {
    mb: megabytes,
    runs,
    referenceRuns,
    words: first?.wordCount ?? 0,
    distinct: first?.distinct ?? 0,
    eau2Ms,
    eau2LoadMs: part("loadMs"),
    eau2CountMs: part("countMs"),
    duckdbMs: duckdbMs ?? null,
    mapMs: mapMs ?? null,
    awkMs: awkMs ?? null,
    ratioDuckdb: ratio(eau2Ms, duckdbMs ?? null),
    eau2CpuMs: medianOf("eau2", "cpuMs"),
    duckdbCpuMs: medianOf("duckdb", "cpuMs"),
    equal,
    peakRssMb,
    ratioPeakRss: ratio(peakRssMb, megabytes),
    duckdbPeakRssMb: peakMb("duckdb"),
    mapPeakRssMb: peakMb("map"),
  };
  return {
    json,
    agreed: equal,
    table: [
      ["file", `${megabytes} MB, ${json.words} words, ${json.distinct} different`],
      ["answers", equal ? "equal" : "DIFFERENT"],
      ["eau2, 2 shards", `${eau2Ms} ms (load ${json.eau2LoadMs}, count ${json.eau2CountMs})`],
      ["DuckDB, 2 threads", shown(json.duckdbMs, "ms")],
      [`readline and Map (${referenceRuns} runs)`, shown(json.mapMs, "ms")],
      [`awk (${referenceRuns} runs)`, shown(json.awkMs, "ms")],
      ["eau2 / DuckDB", shown(json.ratioDuckdb, "")],
      ["peak memory of eau2", `${peakRssMb} MB, ${json.ratioPeakRss} x the file`],
      ["peak memory of DuckDB", shown(json.duckdbPeakRssMb, "MB")],
      ["runs", `${runs}, medians; warm-up on ${WARM_UP_MEGABYTES} MB at most`],
    ],
  };
};
