/** Stores what was built: chunks spread over the shards, dictionaries where the hash of their key says, the record last. */

import { hashName } from "@eau2/kvstore";
import { Eau2Error, isEau2Error, type KeyRecord } from "@eau2/protocol";
import { type EncodedBytes, encodeChunk, encodeDictionary } from "@eau2/serialization";
import { didYouMean } from "../print/did-you-mean.js";
import type { Schema } from "../schema/schema.js";
import type { BuiltChunk, BuiltFrame } from "./frame-builder.js";
import {
  dictionaryName,
  dictionaryPrefix,
  encodeFrameRecord,
  type FrameRecord,
  frameChunkPrefix,
  framePrefix,
  frameRecordName,
} from "./frame-record.js";
import type { FrameStore } from "./frame-store.js";

/** Puts that are under way at once: enough to keep the links busy, few enough for memory. */
const PUTS_MAX = 4;

const written = (encoded: EncodedBytes): Uint8Array => {
  const bytes = new Uint8Array(encoded.byteLength);
  encoded.write(bytes);
  return bytes;
};

export interface WrittenFrame {
  readonly record: FrameRecord;
  readonly key: KeyRecord;
}

/** @throws what the store throws; nothing of the frame is left then. */
export const writeFrame = async (
  store: FrameStore,
  schema: Schema,
  { chunks, dictionaries }: BuiltFrame,
): Promise<WrittenFrame> => {
  const id = store.newFrameId();
  const homes = await store.homes();
  const hashedKey = (name: string): KeyRecord => keyOf(name, homes[hashName(name) % homes.length]!);
  let bytes = 0;
  const putChunk = async ({ columns, rowCount }: BuiltChunk, index: number) => {
    const key = keyOf(`${frameChunkPrefix(id)}/${index}`, homes[index % homes.length]!);
    const encoded = encodeChunk(columns, rowCount);
    bytes += encoded.byteLength;
    await store.put(key, written(encoded));
    return { key, rowCount };
  };
  try {
    const chunkRecords: FrameRecord["chunks"] = new Array(chunks.length);
    let next = 0;
    const lane = async () => {
      for (let index = next++; index < chunks.length; index = next++) {
        chunkRecords[index] = await putChunk(chunks[index]!, index);
      }
    };
    await Promise.all(Array.from({ length: PUTS_MAX }, lane));
    const dictionaryRecords: FrameRecord["dictionaries"] = [];
    for (const [column, dictionary] of dictionaries.entries()) {
      if (dictionary === null) {
        dictionaryRecords.push(null);
        continue;
      }
      const key = hashedKey(dictionaryName(id, column));
      await store.put(key, written(encodeDictionary(dictionary)));
      dictionaryRecords.push({ key, size: dictionary.count });
    }
    const record: FrameRecord = {
      id,
      schema: schema.record,
      rowCount: chunkRecords.reduce((sum, { rowCount }) => sum + rowCount, 0),
      chunks: chunkRecords,
      dictionaries: dictionaryRecords,
      bytes,
    };
    const key = hashedKey(frameRecordName(id));
    await store.put(key, encodeFrameRecord(record));
    return { record, key };
  } catch (error) {
    await dropFrame(store, { id });
    throw error;
  }
};

/** Takes back a frame that nobody has seen; whatever the store says. */
export const dropFrame = async (store: FrameStore, { id }: Pick<FrameRecord, "id">): Promise<void> => {
  await Promise.allSettled([store.drop(framePrefix(id)), store.drop(dictionaryPrefix(id))]);
};

export const frameExists = (name: string): Eau2Error =>
  new Eau2Error(
    "FRAME_EXISTS",
    `frame "${name}": there is one of that name; choose another, or drop it first (eau2 drop NAME)`,
    { frame: name },
  );

/** @param names - those there are, as far as they are known: a close one is suggested. */
export const frameUnknown = (name: string, names: readonly string[] = []): Eau2Error =>
  new Eau2Error(
    "FRAME_UNKNOWN",
    `frame "${name}": there is none of that name${didYouMean(name, names)}; eau2 frames lists them`,
    { frame: name },
  );

/** An error of a store, in terms of the frame that was read: somebody has dropped it meanwhile. */
export const explainDropped = (error: unknown, { name }: KeyRecord): unknown => {
  if (!isEau2Error(error, "KEY_DROPPED")) return error;
  const message = `frame "${name}" was dropped; rows that were seen before are right, and no more will come`;
  return new Eau2Error("KEY_DROPPED", message, { ...error.details, frame: name }, { cause: error });
};

const keyOf = (name: string, home: number): KeyRecord => ({ name, home }) as KeyRecord;
