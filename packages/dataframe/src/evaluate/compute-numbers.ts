/** Numbers, booleans and dates of all rows of a batch: one loop, and a second, exact one where numbers were not enough. */
import { bitmapByteLength } from "@eau2/serialization";
import type { Expression } from "../expression/expression.js";
import type { BooleanVector, NumberVector, WideVector } from "../vector/vector.js";
import { emitExpression, type LeafOf } from "./emit-expression.js";
import type { Leaf } from "./leaf.js";
import { type FailureSite, Loop, NOT_EXACT } from "./loop.js";
import { nullOperand, type Operand } from "./operand.js";
import { RowFailure } from "./row-failure.js";
import type { Scope } from "./scope.js";

/** How a loop takes the value of a row, and what it returns. */
interface Sink<Result> {
  readonly before: string;
  readonly store: string;
  readonly flush: string;
  readonly after: string;
  /** @param returned - by the loop. */
  finish(returned: number): Result;
}

const fail = (site: FailureSite, row: number): never => {
  throw new RowFailure(site, row);
};

/** @param sinkOf - of the loop and where the expression's value is in it. */
const runLoop = <Result>(
  scope: Scope,
  expression: Expression,
  leafOf: LeafOf,
  states: Uint8Array | undefined,
  sinkOf: (loop: Loop, operand: Operand) => Sink<Result>,
): Result => {
  for (const isExact of [false, true]) {
    const loop = new Loop(isExact, states);
    const sink = sinkOf(loop, emitExpression(loop, scope, expression, leafOf));
    const returned = loop.run(sink, scope.rowCount, fail);
    if (returned !== NOT_EXACT) return sink.finish(returned);
  }
  throw new Error("invariant: an exact loop is exact");
};

/** Bits of rows, eight at a time: every byte is written once. */
const bitSink = (name: string, array: string, value: string) => ({
  before: `let ${name} = 0;`,
  store: `${name} |= (${value}) << (i & 7);`,
  flush: `if ((i & 7) === 7) { ${array}[i >>> 3] = ${name}; ${name} = 0; }`,
  after: `if ((n & 7) !== 0) ${array}[n >>> 3] = ${name};`,
});

const NO_SINK = { before: "", store: "", flush: "", after: "" } as const;

/** Of constants that are null the type of the whole says more than what they were emitted as. */
const typed = (operand: Operand, type: Operand["type"]): Operand =>
  operand.isNull === "1" ? nullOperand(type) : { ...operand, type };

type FreshVector = NumberVector | WideVector | BooleanVector;

/** The vector of the values that a loop computes. */
export const computeVector = (scope: Scope, expression: Expression, leafOf: LeafOf): FreshVector => {
  const { rowCount } = scope;
  const byteLength = bitmapByteLength(rowCount);
  const type = scope.scalarTypeOf(expression) as Operand["type"];
  return runLoop<FreshVector>(scope, expression, leafOf, undefined, (loop, computed) => {
    const operand = typed(computed, type);
    const { isNull } = operand;
    const bitmap = isNull === undefined ? undefined : new Uint8Array(byteLength);
    const validity = bitmap === undefined ? NO_SINK : bitSink("valid", loop.array(bitmap), `${isNull} ^ 1`);
    const anyNull = isNull === undefined ? "" : `any |= ${isNull};`;
    const { store, flush, after, before, vector } = valueSink(loop, operand, rowCount);
    return {
      before: `let any = 0; ${before} ${validity.before}`,
      store: `${store} ${anyNull} ${validity.store}`,
      flush: `${flush} ${validity.flush}`,
      after: `${after} ${validity.after} return any;`,
      finish: (any) => vector(any === 0 ? undefined : bitmap),
    };
  });
};

const valueSink = (loop: Loop, operand: Operand, rowCount: number) => {
  const { kind, value, type, low, high } = operand;
  switch (kind) {
    case "boolean": {
      const bits = new Uint8Array(bitmapByteLength(rowCount));
      const vector = (validity: Uint8Array | undefined): FreshVector => ({
        kind: "booleans",
        rowCount,
        validity,
        bits,
      });
      return { ...bitSink("bits", loop.array(bits), value), vector };
    }
    case "bigint": {
      const values = new BigInt64Array(rowCount);
      const vector = (validity: Uint8Array | undefined): FreshVector => ({
        kind: "wide",
        type: type as WideVector["type"],
        rowCount,
        validity,
        values,
      });
      return { ...NO_SINK, store: `${loop.array(values)}[i] = ${value};`, vector };
    }
    case "number": {
      const isSmall = low >= -(2 ** 31) && high < 2 ** 31;
      const values = isSmall ? new Int32Array(rowCount) : new Float64Array(rowCount);
      const vector = (validity: Uint8Array | undefined): FreshVector => ({
        kind: "numbers",
        type: type as NumberVector["type"],
        rowCount,
        validity,
        values,
      });
      return { ...NO_SINK, store: `${loop.array(values)}[i] = ${value};`, vector };
    }
    default:
      return kind satisfies never;
  }
};

/** Row numbers of a batch, while they are collected: used again for every batch. */
let scratch = new Uint32Array(0);

/** The rows for which a boolean is true, ascending. */
export const computeRows = (scope: Scope, predicate: Expression, leafOf: LeafOf): Uint32Array => {
  const { rowCount } = scope;
  if (scratch.length < rowCount) scratch = new Uint32Array(rowCount);
  const rows = scratch;
  return runLoop(scope, predicate, leafOf, undefined, (loop, { value }) => ({
    before: "let k = 0;",
    // Always written and seldom kept: without a branch to be guessed wrong.
    store: `${loop.array(rows)}[k] = i; k += ${value};`,
    flush: "",
    after: "return k;",
    finish: (count) => rows.slice(0, count),
  }));
};

const valuesFor = ({ kind, low, high }: Operand, rowCount: number): Leaf["values"] => {
  if (kind === "boolean") return new Uint8Array(rowCount);
  if (kind === "bigint") return new BigInt64Array(rowCount);
  return low >= -(2 ** 31) && high < 2 ** 31 ? new Int32Array(rowCount) : new Float64Array(rowCount);
};

/** As {@link computeVector}, for loops and functions that go on with it: rows that fail are marked. */
export const computeLeaf = (scope: Scope, expression: Expression, leafOf: LeafOf): Leaf => {
  const { rowCount } = scope;
  const type = scope.scalarTypeOf(expression) as Operand["type"];
  const states = new Uint8Array(rowCount);
  return runLoop<Leaf>(scope, expression, leafOf, states, (loop, computed) => {
    const operand = typed(computed, type);
    const values = valuesFor(operand, rowCount);
    const { isNull, value } = operand;
    const storeNull = isNull === undefined ? "" : `${loop.array(states)}[i] = ${isNull}; any |= ${isNull};`;
    return {
      before: "let any = 0;",
      store: `${loop.array(values)}[i] = ${value}; ${storeNull}`,
      flush: "",
      after: "return any;",
      finish: (any) => ({ type, values, states: any === 0 ? undefined : states, sites: loop.sites }),
    };
  });
};
