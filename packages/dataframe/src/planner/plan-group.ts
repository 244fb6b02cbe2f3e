/** From the keys and aggregates of a query to what the tasks of a group-by are told. */
import { Eau2Error } from "@eau2/protocol";
import type { Accumulator } from "../aggregates/accumulator.js";
import type { Expression } from "../expression/expression.js";
import { partitionCount } from "../frame/partition-rule.js";
import type { GroupSpec } from "../group/group-spec.js";
import { keyLayout } from "../group/key-layout.js";
import type { GroupOutput } from "../group/output.js";
import type { Aggregate } from "../plan/aggregate.js";
import type { Derived } from "../plan/plan.js";
import { isNullable, type KnownColumn, keyField, rowInput } from "./plan-inputs.js";
import { planSum } from "./plan-sum.js";

export interface GroupPlan {
  /** The columns that the tasks read: keys, then inputs. */
  readonly columns: readonly Derived[];
  readonly spec: GroupSpec;
  readonly outputs: readonly GroupOutput[];
  /** For each output the column, of `columns`, whose dictionary it refers to; undefined where there is none. */
  readonly dictionaryOf: readonly (number | undefined)[];
  /** Inputs that are read as ranks of their dictionary. */
  readonly ranked: readonly number[];
}

interface GroupPlanOptions {
  /** Most rows of the input. */
  readonly rowCount: number;
  readonly plainSums?: boolean;
}

/** Longer lists of the greatest values are made of all values. */
const TOP_STATE_MAX = 16;

class InputList {
  readonly columns: KnownColumn[] = [];
  readonly expressions: Expression[] = [];
  readonly ranked = new Set<number>();
  readonly #known = new Map<string, number>();

  constructor(private readonly columnOf: (expression: Expression) => KnownColumn) {}

