/** What the tasks of a group-by are told; plain data, equal for all of them. */
import { z } from "zod";
import { Accumulator } from "../aggregates/accumulator.js";
import { ROW_ARRAYS } from "./group-block.js";
import { KeyField } from "./key-layout.js";

/**
 * An input of accumulators, as it travels in rows: an array that holds all its values. `isWide`: 64-bit integers, read in
 * halves (two int32 a row).
 */
export const RowInput = z.strictObject({ array: z.enum(ROW_ARRAYS), isWide: z.boolean(), hasValidity: z.boolean() });
export type RowInput = z.infer<typeof RowInput>;

export const GroupSpec = z.strictObject({
  keys: z.array(KeyField).max(4096).readonly(),
  accumulators: z.array(Accumulator).max(16_384).readonly(),
  inputs: z.array(RowInput).max(4096).readonly(),
  /** Hash partitions of the keys, a power of two. */
  partitionCount: z.int().min(1).max(256),
  /** Rows travel as they are, because some aggregate needs all values of a group. */
  needsRows: z.boolean(),
});
export type GroupSpec = z.infer<typeof GroupSpec>;

/** Combinations of keys up to which states lie in an array with a place for each, whether it occurs or not. */
const DIRECT_MAX = 2 ** 20;

/** Whether keys are array indices. A function of the keys alone, so that all tasks agree. */
export const isDirect = (combinations: number): boolean => combinations <= DIRECT_MAX;
