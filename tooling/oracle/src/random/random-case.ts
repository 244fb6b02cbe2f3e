import type { Plan } from "@eau2/dataframe";
import type { Tables } from "../run-plan.js";
import type { Dialect } from "./dialect.js";
import { Random } from "./random.js";
import { PlanMaker } from "./random-plan.js";
import { randomTable } from "./random-table.js";

/** Tables and a plan over them. */
export interface QueryCase {
  readonly tables: Tables;
  readonly plan: Plan;
}

const SIZES = [3, 8, 30, 30, 60, 120];
/** A plan of one operator and one call shows most of what a function may do wrong. */
const DEPTHS = [1, 1, 1, 2, 3, 4, 5];
const EXPRESSION_DEPTHS = [1, 1, 2, 3];

/** The same for the same seed, for ever. */
export const randomCase = (seed: number, dialect: Dialect): QueryCase => {
  const random = new Random(seed);
  const size = random.pick(SIZES);
  const tables = new Map(["t0", "t1"].map((name) => [name, randomTable(random, size, dialect)]));
  const { plan } = new PlanMaker(random, tables, dialect, random.pick(EXPRESSION_DEPTHS)).make(random.pick(DEPTHS));
  return { tables, plan };
};
