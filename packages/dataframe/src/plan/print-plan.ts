/** Plans as text that a person reads and reviews: one operator a line, the last one first, its inputs indented below it. */
import { printName, summarizeExpression } from "../expression/print.js";
import type { Aggregate } from "./aggregate.js";
import { inputsOf } from "./inputs.js";
import type { Derived, Plan, PlanColumn, SortKey } from "./plan.js";

const list = <Item>(items: readonly Item[], print: (item: Item) => string): string =>
  items.length === 0 ? "nothing" : items.map(print).join(", ");

const printColumn = ({ name, type }: PlanColumn): string => `${printName(name)} ${type}`;

/** A column that is only passed on is its name. */
const printDerived = ({ name, expression }: Derived): string =>
  expression.kind === "column" && expression.name === name
    ? printName(name)
    : `${printName(name)} = ${summarizeExpression(expression)}`;

const printAggregate = ({ name, args, parameter }: Aggregate): string =>
  `${name}(${[...args.map(summarizeExpression), ...(parameter === undefined ? [] : [String(parameter)])].join(", ")})`;

const printKey = ({ expression, descending, nullsFirst }: SortKey): string =>
  `${summarizeExpression(expression)}${descending ? " desc" : ""}${nullsFirst ? " nulls first" : ""}`;

type WithoutInputs<Operator> = Operator extends Plan ? Omit<Operator, "input" | "inputs"> : never;
/** An operator by itself. */
export type Operator = WithoutInputs<Plan>;

export const printOperator = (plan: Operator): string => {
  switch (plan.kind) {
    case "scan":
      return `scan ${plan.frame.name}: ${list(plan.columns, printColumn)}`;
    case "filter":
      return `filter ${summarizeExpression(plan.predicate)}`;
    case "project":
      return `project ${list(plan.columns, printDerived)}`;
    case "aggregate": {
      const aggregates = list(
        plan.aggregates,
        ({ name, aggregate }) => `${printName(name)} = ${printAggregate(aggregate)}`,
      );
      return plan.keys.length === 0
        ? `aggregate ${aggregates}`
        : `aggregate ${aggregates} by ${list(plan.keys, printDerived)}`;
    }
    case "sort": {
      const limit = plan.limit === null ? "" : `, first ${plan.limit}`;
      return `sort ${list(plan.by, printKey)}${limit}`;
    }
    case "distinct":
      return plan.columns === null ? "distinct" : `distinct ${list(plan.columns, printName)}`;
    case "limit":
      return plan.offset === 0 ? `limit ${plan.count}` : `limit ${plan.count} from ${plan.offset}`;
    case "union":
      return "union";
    case "explode":
      return `explode ${printName(plan.column)}`;
    case "sample":
      return `sample ${plan.fraction} seed ${plan.seed}`;
    default:
      return plan satisfies never;
  }
};

/** @returns lines that end with a line feed each. */
export const printPlan = (plan: Plan, indent = ""): string =>
  `${indent}${printOperator(plan)}\n${inputsOf(plan)
    .map((input) => printPlan(input, `${indent}  `))
    .join("")}`;
