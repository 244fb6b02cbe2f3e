/** Lists to rows: one for each element; the other columns are repeated. Null and empty lists give none. */
import { isBitSet } from "@eau2/serialization";
import { gather } from "../evaluate/gather.js";
import { listsOfVector } from "../vector/lists-of-vector.js";
import type { Batch } from "../vector/vector.js";

/** @returns `rows`: of the batch, which each new row comes from; ascending. */
export const explodeBatch = (batch: Batch, column: string): { readonly batch: Batch; readonly rows: Uint32Array } => {
  const { vector } = batch.columns.find(({ name }) => name === column)!;
  const { offsets, validity, elements } = listsOfVector(vector);
  const rows = new Uint32Array(elements.rowCount);
  const taken = new Uint32Array(rows.length);
  let count = 0;
  for (let row = 0; row < batch.rowCount; row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    for (let element = offsets[row]!; element < offsets[row + 1]!; element++) {
      rows[count] = row;
      taken[count++] = element;
    }
  }
  const kept = rows.subarray(0, count);
  const columns = batch.columns.map((other) => ({
    name: other.name,
    vector: other.name === column ? gather(elements, taken, count) : gather(other.vector, kept, count),
  }));
  return { batch: { rowCount: count, columns }, rows: kept };
};
