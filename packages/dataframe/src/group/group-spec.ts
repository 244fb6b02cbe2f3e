/** What the tasks of a group-by are told; plain data, equal for all of them. */
import { z } from "zod";
import { Accumulator } from "../aggregates/accumulator.js";
import { KeyField } from "./key-layout.js";

export const GroupSpec = z.strictObject({
  keys: z.array(KeyField).max(4096).readonly(),
  accumulators: z.array(Accumulator).max(16_384).readonly(),
  /** For each input of the accumulators: whether it is read as halves of 64-bit integers. */
  wide: z.array(z.boolean()).max(4096).readonly(),
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
