/** What a frame holds, without its id and without where it lies. */
import { createHash } from "node:crypto";
import type { ChunkView, DataFrame } from "@eau2/dataframe";

/** The schema, and the bytes of chunks and dictionaries with their row counts: the same wherever they lie. */
export const frameBytes = async (frame: DataFrame): Promise<string> => {
  const { record } = frame;
  const hash = createHash("sha256").update(JSON.stringify(record.schema));
  for (const { key, rowCount } of record.chunks) hash.update(`chunk of ${rowCount}\n`).update(await frame.bytesOf(key));
  for (const dictionary of record.dictionaries) {
    hash.update(dictionary === null ? "none\n" : `dictionary of ${dictionary.size}\n`);
    if (dictionary !== null) hash.update(await frame.bytesOf(dictionary.key));
  }
  return hash.digest("hex");
};

/** The schema and all cells: the same whatever the chunks. */
export const frameRows = async (frame: DataFrame): Promise<string> => {
  const { record, columnNames } = frame;
  const hashes = columnNames.map(() => ({ nulls: createHash("sha256"), cells: createHash("sha256") }));
  for await (const chunk of frame.chunks()) {
    for (const [index, name] of columnNames.entries()) {
      hashes[index]!.nulls.update(nullBytes(chunk, name));
      hashes[index]!.cells.update(cellBytes(chunk, name));
    }
  }
  const digests = hashes.flatMap(({ nulls, cells }) => [nulls.digest("hex"), cells.digest("hex")]);
  return JSON.stringify([record.schema, record.rowCount, ...digests]);
};

/** A byte a row: 1 where it has no value. */
const nullBytes = (chunk: ChunkView, name: string): Uint8Array => {
  const nulls = new Uint8Array(chunk.rowCount);
  const column = chunk.column(name);
  if (!chunk.isWhole(name)) for (let row = 0; row < nulls.length; row++) nulls[row] = column.isNull(row) ? 1 : 0;
  return nulls;
};

/** The cells of a column of a chunk, as bytes that do not depend on how they are stored. */
const cellBytes = (chunk: ChunkView, name: string): Uint8Array => {
  const column = chunk.column(name);
  if (column.type !== "utf8") {
    const numbers = chunk.numbers(name);
    return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  }
  const parts: Uint8Array[] = [];
  for (let row = 0; row < chunk.rowCount; row++) {
    const text = column.bytesAt(row);
    if (text !== null) parts.push(Buffer.from(`${text.length}\n`), text);
  }
  return Buffer.concat(parts);
};
