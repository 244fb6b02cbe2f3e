/** Lists to rows: one for each element; the other columns are repeated. Null and empty lists give none. */
import { isBitSet } from "@eau2/serialization";
import { gather } from "../evaluate/gather.js";
import type { Batch, Vector } from "../vector/vector.js";

interface Lists {
  readonly offsets: Uint32Array;
  readonly validity: Uint8Array | undefined;
  readonly elements: Vector;
}

const listsOf = (vector: Vector): Lists | undefined => {
  if (vector.kind === "lists") return vector;
  if (vector.kind !== "column" || vector.layout.type !== "list") {
    throw new Error(`invariant: only lists are exploded, not ${vector.kind}`);
  }
  const { layout, dictionary } = vector;
  if (layout.encoding === "null") return undefined;
  const { items } = layout;
  const elements: Vector = { kind: "column", rowCount: items.rowCount, layout: items, dictionary };
  return { offsets: layout.offsets, validity: layout.validity, elements };
};

/** @returns `rows`: of the batch, which each new row comes from; ascending. */
export const explodeBatch = (batch: Batch, column: string): { readonly batch: Batch; readonly rows: Uint32Array } => {
  const { vector } = batch.columns.find(({ name }) => name === column)!;
  const lists = listsOf(vector);
  const rows = new Uint32Array(lists?.elements.rowCount ?? 0);
  const elements = new Uint32Array(rows.length);
  let count = 0;
  if (lists !== undefined) {
    const { offsets, validity } = lists;
    for (let row = 0; row < batch.rowCount; row++) {
      if (validity !== undefined && !isBitSet(validity, row)) continue;
      for (let element = offsets[row]!; element < offsets[row + 1]!; element++) {
        rows[count] = row;
        elements[count++] = element;
      }
    }
  }
  const kept = rows.subarray(0, count);
  const columns = batch.columns.map((other) => {
    if (other.name !== column) return { name: other.name, vector: gather(other.vector, kept, count) };
    const empty: Vector = { kind: "column", rowCount: 0, layout: emptyOf(vector), dictionary: undefined };
    return { name: column, vector: lists === undefined ? empty : gather(lists.elements, elements, count) };
  });
  return { batch: { rowCount: count, columns }, rows: kept };
};

/** No values of the type that the elements of a list of nulls would have: nobody can tell, and there are none. */
const emptyOf = (vector: Vector) => {
  if (vector.kind !== "column" || vector.layout.type !== "list") throw new Error("invariant: a list without values");
  return { ...vector.layout, type: "boolean", encoding: "null", rowCount: 0, nullCount: 0 } as const;
};