  /** @param asRank - text is compared, so that codes will not do. */
  add(expression: Expression, asRank = false): number {
    const column = this.columnOf(expression);
    const isRanked = asRank && column.type === "utf8";
    const key = `${isRanked ? "rank" : "value"} ${JSON.stringify(expression)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const index = this.columns.push(column) - 1;
    this.expressions.push(expression);
    if (isRanked) this.ranked.add(index);
    this.#known.set(key, index);
    return index;
  }
}

class AccumulatorList {
  readonly accumulators: Accumulator[] = [{ kind: "rows" }];
  readonly #known = new Map<string, number>([[JSON.stringify({ kind: "rows" }), 0]]);

  add(accumulator: Accumulator): number {
    const key = JSON.stringify(accumulator);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const index = this.accumulators.push(accumulator) - 1;
    this.#known.set(key, index);
    return index;
  }
}

/**
 * @param columnOf - what is known of an expression over the stage's input.
 * @returns undefined where text is read that has no codes: it must be coded first.
 */
export const planGroup = (
  keys: readonly Derived[],
  aggregates: readonly { readonly name: string; readonly aggregate: Aggregate }[],
  columnOf: (expression: Expression) => KnownColumn,
  { rowCount, plainSums = false }: GroupPlanOptions,
): GroupPlan => {
  const inputs = new InputList(columnOf);
  const states = new AccumulatorList();
  const keyColumns = keys.map(({ expression }) => columnOf(expression));
  const outputs: GroupOutput[] = keyColumns.map(({ type }, field) => ({ kind: "key", field, type }));
  const dictionaryOf: (number | undefined)[] = keyColumns.map(({ type }, field) =>
    type === "utf8" ? field : undefined,
  );
  let needsRows = false;
  const sum = (args: readonly number[], term: "value" | "square" | "product", asFloats = false) => {
    const columns = args.map((input) => inputs.columns[input]!);
    return states.add(planSum(args, columns, term, { rowCount, plain: plainSums, asFloats }));
  };
  const countOf = (args: readonly number[]) => {
    const nullable = args.filter((input) => isNullable(inputs.columns[input]!));
    return states.add(nullable.length === 0 ? { kind: "rows" } : { kind: "values", inputs: nullable });
  };
  const isWide = (input: number) => rowInput(inputs.columns[input]!).isWide;
  for (const { aggregate } of aggregates) {
    const output = planAggregate(aggregate);
    outputs.push(output);
    const hasText = "type" in output && output.type === "utf8";
    dictionaryOf.push(hasText ? keys.length + inputOf(output) : undefined);
    needsRows ||= isMadeOfRows(output);
  }

  function planAggregate(aggregate: Aggregate): GroupOutput {
    const { name, args, parameter = 0 } = aggregate;
    const [first, second] = args;
    switch (name) {
      case "count":
        return { kind: "count", of: first === undefined ? 0 : countOf([inputs.add(first)]) };
      case "sum": {
        const input = inputs.add(first!);
        const { type } = inputs.columns[input]!;
        const resultType = type === "float64" || type === "float32" ? "float64" : "int64";
        const of = resultType === "int64" ? integerSumOf(input) : sum([input], "value");
        return { kind: "sum", of, count: countOf([input]), type: resultType };
      }
      case "mean": {
        const input = inputs.add(first!);
        return { kind: "mean", of: sum([input], "value"), count: countOf([input]) };
      }
      case "min":
      case "max": {
        const input = inputs.add(first!, true);
        const { type } = inputs.columns[input]!;
        const of = states.add({ kind: name, inputs: [input], isWide: isWide(input) });
        return { kind: "value", of, count: countOf([input]), type, ranksOf: type === "utf8" ? input : null };
      }
      case "first":
      case "last": {
        const input = inputs.add(first!);
        const of = states.add({ kind: name, inputs: [input], isWide: isWide(input) });
        return { kind: "value", of, count: countOf([input]), type: inputs.columns[input]!.type, ranksOf: null };
      }
      case "minBy":
      case "maxBy": {
        const value = inputs.add(first!);
        const by = inputs.add(second!, true);
        if (isWide(by)) {
          throw new Eau2Error(
            "USAGE",
            `${name}: it compares integers beyond 2^53, which is not possible yet; cast them to float64`,
          );
        }
        const of = states.add({ kind: name, inputs: [value, by], isWide: isWide(value) });
        return { kind: "valueOfRow", of, type: inputs.columns[value]!.type };
      }
      case "variance":
      case "stddev": {
        const input = inputs.add(first!);
        return {
          kind: name,
          sum: sum([input], "value", true),
          squares: sum([input], "square"),
          count: countOf([input]),
        };
      }
      case "corr":
      case "covariance":
      case "slope": {
        const y = inputs.add(first!);
        const x = inputs.add(second!);
        const both = bothOf(y, x);
        const count = countOf([both.y, both.x]);
        const parts = {
          y: sum([both.y], "value", true),
          x: sum([both.x], "value", true),
          yy: sum([both.y], "square"),
          xx: sum([both.x], "square"),
        };
        return { kind: name, ...parts, yx: y === x ? parts.yy : sum([both.y, both.x], "product"), count };
      }
      case "quantile":
        return { kind: "quantile", input: inputs.add(first!), fraction: parameter };
      case "countDistinct":
        return { kind: "countDistinct", input: inputs.add(first!) };
      case "mode": {
        const input = inputs.add(first!);
        return { kind: "mode", input, type: inputs.columns[input]!.type };
      }
      case "top":
      case "bottom": {
        const input = inputs.add(first!, true);
        const { type } = inputs.columns[input]!;
        const ranksOf = type === "utf8" ? input : null;
        if (parameter > TOP_STATE_MAX || isWide(input)) return { kind: name, input, count: parameter, type, ranksOf };
        return { kind: "list", of: states.add({ kind: name, inputs: [input], count: parameter }), type, ranksOf };
      }
      default:
        return name satisfies never;
    }
  }

  /** Integers that are read in halves cannot be added as numbers. */
  function integerSumOf(input: number): number {
    const planned = planSum([input], [inputs.columns[input]!], "value", { rowCount, plain: false });
    return states.add(planned.kind === "sumExact" ? planned : { kind: "sumWide", inputs: [input] });
  }

  /** Sums over rows where both have a value: where one may be null, the other is null there too. */
  function bothOf(y: number, x: number): { readonly y: number; readonly x: number } {
    const [one, other] = [inputs.expressions[y]!, inputs.expressions[x]!];
    const masked = (value: Expression, mask: Expression): Expression => ({
      kind: "case",
      branches: [{ when: { kind: "call", name: "isNotNull", args: [mask] }, value }],
      otherwise: null,
    });
    return {
      y: isNullable(inputs.columns[x]!) ? inputs.add(masked(one, other)) : y,
      x: isNullable(inputs.columns[y]!) ? inputs.add(masked(other, one)) : x,
    };
  }

  /** The input whose text an output is. */
  function inputOf(output: GroupOutput): number {
    if ("input" in output) return output.input;
    if (!("of" in output)) throw new Error("invariant: text comes from one input");
    const accumulator = states.accumulators[output.of]!;
    return (accumulator as { readonly inputs: readonly number[] }).inputs[0]!;
  }

  const fields = keyColumns.map(keyField);
  // There are no more groups than combinations of keys.
  const groupsMax = Math.min(rowCount, keyLayout(fields).combinations);
  // Integer sums that are wide read halves, whatever the bounds of the input say.
  const wide = new Set(states.accumulators.flatMap((one) => (one.kind === "sumWide" ? one.inputs : [])));
  const spec: GroupSpec = {
    keys: fields,
    accumulators: states.accumulators,
    inputs: inputs.columns.map((column, index) => {
      const input = rowInput(column);
      return wide.has(index) && !input.isWide ? { ...input, array: "Int32Array", isWide: true } : input;
    }),
    partitionCount: keys.length === 0 ? 1 : partitionCount(needsRows ? rowCount : groupsMax),
    needsRows,
  };
  const columns: Derived[] = [
    ...keys.map(({ expression }, index) => ({ name: `k${index}`, expression })),
    ...inputs.expressions.map((expression, index) => ({ name: `i${index}`, expression })),
  ];
  return { columns, spec, outputs, dictionaryOf, ranked: [...inputs.ranked] };
};

/** The first row of each group of equal values in some columns. @param columns - of the result, in order. */
export const planDistinct = (
  columns: readonly string[],
  keys: readonly string[],
  columnOf: (expression: Expression) => KnownColumn,
  { rowCount }: GroupPlanOptions,
): GroupPlan => {
  const others = columns.filter((name) => !keys.includes(name));
  const column = (name: string): Expression => ({ kind: "column", name });
  const known = new Map(columns.map((name) => [name, columnOf(column(name))]));
  const accumulators: Accumulator[] = [{ kind: "rows" }];
  const outputs = columns.map((name): GroupOutput => {
    const { type } = known.get(name)!;
    const field = keys.indexOf(name);
    if (field >= 0) return { kind: "key", field, type };
    const input = others.indexOf(name);
    const { isWide } = rowInput(known.get(name)!);
    return { kind: "valueOfRow", of: accumulators.push({ kind: "firstRow", inputs: [input], isWide }) - 1, type };
  });
  const read = [...keys, ...others];
  const fields = keys.map((name) => keyField(known.get(name)!));
  const groupsMax = Math.min(rowCount, keyLayout(fields).combinations);
  return {
    columns: read.map((name) => ({ name, expression: column(name) })),
    spec: {
      keys: fields,
      accumulators,
      inputs: others.map((name) => rowInput(known.get(name)!)),
      partitionCount: partitionCount(groupsMax),
      needsRows: false,
    },
    outputs,
    dictionaryOf: columns.map((name) => (known.get(name)!.type === "utf8" ? read.indexOf(name) : undefined)),
    ranked: [],
  };
};

const isMadeOfRows = ({ kind }: GroupOutput): boolean =>
  kind === "quantile" || kind === "countDistinct" || kind === "mode" || kind === "top" || kind === "bottom";
