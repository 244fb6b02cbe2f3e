/** Plans as text that a person reads and reviews: one operator a line, the last one first, its inputs indented below it. */
import { printName, summarizeExpression } from "../expression/print.js";
import type { Aggregate } from "./aggregate.js";
import { inputsOf } from "./inputs.js";
import type { Aggregation, Derived, Plan, PlanColumn, Project, SortKey } from "./plan.js";
import { planColumns } from "./plan-columns.js";

const list = <Item>(items: readonly Item[], print: (item: Item) => string): string => items.map(print).join(", ");

const printColumn = ({ name, type }: PlanColumn): string => `${printName(name)} ${type}`;

/** A column that is only passed on is its name; one that is new has a type. */
const printDerived = (column: PlanColumn, { expression }: Derived): string =>
  expression.kind === "column" && expression.name === column.name
    ? printName(column.name)
    : `${printColumn(column)} = ${summarizeExpression(expression)}`;

const printAggregate = ({ name, args, parameter }: Aggregate): string =>
  `${name}(${[...args.map(summarizeExpression), ...(parameter === undefined ? [] : [String(parameter)])].join(", ")})`;

const printKey = ({ expression, descending, nullsFirst }: SortKey): string =>
  `${summarizeExpression(expression)}${descending ? " desc" : ""}${nullsFirst ? " nulls first" : ""}`;

const printProject = (plan: Project): string => {
  const types = planColumns(plan);
  return `project ${plan.columns.map((derived, index) => printDerived(types[index]!, derived)).join(", ")}`;
};

const printAggregation = (plan: Aggregation): string => {
  const { keys, aggregates } = plan;
  const types = planColumns(plan);
  const computed = aggregates.map(
    ({ aggregate }, index) => `${printColumn(types[keys.length + index]!)} = ${printAggregate(aggregate)}`,
  );
  const by = keys.map((key, index) => printDerived(types[index]!, key));
  return ["aggregate", computed.join(", "), by.length === 0 ? "" : `by ${by.join(", ")}`].filter(Boolean).join(" ");
};

/** One operator without its inputs. @param plan - well typed, as `planColumns` checks it. */
export const printOperator = (plan: Plan): string => {
  switch (plan.kind) {
    case "scan":
      return `scan ${plan.frame.name}: ${list(plan.columns, printColumn) || "rows only"}`;
    case "filter":
      return `filter ${summarizeExpression(plan.predicate)}`;
    case "project":
      return printProject(plan);
    case "aggregate":
      return printAggregation(plan);
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

/** @param plan - well typed. @returns lines that end with a line feed each. */
export const printPlan = (plan: Plan, indent = ""): string =>
  `${indent}${printOperator(plan)}\n${inputsOf(plan)
    .map((input) => printPlan(input, `${indent}  `))
    .join("")}`;
