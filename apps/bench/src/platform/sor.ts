/** Loading SoR: the whole load embedded, with its peak memory, and the kernel alone against the plain reference of its tests. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Report } from "../report.js";
import { median, ratio, rounded } from "../statistics.js";
import type { SorHandlers } from "./arms/sor-eau2.js";
import { sorFile } from "./bench-data.js";
import { Child } from "./child.js";
import { progress } from "./progress.js";

/** MB that a process loads before it is timed, and that the kernel is fed with. */
const WARM_UP_MB = 10;
const KERNEL_MB = 50;

interface KernelRates {
  readonly kernelMbPerSecond: number;
  readonly referenceMbPerSecond: number;
}

/** The bench of the package: it checks the kernel's answer against the reference first. */
const kernelRates = (megabytes: number): KernelRates => {
  const cwd = dirname(createRequire(import.meta.url).resolve("@eau2/dataframe/package.json"));
  const args = ["--import", "tsx", "bench/sor.bench.ts", String(megabytes), "--json"];
  const output = execFileSync(process.execPath, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output.trimEnd().split("\n").at(-1)!) as KernelRates;
};

export interface SorBenchOptions {
  readonly megabytes: number;
  readonly runs: number;
  readonly seed: number;
}

export const benchSor = async ({ megabytes, runs, seed }: SorBenchOptions): Promise<Report> => {
  const file = sorFile(megabytes, seed);
  const warmUpFile = sorFile(Math.min(WARM_UP_MB, megabytes), seed);
  const times: number[] = [];
  const peaks: number[] = [];
  let columnBytes = 0;
  let rows = 0;
  let agreed = true;
  for (let run = 1; run <= runs; run++) {
    // A process for each run: its peak is its own.
    await using child = new Child<SorHandlers>("sor-eau2");
    const loaded = await child.ask("load", { file, warmUpFile });
    times.push(loaded.ms);
    peaks.push(loaded.peakBytes);
    agreed &&= loaded.sidb === "BIIIIDDDDSSSS" && loaded.rows === loaded.lines;
    ({ columnBytes, rows } = loaded);
    progress(`run ${run}: ${rounded(loaded.ms)} ms, peak ${rounded(loaded.peakBytes / 1e6)} MB`);
  }
  const { kernelMbPerSecond, referenceMbPerSecond } = kernelRates(Math.min(KERNEL_MB, megabytes));
  const loadMs = rounded(median(times) ?? 0);
  const peakRssMb = rounded((median(peaks) ?? 0) / 1e6);
  const columnsMb = rounded(columnBytes / 1e6);
  const ratioPeak = ratio(peakRssMb, columnsMb);
  const ratioReference = ratio(kernelMbPerSecond, referenceMbPerSecond);
  const loadMbPerSecond = rounded(megabytes / (loadMs / 1000));
  return {
    agreed,
    json: {
      mb: megabytes,
      runs,
      rows,
      loadMs,
      loadMbPerSecond,
      peakRssMb,
      columnsMb,
      ratioPeak,
      kernelMbPerSecond,
      referenceMbPerSecond,
      ratioReference,
    },
    table: [
      ["load, 2 shards", `${loadMs} ms, ${loadMbPerSecond} MB/s, ${rows} rows`],
      ["peak resident memory / columns", `${peakRssMb} MB / ${columnsMb} MB = ${ratioPeak}`],
      ["kernel / reference in TypeScript", `${kernelMbPerSecond} / ${referenceMbPerSecond} MB/s = ${ratioReference}`],
      ["rows", agreed ? "as many as lines" : "THEY DIFFER FROM THE LINES"],
    ],
  };
};
