/** What the tasks of a sort are told; plain data, equal for all of them. */
import { z } from "zod";
import { RowInput } from "../group/group-spec.js";
import { KeyField } from "../group/key-layout.js";

export const SortField = z.strictObject({
  field: KeyField,
  descending: z.boolean(),
  nullsFirst: z.boolean(),
});
export type SortField = z.infer<typeof SortField>;

export const SortSpec = z.strictObject({
  keys: z.array(SortField).min(1).max(64).readonly(),
  /** Every column of the result, as it travels. */
  inputs: z.array(RowInput).max(4096).readonly(),
  /** Only that many first rows. */
  limit: z.int().min(0).nullable(),
});
export type SortSpec = z.infer<typeof SortSpec>;

/** Where the range of a partition begins: the words of a key, and the row that the next partition begins with among equals. */
export const Splitter = z.strictObject({ words: z.array(z.int().min(0)).readonly(), row: z.number().min(0) });
export type Splitter = z.infer<typeof Splitter>;
