/** The second half of loading rows of columns: staged chunks of a segment become chunks of the frame. */
import { COLUMN_TYPES, type ColumnLayout, decodeChunk, decodeDictionary } from "@eau2/serialization";
import { z } from "zod";
import { SCHEMA_COLUMNS_MAX } from "../column/schema-record.js";
import { defineTask } from "../task/task.js";
import type { ScratchMemory } from "./scratch-memory.js";
import { sealChunks } from "./seal-chunks.js";
import { sealCoded, sealPlain } from "./staged-columns.js";

export const SealColumnsArgs = z.strictObject({
  /** The schema's columns in order; a column of strings with the size of its dictionary, or null where it stays plain. */
  columns: z
    .array(z.strictObject({ type: z.enum(COLUMN_TYPES), dictionarySize: z.int().min(0).nullable() }))
    .max(SCHEMA_COLUMNS_MAX),
});
export type SealColumnsArgs = z.infer<typeof SealColumnsArgs>;

/** Makes the final column of a staged one. */
type Seal = (staged: ColumnLayout, scratch: ScratchMemory) => ColumnLayout;

/**
 * Inputs: for each column of strings, in column order, the segment's new codes (from `text.unify`) or, for a plain one, the
 * segment's dictionary; then staged chunks of that segment.
 */
export const sealColumnsTask = defineTask({
  name: "columns.seal",
  args: SealColumnsArgs,
  run: ({ columns }, context) => {
    let next = 0;
    const seals = columns.map(({ type, dictionarySize }): Seal | undefined => {
      if (type !== "utf8") return undefined;
      const mapping = context.inputs[next++]!;
      if (dictionarySize === null) {
        const dictionary = decodeDictionary(mapping);
        return (staged, scratch) => sealPlain(staged, dictionary, scratch);
      }
      const newCodes = new Uint32Array(mapping.buffer, mapping.byteOffset, mapping.length / 4);
      return (staged, scratch) => sealCoded(staged, newCodes, dictionarySize, scratch);
    });
    return sealChunks(context, context.inputs.slice(next), (input, scratch) => {
      const { columns: staged, rowCount } = decodeChunk(input);
      if (staged.length !== columns.length) {
        throw new Error(`invariant: ${staged.length} columns are staged, ${columns.length} are sealed`);
      }
      return { columns: staged.map((column, index) => seals[index]?.(column, scratch) ?? column), rowCount };
    });
  },
});
