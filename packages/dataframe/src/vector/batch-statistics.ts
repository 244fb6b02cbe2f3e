/** What is known of a batch without looking at its rows: the statistics of columns as they lie in a chunk. */
import type { ColumnStatistics } from "../expression/bounds/leaf-bounds.js";
import { typeOfVector } from "./type-of-vector.js";
import type { Batch, Vector } from "./vector.js";

const measured = (vector: Vector): Pick<ColumnStatistics, "nullCount" | "min" | "max"> => {
  if (vector.kind === "column") {
    const { nullCount, statistics } = vector.layout;
    return { nullCount, min: statistics.min, max: statistics.max };
  }
  return { nullCount: vector.validity === undefined ? 0 : undefined, min: undefined, max: undefined };
};

export const batchStatistics = ({ columns, rowCount }: Batch): readonly ColumnStatistics[] =>
  columns.map(({ name, vector }) => ({ name, type: typeOfVector(vector), rowCount, ...measured(vector) }));
