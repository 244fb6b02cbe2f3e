/**
 * What is known of chunks without looking at a value: the statistics in their heads. The answers of several tasks become
 * one by {@link mergeDescriptions}, which is associative.
 */
import { type ColumnLayout, compareBytes, decodeChunk } from "@eau2/serialization";
import { z } from "zod";
import { decodeText } from "../column/decode-text.js";
import { defineTask } from "../task/task.js";

/** A bound as it crosses the wire. What a schema of finite numbers refuses is text: integers beyond 2^53, NaN, infinities. */
const Bound = z.strictObject({
  kind: z.enum(["number", "bigint", "boolean", "text"]),
  value: z.union([z.number(), z.boolean(), z.string()]),
});
export type DescribedBound = z.infer<typeof Bound>;

export const ColumnDescription = z.strictObject({
  nulls: z.number().min(0),
  /** null: unknown, or no row has a value. */
  min: Bound.nullable(),
  max: Bound.nullable(),
  /** Chunks with each encoding. */
  encodings: z.array(z.strictObject({ encoding: z.string(), chunks: z.int().min(1) })),
});
export type ColumnDescription = z.infer<typeof ColumnDescription>;
export const DescribeResult = z.strictObject({ columns: z.array(ColumnDescription) });

const bound = (value: boolean | number | bigint | Uint8Array | undefined): DescribedBound | null => {
  switch (typeof value) {
    case "undefined":
      return null;
    case "bigint":
      return Number.isSafeInteger(Number(value))
        ? { kind: "number", value: Number(value) }
        : { kind: "bigint", value: String(value) };
    case "number":
      return { kind: "number", value: Number.isFinite(value) ? value : String(value) };
    case "boolean":
      return { kind: "boolean", value };
    default:
      return { kind: "text", value: decodeText(value) };
  }
};

/** Lists are stored as their items are. */
const encodingOf = (layout: ColumnLayout): string =>
  layout.encoding === "list" ? `list<${layout.items.encoding}>` : layout.encoding;

const describe = (layout: ColumnLayout): ColumnDescription => ({
  nulls: layout.nullCount,
  min: bound(layout.statistics.min),
  max: bound(layout.statistics.max),
  encodings: [{ encoding: encodingOf(layout), chunks: 1 }],
});

const encoder = new TextEncoder();

/** NaN comes after every number, as everywhere. */
const compare = (a: DescribedBound, b: DescribedBound): number => {
  if (a.kind === "text" && b.kind === "text") {
    const [x, y] = [encoder.encode(String(a.value)), encoder.encode(String(b.value))];
    return compareBytes(x, 0, x.length, y, 0, y.length);
  }
  if (a.kind === "bigint" || b.kind === "bigint") {
    const [x, y] = [BigInt(a.value), BigInt(b.value)];
    return x < y ? -1 : x > y ? 1 : 0;
  }
  const [x, y] = [Number(a.value), Number(b.value)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? (Number.isNaN(y) ? 0 : 1) : -1;
  return x - y;
};

/** The lesser of two bounds (`sign` 1) or the greater (-1); one that is not known does not count. */
const widen = (a: DescribedBound | null, b: DescribedBound | null, sign: 1 | -1): DescribedBound | null => {
  if (a === null || b === null) return a ?? b;
  return compare(a, b) * sign <= 0 ? a : b;
};

const mergeColumns = (a: ColumnDescription, b: ColumnDescription): ColumnDescription => {
  const counts = new Map(a.encodings.map(({ encoding, chunks }) => [encoding, chunks]));
  for (const { encoding, chunks } of b.encodings) counts.set(encoding, (counts.get(encoding) ?? 0) + chunks);
  const encodings = [...counts].map(([encoding, chunks]) => ({ encoding, chunks }));
  return {
    nulls: a.nulls + b.nulls,
    min: widen(a.min, b.min, 1),
    max: widen(a.max, b.max, -1),
    encodings: encodings.sort((x, y) => (x.encoding < y.encoding ? -1 : 1)),
  };
};

/** @param parts - of the same columns, in any order. */
export const mergeDescriptions = (
  parts: readonly (readonly ColumnDescription[])[],
  columnCount: number,
): ColumnDescription[] => {
  const nothing: ColumnDescription = { nulls: 0, min: null, max: null, encodings: [] };
  return Array.from({ length: columnCount }, (_, column) =>
    parts.reduce((merged, part) => mergeColumns(merged, part[column]!), nothing),
  );
};

/** Inputs: chunks of a frame. No outputs. */
export const describeChunksTask = defineTask({
  name: "frame.describe-chunks",
  args: z.strictObject({}),
  run: (_args, { inputs }) => {
    const parts = inputs.map((bytes) => decodeChunk(bytes).columns.map(describe));
    return { value: { columns: mergeDescriptions(parts, parts[0]?.length ?? 0) }, outputs: [] };
  },
});
