/** Loading the CSV as a table in memory: each time in a fresh process, in turn, and what stays resident. */
import { type G1Shape, g1Name } from "../g1/g1-table.js";
import { type Arm, comparisonOf, type Sides } from "../query/comparison.js";
import { queryReport, type Verdict } from "../query/query-report.js";
import type { Report } from "../report.js";
import { g1File } from "./bench-data.js";
import { progress } from "./progress.js";
import { type ArmProcess, closeArms, compareAnswers, failed, figuresOf, machineOf, openArm } from "./query-arms.js";
import type { Timed } from "./query-engine.js";

/** Rows that a process loads before it is timed: enough to compile everything. */
const WARM_UP_ROWS = 200_000;

export interface LoadBenchOptions extends Sides {
  readonly shape: G1Shape;
  readonly runs: number;
}

/** A process of the arm that has loaded the file; undefined when it failed. */
const load = async (
  arm: Arm,
  file: string,
  warmUpFile: string,
): Promise<{ process: ArmProcess; timed: Timed } | null> => {
  const process = await openArm(arm, file);
  try {
    await process.child.ask("load", { file: warmUpFile });
    return { process, timed: await process.child.ask("load", { file }) };
  } catch (error) {
    failed(process, "load", error);
    await closeArms([process]);
    return null;
  }
};

export const benchLoad = async (options: LoadBenchOptions): Promise<Report> => {
  const { shape, runs } = options;
  const comparison = comparisonOf(options);
  const file = g1File(shape);
  const warmUpFile = g1File({ ...shape, rows: Math.min(shape.rows, WARM_UP_ROWS) });

  // The first round fills the caches of the machine, and tells who takes part: its tables are compared, then it ends.
  const first: ArmProcess[] = [];
  let verdict: Verdict;
  try {
    for (const arm of comparison.arms) {
      const loaded = await load(arm, file, warmUpFile);
      if (loaded !== null) first.push(loaded.process);
    }
    verdict = await compareAnswers(first, null);
  } finally {
    await closeArms(first);
  }

  const arms = verdict === "different" ? [] : first.map(({ arm }) => arm);
  const times = new Map<string, Timed[]>(arms.map(({ name }) => [name, []]));
  for (let run = 1; run <= runs; run++) {
    for (const arm of arms) {
      const loaded = await load(arm, file, warmUpFile);
      if (loaded === null) continue;
      times.get(arm.name)!.push(loaded.timed);
      await closeArms([loaded.process]);
      progress(`run ${run}: ${arm.title} ${Math.round(loaded.timed.ms)} ms`);
    }
  }
  const complete = [...times].filter(([, own]) => own.length === runs);
  if (verdict !== "different" && complete.length < comparison.arms.length) verdict = "failed";
  const answered = {
    question: "load",
    text: "the CSV as a table in memory",
    figures: new Map(complete.map(([name, own]) => [name, figuresOf(own)])),
    verdict,
  };
  const machine = machineOf(comparison.arms);
  return queryReport(comparison, [answered], { data: g1Name(shape), runs, machine, isResidentShown: true });
};
