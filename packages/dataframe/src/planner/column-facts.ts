/**
 * What is known of a column without looking at a value: the statistics in the heads of its chunks, and those of several
 * chunks merged. Bounds hold for every subset of the rows. Plain data with text for what no message holds.
 */
import type { ColumnLayout } from "@eau2/serialization";
import { z } from "zod";

/** Bounds of numbers; integers, dates and timestamps as decimal text. */
export const ColumnFacts = z.strictObject({
  rowCount: z.number().min(0),
  nullCount: z.number().min(0),
  /** Integers, dates, timestamps; null when unknown or when no row has a value. */
  least: z.string().nullable(),
  greatest: z.string().nullable(),
  /** Floats: largest finite magnitude, and the smallest that is not 0; null when there is none. */
  magnitude: z.number().nullable(),
  smallest: z.number().nullable(),
  /** Floats: neither NaN nor infinite. */
  isFinite: z.boolean(),
});
export type ColumnFacts = z.infer<typeof ColumnFacts>;

/** Also NaN and infinities, which are no numbers to zod. */
const AnyNumber = z.custom<number>((value) => typeof value === "number");
const Bound = z.union([AnyNumber, z.boolean(), z.instanceof(Uint8Array)]).nullable();

/** Of one chunk. */
export const ChunkFacts = z.strictObject({
  ...ColumnFacts.shape,
  /** Floats, booleans and text, as statistics have them; null when unknown or when no row has a value. */
  min: Bound,
  max: Bound,
  encoding: z.string(),
});
export type ChunkFacts = z.infer<typeof ChunkFacts>;

export const NO_ROWS: ColumnFacts = Object.freeze({
  rowCount: 0,
  nullCount: 0,
  least: null,
  greatest: null,
  magnitude: null,
  smallest: null,
  isFinite: true,
});

export const factsOfLayout = (layout: ColumnLayout): ChunkFacts => {
  const { rowCount, nullCount, encoding, statistics } = layout;
  const { min, max, magnitude, smallest } = statistics;
  const facts = { ...NO_ROWS, rowCount, nullCount, min: null, max: null, encoding };
  if (min === undefined || max === undefined) return facts;
  if (typeof min === "bigint" || typeof max === "bigint")
    return { ...facts, least: String(min), greatest: String(max) };
  // Views of the chunk would not outlive the task.
  if (min instanceof Uint8Array || max instanceof Uint8Array)
    return { ...facts, min: Uint8Array.from(min as Uint8Array), max: Uint8Array.from(max as Uint8Array) };
  if (typeof min !== "number" || typeof max !== "number") return { ...facts, min, max };
  return {
    ...facts,
    min,
    max,
    magnitude: typeof magnitude === "number" ? magnitude : null,
    smallest: smallest ?? null,
    isFinite: Number.isFinite(min) && Number.isFinite(max),
  };
};

const lesser = (a: string | null, b: string | null, sign: bigint): string | null => {
  if (a === null || b === null) return a ?? b;
  return (BigInt(a) - BigInt(b)) * sign <= 0n ? a : b;
};

const extreme = (pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : pick(a, b);

export const mergeFacts = (a: ColumnFacts, b: ColumnFacts): ColumnFacts => ({
  rowCount: a.rowCount + b.rowCount,
  nullCount: a.nullCount + b.nullCount,
  least: lesser(a.least, b.least, 1n),
  greatest: lesser(a.greatest, b.greatest, -1n),
  magnitude: extreme(Math.max, a.magnitude, b.magnitude),
  smallest: extreme(Math.min, a.smallest, b.smallest),
  isFinite: a.isFinite && b.isFinite,
});
