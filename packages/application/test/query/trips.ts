/** Frames that queries are asked of: rows by formula, in small chunks, so that there are many. */
import { boolean, DataFrame, float64, int64, schema, utf8 } from "@eau2/dataframe";
import type { Eau2 } from "../../src/index.js";

/** `note` is a different text in each row, so that it has no dictionary. */
export const Trip = schema({ carrier: utf8, delay: float64, day: int64, late: boolean, note: utf8 });

export const tripRows = (count: number) =>
  Array.from({ length: count }, (_, row) => ({
    carrier: `c${row % 7}`,
    delay: row % 11 === 0 ? null : (row % 50) - 10.5,
    day: Math.floor(row / 10),
    late: row % 50 > 40,
    note: `note ${String(row).padStart(5, "0")}`,
  }));

export const trips = (eau2: Eau2, count: number, chunkRows: number, name?: string) =>
  DataFrame.fromRows(eau2.store, Trip, tripRows(count), { chunkRows, ...(name === undefined ? {} : { name }) });
