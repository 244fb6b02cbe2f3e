import { Eau2Error, KeyRecord } from "@eau2/protocol";
import { decodeControl, encodeControl } from "@eau2/serialization";
import { z } from "zod";
import { SchemaRecord } from "../column/schema-record.js";

export const FrameId = z
  .string()
  .regex(/^[a-z0-9]{1,32}$/)
  .brand<"FrameId">();
export type FrameId = z.infer<typeof FrameId>;

/** One slice of a frame's rows: all columns of up to K rows, a value of the store. */
export const ChunkRecord = z.strictObject({ key: KeyRecord, rowCount: z.int().min(1) });
export type ChunkRecord = z.infer<typeof ChunkRecord>;

/**
 * What a frame is: a schema, chunk keys with row counts in frame order, and where the dictionaries of its columns lie.
 * It is a value of the store itself; a frame is visible once this record is.
 */
export const FrameRecord = z.strictObject({
  id: FrameId,
  schema: SchemaRecord,
  rowCount: z.int().min(0),
  chunks: z.array(ChunkRecord),
  /** One entry a column: its dictionary and how many strings it has, or null for a column without. */
  dictionaries: z.array(z.strictObject({ key: KeyRecord, size: z.int().min(0) }).nullable()),
  /** Bytes of the chunks; dictionaries are extra, they may be shared with other frames. */
  bytes: z.int().min(0),
});
export type FrameRecord = z.infer<typeof FrameRecord>;

export const encodeFrameRecord = (record: FrameRecord): Uint8Array => encodeControl(record);
/** @throws {@link Eau2Error} `DATA_INVALID` for a value that is not a frame's record. */
export const decodeFrameRecord = (bytes: Uint8Array): FrameRecord => {
  const parsed = FrameRecord.safeParse(decodeControl(bytes));
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.join(".") || "its top";
  throw new Eau2Error(
    "DATA_INVALID",
    `a value of ${bytes.length} bytes is no frame: it differs at ${at}; check the key`,
  );
};

/** Names of the keys of a frame: all of them lie under {@link framePrefix}, so that one drop removes them. */
export const framePrefix = (id: FrameId): string => `f/${id}`;
export const frameRecordName = (id: FrameId): string => `f/${id}/frame`;
export const frameChunkPrefix = (id: FrameId): string => `f/${id}/c`;
/** Dictionaries outlive the frame that made them while others refer to them: they lie apart. */
export const dictionaryPrefix = (id: FrameId): string => `d/${id}`;
export const dictionaryName = (id: FrameId, column: number): string => `${dictionaryPrefix(id)}/${column}`;
