/** Times of many questions as rows for programs and as a table for people, with their sum and geometric mean at the end. */
import type { Report } from "../report.js";
import { geometricMean, ratio, rounded } from "../statistics.js";
import type { Comparison } from "./comparison.js";

/** Of one arm and one question: medians over the runs. */
export interface Figures {
  readonly ms: number;
  readonly peakMb: number;
  /** What stays resident. */
  readonly residentMb: number;
}

export interface Answered {
  readonly question: string;
  readonly text: string;
  /** By the name of the arm; an arm that gave no answer is missing. */
  readonly figures: ReadonlyMap<string, Figures>;
  readonly verdict: Verdict;
}

/** Of several answers; alone: there was nothing to compare with; failed: some engine gave none. */
export type Verdict = "equal" | "different" | "failed" | "alone";

export interface Circumstances {
  /** The name of the table. */
  readonly data: string;
  readonly runs: number;
  readonly machine: string;
  /** Loading is also about what it leaves in memory. */
  readonly isResidentShown: boolean;
}

/** One line about all figures. */
export const whereMeasured = ({ data, runs, machine }: Pick<Circumstances, "data" | "runs" | "machine">): string =>
  `${data}, ${runs === 1 ? "one run" : `medians of ${runs} runs`}; ${machine}`;

export const TOTAL = "total";
const GEOMETRIC_MEAN = "geometric mean";

/** The first one that any question has is that of all. */
const VERDICTS: readonly Verdict[] = ["different", "failed", "alone", "equal"];

type Combine = (values: readonly number[]) => number | null;
const sum: Combine = (values) => values.reduce((total, value) => total + value, 0);

/** A row over all questions: of the arms that answered all of them. */
const summary = (question: string, answered: readonly Answered[], combineMs: Combine): Answered => {
  const names = new Set(answered.flatMap(({ figures }) => [...figures.keys()]));
  const figures = new Map<string, Figures>();
  for (const name of names) {
    const own = answered.flatMap((each) => each.figures.get(name) ?? []);
    const ms = combineMs(own.map((each) => each.ms));
    if (own.length === answered.length && ms !== null) {
      const most = (figure: "peakMb" | "residentMb") => Math.max(...own.map((each) => each[figure]));
      figures.set(name, { ms, peakMb: most("peakMb"), residentMb: most("residentMb") });
    }
  }
  const verdict = VERDICTS.find((candidate) => answered.some((each) => each.verdict === candidate)) ?? "alone";
  return { question, text: "", figures, verdict };
};

const capitalized = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

export const queryReport = (
  { arms, ratios }: Comparison,
  answered: readonly Answered[],
  { data, runs, machine, isResidentShown }: Circumstances,
): Report => {
  const rows =
    answered.length < 2
      ? answered
      : [...answered, summary(TOTAL, answered, sum), summary(GEOMETRIC_MEAN, answered, geometricMean)];
  const msOf = (row: Answered, arm: string) => row.figures.get(arm)?.ms ?? null;
  const peakOf = (row: Answered, arm: string) => rounded(row.figures.get(arm)?.peakMb ?? null);
  const residentOf = (row: Answered, arm: string) => rounded(row.figures.get(arm)?.residentMb ?? null);
  /** The figure of the first arm has the plain name. */
  const named = (name: string, index: number, figure: string) => (index === 0 ? figure : name + capitalized(figure));

  const json = rows.map((row) => ({
    question: row.question,
    text: row.text,
    ...Object.fromEntries(arms.map(({ name }) => [`${name}Ms`, rounded(msOf(row, name), 1)])),
    ...Object.fromEntries(ratios.map(({ name, of, to }) => [name, ratio(msOf(row, of), msOf(row, to))])),
    equal: row.verdict === "alone" ? null : row.verdict === "equal",
    ...Object.fromEntries(arms.map(({ name }, index) => [named(name, index, "peakRssMb"), peakOf(row, name)])),
    ...(isResidentShown
      ? {
          ...Object.fromEntries(
            arms.map(({ name }, index) => [named(name, index, "residentMb"), residentOf(row, name)]),
          ),
          ...Object.fromEntries(
            ratios.map(({ name, of, to }) => [`${name}Resident`, ratio(residentOf(row, of), residentOf(row, to))]),
          ),
        }
      : {}),
    runs,
    data,
    machine,
  }));

  const shown: Readonly<Record<Verdict, string>> = {
    equal: "equal",
    different: "DIFFERENT",
    failed: "FAILED",
    alone: "-",
  };
  const titles = [
    "question",
    "",
    ...arms.map(({ title }) => `${title}, ms`),
    ...ratios.map(({ title }) => title),
    "answers",
    ...arms.map(({ title }) => `${title}, peak MB`),
    ...(isResidentShown ? arms.map(({ title }) => `${title}, then MB`) : []),
  ];
  const table = rows.map((row) => [
    row.question,
    row.text,
    ...arms.map(({ name }) => rounded(msOf(row, name), 1)),
    ...ratios.map(({ of, to }) => ratio(msOf(row, of), msOf(row, to))),
    shown[row.verdict],
    ...arms.map(({ name }) => peakOf(row, name)),
    ...(isResidentShown ? arms.map(({ name }) => residentOf(row, name)) : []),
  ]);
  return {
    agreed: answered.every(({ verdict }) => verdict === "equal" || verdict === "alone"),
    json,
    table: [[whereMeasured({ data, runs, machine })], titles, ...table],
  };
};
