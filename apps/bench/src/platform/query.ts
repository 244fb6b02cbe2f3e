/**
 * Questions about a loaded table: one process an engine, which loads it once; then question by question, and run by run,
 * each is asked in turn. The first run warms up and is compared, the others count.
 */
import { type G1Shape, g1Name } from "../g1/g1-table.js";
import { comparisonOf, type Sides } from "../query/comparison.js";
import { type Answered, queryReport, type Verdict } from "../query/query-report.js";
import type { Question } from "../query/questions.js";
import type { Report } from "../report.js";
import { g1File } from "./bench-data.js";
import { progress } from "./progress.js";
import { type ArmProcess, closeArms, compareAnswers, failed, figuresOf, machineOf, openArm } from "./query-arms.js";
import type { Timed } from "./query-engine.js";

export interface QueryBenchOptions extends Sides {
  readonly shape: G1Shape;
  readonly runs: number;
  readonly questions: readonly Question[];
}

/** An arm that fails is asked this question no more, and its time is missing; so are all times when answers differ. */
const ask = async (all: readonly ArmProcess[], question: Question, runs: number): Promise<Answered> => {
  const times = new Map<ArmProcess, Timed[]>(all.map((process) => [process, []]));
  let verdict: Verdict = "alone";
  for (let run = 0; run <= runs; run++) {
    for (const [process, own] of times) {
      try {
        const timed = await process.child.ask("run", { question: question.name });
        if (run > 0) own.push(timed);
      } catch (error) {
        failed(process, question.name, error);
        times.delete(process);
      }
    }
    if (run > 0) continue;
    verdict = await compareAnswers([...times.keys()], question);
    if (verdict === "different") break;
  }
  if (verdict === "different") times.clear();
  else if (times.size < all.length) verdict = "failed";
  const figures = new Map([...times].map(([{ arm }, own]) => [arm.name, figuresOf(own)] as const));
  for (const [{ arm }, own] of times) {
    progress(`${question.name}: ${arm.title} ${own.map(({ ms }) => Math.round(ms)).join(", ")} ms`);
  }
  return { question: question.name, text: question.text, figures, verdict };
};

export const benchQueries = async (options: QueryBenchOptions): Promise<Report> => {
  const { shape, runs, questions } = options;
  const comparison = comparisonOf(options);
  const file = g1File(shape);
  const open: ArmProcess[] = [];
  const answered: Answered[] = [];
  try {
    for (const arm of comparison.arms) {
      const process = await openArm(arm, file);
      open.push(process);
      const { ms, residentBytes } = await process.child.ask("load", { file });
      progress(`${arm.title}: loaded in ${Math.round(ms)} ms, ${Math.round(residentBytes / 1e6)} MB resident`);
    }
    for (const question of questions) answered.push(await ask(open, question, runs));
  } finally {
    await closeArms(open);
  }
  return queryReport(comparison, answered, {
    data: g1Name(shape),
    runs,
    machine: machineOf(comparison.arms),
    isResidentShown: false,
  });
};
