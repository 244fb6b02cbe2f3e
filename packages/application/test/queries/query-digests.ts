/** What each golden query gives on a cluster, without ids and without where it lies. */
import { createHash } from "node:crypto";
import { type ChunkView, type Column, type DataFrame, decodePlan, encodePlan, type Plan } from "@eau2/dataframe";
import type { Eau2 } from "../../src/session/eau2.js";
import { frameDigest } from "../kit/digests.js";
import { type FrameOptions, generatedFrames } from "./generated-frames.js";
import { GOLDEN_QUERIES } from "./golden-queries.js";

export interface QueryDigest {
  readonly rowCount: number;
  readonly chunkCount: number;
  /** Of names, types and all values in order: the same whatever the chunks. */
  readonly rows: string;
  /** Of the bytes of all chunks and dictionaries. */
  readonly bytes: string;
}

const cellOf = (column: Column, row: number): unknown => {
  if (column.isNull(row)) return null;
  switch (column.type) {
    case "utf8":
      return Buffer.from(column.bytesAt(row)!).toString("latin1");
    case "boolean":
    case "float32":
    case "float64":
      return column.get(row);
    default:
      return column.bigintAt(row);
  }
};

const cellsOf = (chunk: ChunkView, column: Column): unknown[] => {
  const rows = Array.from({ length: chunk.rowCount }, (_, row) => row);
  if (column.type !== "list") return rows.map((row) => cellOf(column, row));
  const { offsets, items } = chunk.lists(column.name);
  return rows.map((row) => {
    if (column.isNull(row)) return null;
    const [from, to] = [offsets[row]!, offsets[row + 1]!];
    return Array.from({ length: to - from }, (_, item) => cellOf(items, from + item));
  });
};

/** Values that differ have different texts. */
const textOf = (cell: unknown): string => {
  if (Array.isArray(cell)) return `[${cell.map(textOf).join()}]`;
  if (typeof cell === "string") return JSON.stringify(cell);
  return Object.is(cell, -0) ? "-0" : String(cell);
};

const rowsDigest = async (frame: DataFrame): Promise<string> => {
  const hashes = frame.schema.columns.map(() => createHash("sha256"));
  for await (const chunk of frame.chunks()) {
    for (const [index, column] of chunk.columns.entries()) {
      hashes[index]!.update(`${cellsOf(chunk, column).map(textOf).join("\n")}\n`);
    }
  }
  return JSON.stringify([frame.record.schema, ...hashes.map((hash) => hash.digest("hex"))]);
};

const digestOf = async (frame: DataFrame): Promise<QueryDigest> => ({
  rowCount: frame.nrows,
  chunkCount: frame.record.chunks.length,
  rows: await rowsDigest(frame),
  bytes: await frameDigest(frame),
});

export interface AskOptions extends FrameOptions {
  /** What happens to a plan before it runs. */
  readonly prepare?: (plan: Plan) => Plan;
}

/** Through bytes and back. */
export const throughCodec = (plan: Plan): Plan => decodePlan(encodePlan(plan));

/** Stores the frames, asks all queries, and drops everything again. */
export const askAll = async (
  eau2: Eau2,
  { prepare = (plan) => plan, ...options }: AskOptions,
): Promise<ReadonlyMap<string, QueryDigest>> => {
  const { queries } = eau2.store;
  const frames = await generatedFrames(eau2.store, options);
  const digests = new Map<string, QueryDigest>();
  for (const [name, query] of Object.entries(GOLDEN_QUERIES)) {
    try {
      const { key } = await queries.run(prepare(query(frames).plan), {});
      digests.set(name, await digestOf(await eau2.frame(key)));
      await queries.release(key);
    } catch (error) {
      throw new Error(`the query "${name}" fails`, { cause: error });
    }
  }
  for (const { key } of Object.values(frames)) await queries.release(key);
  return digests;
};
