/**
 * A smaller case that still fails. Tables lose rows, plans lose operators, columns and parts of expressions, one at a time,
 * as long as the failure stays (delta debugging: Zeller, Hildebrandt, IEEE TSE 28(2), 2002, without its bisection of plans).
 */
import { type Plan, planColumns } from "@eau2/dataframe";
import type { QueryCase } from "./random/random-case.js";
import { hasOneAnswer } from "./random/row-order.js";
import type { Tables } from "./run-plan.js";

type Node = readonly Node[] | { readonly [key: string]: Node } | string | number | boolean | null | undefined;

/** @param fails - whether a case fails as the first one did; called at most `attemptsMax` times. */
export const shrink = async (
  failing: QueryCase,
  fails: (smaller: QueryCase) => Promise<boolean>,
  attemptsMax = 3000,
): Promise<QueryCase> => {
  let smallest = failing;
  let attempts = 0;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of smallerCases(smallest)) {
      if (++attempts > attemptsMax) return smallest;
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
};

function* smallerCases({ tables, plan }: QueryCase): Iterable<QueryCase> {
  for (const smaller of smallerTables(tables)) yield { tables: smaller, plan };
  for (const smaller of smallerNodes(plan as unknown as Node)) {
    const candidate = smaller as unknown as Plan;
    if (isPlan(candidate)) yield { tables, plan: candidate };
  }
}

/** Halves first, then row by row. */
function* smallerTables(tables: Tables): Iterable<Tables> {
  for (const [name, table] of tables)
    for (let length = Math.ceil(table.rows.length / 2); length >= 1; length = Math.floor(length / 2))
      for (let first = 0; first < table.rows.length; first += length)
        yield new Map([...tables, [name, { ...table, rows: table.rows.toSpliced(first, length) }]]);
}

/** Everything that is the node without a part, or with a part of it in its place. Most of it makes no sense. */
function* smallerNodes(node: Node): Iterable<Node> {
  if (Array.isArray(node)) {
    for (const index of node.keys()) yield node.toSpliced(index, 1);
    for (const [index, item] of node.entries())
      for (const smaller of smallerNodes(item)) yield node.with(index, smaller);
  } else if (typeof node === "object" && node !== null) {
    for (const part of Object.values(node).flat()) if (typeof part === "object" && part !== null) yield part;
    for (const [key, part] of Object.entries(node))
      for (const smaller of smallerNodes(part)) yield { ...node, [key]: smaller };
  }
}

const isPlan = (candidate: Plan): boolean => {
  try {
    planColumns(candidate);
    return hasOneAnswer(candidate);
  } catch {
    return false;
  }
};
