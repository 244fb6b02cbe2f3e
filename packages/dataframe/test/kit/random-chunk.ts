/** Rows as values and as the vectors of a batch, in every encoding. */
import type { ScalarType } from "../../src/expression/expression.js";
import type { Batch } from "../../src/vector/vector.js";
import type { PlainRow } from "../evaluate/plain-interpreter.js";
import type { Random } from "../evaluate/random.js";
import type { RandomColumn } from "../evaluate/random-expressions.js";
import { randomValues, randomVector } from "../evaluate/random-vectors.js";

export interface RandomChunk {
  readonly rows: readonly PlainRow[];
  readonly batch: Batch;
}

/** Few rows, so that they lie close together. */
export const randomChunk = (random: Random, columns: readonly RandomColumn[]): RandomChunk => {
  const rowCount = random.below(4);
  const data = columns.map(({ type }) => randomValues(random, type as ScalarType, rowCount));
  return {
    rows: Array.from({ length: rowCount }, (_, row) => new Map(columns.map(({ name }, at) => [name, data[at]![row]!]))),
    batch: {
      rowCount,
      columns: columns.map(({ name, type }, at) => ({
        name,
        vector: randomVector(random, type as ScalarType, data[at]!),
      })),
    },
  };
};
