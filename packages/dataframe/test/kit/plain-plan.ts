/** Plans over rows in memory, as slowly and plainly as they are defined. Groups come out in the order of their keys. */

import type { Expression } from "../../src/expression/expression.js";
import { resolveType } from "../../src/expression/resolve-type.js";
import type { Aggregate } from "../../src/plan/aggregate.js";
import type { Plan } from "../../src/plan/plan.js";
import { planColumns } from "../../src/plan/plan-columns.js";
import {
  interpret,
  PlainFailure,
  type PlainRow,
  type PlainValue,
  plainCompare,
} from "../evaluate/plain-interpreter.js";

export type Tables = ReadonlyMap<string, readonly PlainRow[]>;

/** Nulls last. */
const plainOrder = (left: PlainValue, right: PlainValue): number =>
  left === null || right === null ? Number(left === null) - Number(right === null) : plainCompare(left, right);

/** What computes expressions over the rows of a plan. */
const computing = (plan: Plan): ((expression: Expression, row: PlainRow) => PlainValue) => {
  const columns = planColumns(plan);
  return (expression, row) => interpret(expression, row, (part) => resolveType(part, columns));
};

const orderAll = (left: readonly PlainValue[], right: readonly PlainValue[]): number => {
  for (const [index, value] of left.entries()) {
    const by = plainOrder(value, right[index]!);
    if (by !== 0) return by;
  }
  return 0;
};

/** Equal floats have one form as keys and extremes. */
const plusZero = (value: PlainValue): PlainValue => (typeof value === "number" ? value + 0 : value);

/** @throws {@link PlainFailure} where the query would end. */
export const plainRows = (plan: Plan, tables: Tables): readonly PlainRow[] => {
  switch (plan.kind) {
    case "scan": {
      const rows = tables.get(plan.frame.name)!;
      return rows.map((row) => new Map(plan.columns.map(({ name }) => [name, row.get(name)!])));
    }
    case "filter": {
      const compute = computing(plan.input);
      return plainRows(plan.input, tables).filter((row) => compute(plan.predicate, row) === true);
    }
    case "project": {
      const compute = computing(plan.input);
      return plainRows(plan.input, tables).map(
        (row) => new Map(plan.columns.map(({ name, expression }) => [name, compute(expression, row)])),
      );
    }
    case "aggregate":
      return plainGroups(plan, tables);
    case "sort": {
      const compute = computing(plan.input);
      const keyed = plainRows(plan.input, tables).map((row) => ({
        row,
        keys: plan.by.map(({ expression }) => compute(expression, row)),
      }));
      keyed.sort((left, right) => {
        for (const [index, { descending, nullsFirst }] of plan.by.entries()) {
          const [x, y] = [left.keys[index]!, right.keys[index]!];
          const isNullOrder = x === null || y === null;
          const by = plainOrder(x, y) * ((isNullOrder ? nullsFirst : descending) ? -1 : 1);
          if (by !== 0) return by;
        }
        return 0;
      });
      return keyed.slice(0, plan.limit ?? keyed.length).map(({ row }) => row);
    }
    case "distinct": {
      const names = plan.columns ?? planColumns(plan).map(({ name }) => name);
      const seen: PlainValue[][] = [];
      return plainRows(plan.input, tables).filter((row) => {
        const key = names.map((name) => row.get(name)!);
        if (seen.some((other) => orderAll(other, key) === 0)) return false;
        seen.push(key);
        return true;
      });
    }
    case "limit":
      return plainRows(plan.input, tables).slice(plan.offset, plan.offset + plan.count);
    case "union":
      return plan.inputs.flatMap((input) => plainRows(input, tables));
    case "explode":
      return plainRows(plan.input, tables).flatMap((row) =>
        ((row.get(plan.column) ?? []) as PlainValue[]).map((element) => new Map(row).set(plan.column, element)),
      );
    case "sample":
      return plainRows(plan.input, tables).filter((_, index) => ((index * 7 + plan.seed) % 10) / 10 < plan.fraction);
  }
};

const plainGroups = (plan: Plan & { kind: "aggregate" }, tables: Tables): readonly PlainRow[] => {
  const compute = computing(plan.input);
  const rows = plainRows(plan.input, tables);
  const groups: { readonly key: PlainValue[]; readonly rows: PlainRow[] }[] = [];
  for (const row of rows) {
    const key = plan.keys.map(({ expression }) => plusZero(compute(expression, row)));
    const group = groups.find((candidate) => orderAll(candidate.key, key) === 0);
    if (group === undefined) groups.push({ key, rows: [row] });
    else group.rows.push(row);
  }
  if (plan.keys.length === 0 && groups.length === 0) groups.push({ key: [], rows: [] });
  groups.sort((left, right) => orderAll(left.key, right.key));
  return groups.map(
    (group) =>
      new Map([
        ...plan.keys.map(({ name }, index): [string, PlainValue] => [name, group.key[index]!]),
        ...plan.aggregates.map(({ name, aggregate }): [string, PlainValue] => [
          name,
          plainAggregate(
            aggregate,
            group.rows.map((row) => aggregate.args.map((arg) => compute(arg, row))),
          ),
        ]),
      ]),
  );
};

const plainAggregate = ({ name, args, parameter }: Aggregate, rows: readonly PlainValue[][]): PlainValue => {
  if (args.length === 0) return BigInt(rows.length);
  const values = rows.map(([value]) => value!).filter((value) => value !== null);
  const sorted = values.toSorted(plainOrder);
  const distinct = sorted.filter((value, index) => index === 0 || plainOrder(value, sorted[index - 1]!) !== 0);
  switch (name) {
    case "count":
      return BigInt(values.length);
    case "countDistinct":
      return BigInt(distinct.length);
    case "sum": {
      if (values.length === 0) return null;
      // In order of size, so that the order of rows does not show.
      if (typeof values[0] === "number") return (sorted as number[]).reduce((sum, value) => sum + value, 0);
      const sum = (values as bigint[]).reduce((total, value) => total + value, 0n);
      if (BigInt.asIntN(64, sum) !== sum) throw new PlainFailure("INT64_OVERFLOW");
      return sum;
    }
    case "min":
      return plusZero(sorted[0] ?? null);
    case "max":
      return plusZero(sorted.at(-1) ?? null);
    case "first":
      return values[0] ?? null;
    case "last":
      return values.at(-1) ?? null;
    case "mode": {
      const count = (value: PlainValue): number => values.filter((other) => plainOrder(value, other) === 0).length;
      return values.reduce(
        (best: PlainValue, value) => (best === null || count(value) > count(best) ? value : best),
        null,
      );
    }
    case "top":
      return values.toSorted((x, y) => plainOrder(y, x)).slice(0, parameter);
    case "minBy": {
      const there = rows.filter(([, by]) => by !== null);
      if (there.length === 0) return null;
      return there.reduce((best, row) => (plainOrder(row[1]!, best[1]!) < 0 ? row : best))[0]!;
    }
    default:
      throw new Error(`no plain ${name}`);
  }
};
