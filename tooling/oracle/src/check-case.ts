/** One case against an engine: the reference's answer, the engine's, and what differs. */
import type { Plan } from "@eau2/dataframe";
import { type Answer, compareAnswers, type Tolerance } from "./compare.js";
import { FAILURE_CODES, Failure } from "./failure.js";
import { printCase } from "./print-case.js";
import { type Dialect, EVERYTHING } from "./random/dialect.js";
import { type QueryCase, randomCase } from "./random/random-case.js";
import { rowOrder } from "./random/row-order.js";
import { runPlan, type Tables } from "./run-plan.js";
import { shrink } from "./shrink.js";
import type { Table } from "./values.js";

/** @throws an error whose `code` is that of a {@link Failure}, for queries that have no answer. */
export type Engine = (plan: Plan, tables: Tables) => Promise<Answer>;

/** The code of queries that cannot be asked. */
const REFUSED = "USAGE";
const FAILED = "the engine failed";

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

const reference = ({ plan, tables }: QueryCase): Table | Failure => {
  try {
    return runPlan(plan, tables);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
};

/**
 * What is wrong, or undefined. Where the reference fails an engine may have an answer: it need not compute what nobody asked
 * for, and may filter first.
 */
export const checkCase = async (
  queryCase: QueryCase,
  engine: Engine,
  tolerance?: Tolerance,
): Promise<string | undefined> => {
  const expected = reference(queryCase);
  let actual: Answer;
  try {
    actual = await engine(queryCase.plan, queryCase.tables);
  } catch (error) {
    // Another row may have failed first, for another reason.
    if (expected instanceof Failure && FAILURE_CODES.some((code) => code === codeOf(error))) return undefined;
    const wanted = expected instanceof Failure ? `, expected ${expected.code}: ${expected.message}` : "";
    return `${FAILED}: ${error instanceof Error ? error.stack : String(error)}${wanted}`;
  }
  if (expected instanceof Failure) return undefined;
  return compareAnswers(expected, actual, rowOrder(queryCase.plan).isOrdered, tolerance);
};

/** Wrong answers are of one kind; failures differ by their first line, but for what is numbered or quoted in it. */
const kindOf = (difference: string | undefined): string | undefined =>
  difference?.startsWith(FAILED) ? difference.split("\n")[0]!.replaceAll(/\d+|"[^"]*"/g, "") : difference && "wrong";

/**
 * Checks the case of a seed.
 * @returns false where the engine says that it does not do such queries.
 * @throws Error with the smallest case that goes wrong, as text.
 */
export const checkSeed = async (seed: number, engine: Engine, dialect: Dialect = EVERYTHING): Promise<boolean> => {
  const queryCase = randomCase(seed, dialect);
  let isRefused = false;
  const willing: Engine = async (plan, tables) => {
    try {
      return await engine(plan, tables);
    } catch (error) {
      isRefused ||= codeOf(error) === REFUSED;
      throw error;
    }
  };
  const first = await checkCase(queryCase, willing);
  if (isRefused) return false;
  if (first === undefined) return true;
  const isFailing = async (smaller: QueryCase): Promise<boolean> => {
    try {
      return kindOf(await checkCase(smaller, engine)) === kindOf(first);
    } catch {
      return false; // The smaller plan makes no sense to the reference.
    }
  };
  const smallest = await shrink(queryCase, isFailing);
  const why = (await checkCase(smallest, engine)) ?? first;
  throw new Error(`TEST_SEED=${seed}: ${why}\n${printCase(smallest)}`);
};
