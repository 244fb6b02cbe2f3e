/**
 * What aggregates are made of: states of a few doubles for each group, interleaved in one array so that a row touches one cache line. An
 * accumulator says how many slots it has, how they begin, and the source of the loop bodies that add a row or another state
 * to it; `update-loop.ts` makes one loop of all those of a query. Merging is associative and commutative, and exact.
 *
 * Values are numbers: integers and dates as they are, text as codes or as ranks of its dictionary, booleans 0 and 1. A value
 * beyond 2^53 ("wide") is two numbers, the signed high and the unsigned low 32 bits.
 */
import { z } from "zod";
import { SLIDING_SLOTS } from "./sliding-bins.js";

const Input = z.int().min(0).max(4095);

const FloatGridRecord = z.strictObject({
  scaleBits: z.int(),
  quanta: z.array(z.int()).min(1).max(8).readonly(),
});

/** `of`: the value itself, its square, or the product with a second input; floats are squared without rounding. */
const Term = z.enum(["value", "square", "product"]);

export const Accumulator = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("rows") }),
  /** Rows in which all inputs have a value. */
  z.strictObject({ kind: z.literal("values"), inputs: z.array(Input).min(1).max(2).readonly() }),
  /** Integers whose sum stays below 2^53 whatever is added. */
  z.strictObject({ kind: z.literal("sumExact"), inputs: z.array(Input).min(1).max(2).readonly(), term: Term }),
  /** Integers beyond: 32 bits a slot, carried. */
  z.strictObject({ kind: z.literal("sumWide"), inputs: z.array(Input).length(1).readonly() }),
  /** Floats. Without a grid: sliding bins. `isFinite`: no value is infinite or NaN. */
  z.strictObject({
    kind: z.literal("sumFloat"),
    inputs: z.array(Input).min(1).max(2).readonly(),
    term: Term,
    grid: FloatGridRecord.nullable(),
    isFinite: z.boolean(),
  }),
  /** Floats, added as they come: what sameness is measured against. */
  z.strictObject({ kind: z.literal("sumPlain"), inputs: z.array(Input).min(1).max(2).readonly(), term: Term }),
  z.strictObject({ kind: z.enum(["min", "max"]), inputs: z.array(Input).length(1).readonly(), isWide: z.boolean() }),
  /** The value of the first or last row that has one. */
  z.strictObject({ kind: z.enum(["first", "last"]), inputs: z.array(Input).length(1).readonly(), isWide: z.boolean() }),
  /** As first, but of the first row in any case: its value may be null. */
  z.strictObject({ kind: z.literal("firstRow"), inputs: z.array(Input).length(1).readonly(), isWide: z.boolean() }),
  /** Inputs: the value, and what is compared. */
  z.strictObject({
    kind: z.enum(["minBy", "maxBy"]),
    inputs: z.array(Input).length(2).readonly(),
    isWide: z.boolean(),
  }),
  /** The n greatest or least values, in order. */
  z.strictObject({
    kind: z.enum(["top", "bottom"]),
    inputs: z.array(Input).length(1).readonly(),
    count: z.int().min(1).max(16),
  }),
]);
export type Accumulator = z.infer<typeof Accumulator>;

/** Names of what a loop body may use. */
export interface BodyNames {
  /** The slot `index` of the accumulator's state. */
  slot(index: number): string;
  /** The state array and the position of slot 0 in it, where the states are in one. */
  readonly state: string;
  position(): string;
  value(input: number): string;
  low(input: number): string;
  high(input: number): string;
  /** Condition that an input has a value, or undefined where it always has. */
  isValid(input: number): string | undefined;
  /** The row's number in its frame. */
  readonly row: string;
  /** A constant: a number that is handed in and not part of the source. */
  constant(value: number): string;
  /** A name for this body alone. */
  local(name: string): string;
}

export const slotCount = (accumulator: Accumulator): number => {
  switch (accumulator.kind) {
    case "rows":
    case "values":
    case "sumExact":
      return 1;
    case "sumPlain":
      return 1;
    case "sumWide":
      return 3;
    case "sumFloat":
      return (accumulator.grid?.quanta.length ?? SLIDING_SLOTS) + (accumulator.isFinite ? 0 : 1);
    case "min":
    case "max":
      return accumulator.isWide ? 2 : 1;
    case "first":
    case "last":
      return accumulator.isWide ? 3 : 2;
    case "firstRow":
    case "minBy":
    case "maxBy":
      return accumulator.isWide ? 5 : 4;
    case "top":
    case "bottom":
      return 1 + accumulator.count;
    default:
      return accumulator satisfies never;
  }
};

/** What the slots hold before the first row. */
export const initialSlots = (accumulator: Accumulator): readonly number[] => {
  const zeros = new Array<number>(slotCount(accumulator)).fill(0);
  switch (accumulator.kind) {
    case "min":
      // NaN comes after every number.
      return accumulator.isWide ? [2 ** 31, 0] : [Number.NaN];
    case "max":
      return accumulator.isWide ? [-(2 ** 31) - 1, 0] : [Number.NEGATIVE_INFINITY];
    case "first":
    case "firstRow":
    case "minBy":
    case "maxBy":
      return [Number.POSITIVE_INFINITY, ...zeros.slice(1)];
    case "last":
      return [-1, ...zeros.slice(1)];
    default:
      return zeros;
  }
};

/** Inputs that must have a value for a row to count. */
export const requiredInputs = (accumulator: Accumulator): readonly number[] => {
  switch (accumulator.kind) {
    case "rows":
    case "firstRow":
      return [];
    case "minBy":
    case "maxBy":
      return [accumulator.inputs[1]!];
    default:
      return accumulator.inputs;
  }
};
