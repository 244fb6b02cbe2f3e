/**
 * Counts the rows of each value of a text column, as map and reduce over chunks. Where the column has a dictionary nothing
 * touches a string: values are codes, codes are counted in an array, and the result's chunks refer to the same dictionary.
 * The partial results of a map task are one value for each hash partition of the values.
 */

import type { TaskContext, TaskResult } from "@eau2/kvstore";
import { Eau2Error } from "@eau2/protocol";
import {
  type ColumnLayout,
  decodeChunk,
  encodeChunk,
  type IntegerLayout,
  isBitSet,
  type Utf8Layout,
} from "@eau2/serialization";
import { z } from "zod";
import { dictionaryColumn, int64ColumnFromNumbers, utf8Column } from "../column/column-from-arrays.js";
import { partitionOfBytes, partitionOfCode } from "../frame/partition-rule.js";
import { defineTask } from "../task/task.js";
import { withTextKernel } from "./shelf.js";
import { addCodes, plainStrings } from "./text-values.js";

const Shape = {
  column: z.int().min(0),
  /** Strings in the column's dictionary; null for a column without. */
  dictionarySize: z.int().min(0).nullable(),
};

/** What a map task is given besides its own arguments; every map task of a job gets it. */
export const MapArgs = z.strictObject({
  ...Shape,
  partitionCount: z.int().min(1),
  /** Row of the frame that each input chunk begins with. */
  firstRows: z.array(z.int().min(0)),
});

export type MapArgs = z.infer<typeof MapArgs>;

export const ReduceArgs = z.strictObject({ ...Shape, chunkRows: z.int().min(1) });
export type ReduceArgs = z.infer<typeof ReduceArgs>;
/** Rows of each output chunk. */
export const ReduceResult = z.strictObject({ chunks: z.array(z.int().min(1)) });

/** @throws {@link Eau2Error} `COLUMN_UNKNOWN`, `TYPE_MISMATCH` */
const textColumn = (bytes: Uint8Array, column: number): Utf8Layout => {
  const { columns } = decodeChunk(bytes);
  const layout = columns[column];
  if (layout === undefined) {
    throw new Eau2Error("COLUMN_UNKNOWN", `count column ${column}: the frame has ${columns.length}`, { column });
  }
  if (layout.type !== "utf8") {
    throw new Eau2Error("TYPE_MISMATCH", `count column ${column}: it is ${layout.type}, and only utf8 is counted`, {
      column,
    });
  }
  return layout;
};

const emit = async (
  context: TaskContext,
  outputs: TaskResult["outputs"][number][],
  columns: ColumnLayout[],
  rowCount: number,
) => {
  const chunk = encodeChunk(columns, rowCount);
  const { ref, view } = await context.allocate(chunk.byteLength);
  chunk.write(view);
  outputs.push(ref);
};

/** The numbers of an integer column without nulls. */
export const integersOf = (layout: ColumnLayout): Float64Array => {
  const column = layout as IntegerLayout;
  const numbers = new Float64Array(column.rowCount);
  switch (column.encoding) {
    case "null":
      break;
    case "constant":
      numbers.fill(Number(column.value));
      break;
    case "int64":
      for (let row = 0; row < numbers.length; row++) numbers[row] = Number(column.values[row]!);
      break;
    default: {
      const offset = Number(column.offset);
      for (let row = 0; row < numbers.length; row++) numbers[row] = column.values[row]! + offset;
    }
  }
  return numbers;
};

/** Sorts positions into partitions; returns them grouped, with the start of each group. */
const groupByPartition = (
  partitions: Uint32Array,
  partitionCount: number,
): { order: Uint32Array; starts: Uint32Array } => {
  const starts = new Uint32Array(partitionCount + 1);
  for (const partition of partitions) starts[partition + 1]!++;
  for (let partition = 0; partition < partitionCount; partition++) starts[partition + 1]! += starts[partition]!;
  const next = starts.slice();
  const order = new Uint32Array(partitions.length);
  for (let index = 0; index < partitions.length; index++) order[next[partitions[index]!]!++] = index;
  return { order, starts };
};

type Counts = Uint32Array | Float64Array;

/** Codes with a count, ascending. */
const countedCodes = (counts: Counts): Uint32Array => {
  let present = 0;
  for (let code = 0; code < counts.length; code++) if (counts[code]! > 0) present++;
  const codes = new Uint32Array(present);
  for (let code = 0, at = 0; code < counts.length; code++) if (counts[code]! > 0) codes[at++] = code;
  return codes;
};

/** Partial of a coded column: codes (ascending) and their counts. */
const mapCoded = async (
  context: TaskContext,
  column: number,
  size: number,
  partitionCount: number,
): Promise<TaskResult> => {
  const columns = context.inputs.map((input) => textColumn(input, column));
  const rowCount = columns.reduce((sum, { rowCount: rows }) => sum + rows, 0);
  // Half the bytes are half the cache misses.
  const counts = rowCount < 2 ** 32 ? new Uint32Array(size) : new Float64Array(size);
  for (const values of columns) addCodes(values, counts);
  const codes = countedCodes(counts);
  const partitions = new Uint32Array(codes.length);
  for (let index = 0; index < codes.length; index++) partitions[index] = partitionOfCode(codes[index]!, partitionCount);
  const { order, starts } = groupByPartition(partitions, partitionCount);
  const outputs: TaskResult["outputs"][number][] = [];
  for (let partition = 0; partition < partitionCount; partition++) {
    const start = starts[partition]!;
    const rowCount = starts[partition + 1]! - start;
    const itsCodes = new Float64Array(rowCount);
    const itsCounts = new Float64Array(rowCount);
    for (let row = 0; row < rowCount; row++) {
      const code = codes[order[start + row]!]!;
      itsCodes[row] = code;
      itsCounts[row] = counts[code]!;
    }
    const columns = [int64ColumnFromNumbers(itsCodes, rowCount), int64ColumnFromNumbers(itsCounts, rowCount)];
    await emit(context, outputs, columns, rowCount);
  }
  return { value: {}, outputs };
};

/** The strings of a dictionary under construction, in the given order. */
const pickStrings = (
  order: Uint32Array,
  from: Uint32Array,
  text: Uint8Array,
): { offsets: Uint32Array; values: Uint8Array } => {
  const offsets = new Uint32Array(order.length + 1);
  for (let index = 0; index < order.length; index++) {
    const code = order[index]!;
    offsets[index + 1] = offsets[index]! + from[code + 1]! - from[code]!;
  }
  const values = new Uint8Array(offsets[order.length]!);
  for (let index = 0, to = 0; index < order.length; index++) {
    const code = order[index]!;
    for (let at = from[code]!, end = from[code + 1]!; at < end; at++) values[to++] = text[at]!;
  }
  return { offsets, values };
};

/** Counts and first rows of the strings of a kernel; grows with its dictionary. */
class Tally {
  counts = new Float64Array(1024);
  firstRows = new Float64Array(1024);

  add(code: number, count: number, row: number): void {
    if (code >= this.counts.length) {
      const size = 2 ** Math.ceil(Math.log2(code + 1));
      const counts = new Float64Array(size);
      counts.set(this.counts);
      this.counts = counts;
      const firstRows = new Float64Array(size);
      firstRows.set(this.firstRows);
      this.firstRows = firstRows;
    }
    if (this.counts[code] === 0 || row < this.firstRows[code]!) this.firstRows[code] = row;
    this.counts[code]! += count;
  }
}

/** Partial of a plain column: strings, counts, and the first row of each in the frame. */
const mapPlain = (
  context: TaskContext,
  column: number,
  partitionCount: number,
  firstRows: readonly number[],
): Promise<TaskResult> =>
  withTextKernel(context, async (kernel) => {
    const tally = new Tally();
    for (const [index, input] of context.inputs.entries()) {
      const layout = textColumn(input, column);
      const strings = plainStrings(layout);
      kernel.clearCodes();
      kernel.intern(strings.values, strings.offsets, strings.count);
      const codes = kernel.codes();
      const firstRow = firstRows[index]!;
      if (layout.encoding === "constant") tally.add(codes[0]!, layout.rowCount - layout.nullCount, firstRow);
      else {
        const { validity } = layout;
        for (let row = 0; row < codes.length; row++) {
          if (validity === undefined || isBitSet(validity, row)) tally.add(codes[row]!, 1, firstRow + row);
        }
      }
    }
    const from = kernel.dictionaryOffsets().slice();
    const text = kernel.dictionaryBytes().slice();
    const partitions = new Uint32Array(kernel.dictionarySize);
    for (let code = 0; code < partitions.length; code++) {
      partitions[code] = partitionOfBytes(text, from[code]!, from[code + 1]!, partitionCount);
    }
    const { order, starts } = groupByPartition(partitions, partitionCount);
    const outputs: TaskResult["outputs"][number][] = [];
    for (let partition = 0; partition < partitionCount; partition++) {
      // A null's empty slot is interned too; it was never counted.
      const codes = order.subarray(starts[partition], starts[partition + 1]).filter((code) => tally.counts[code]! > 0);
      const { offsets, values } = pickStrings(codes, from, text);
      const counts = Float64Array.from(codes, (code) => tally.counts[code]!);
      const rows = Float64Array.from(codes, (code) => tally.firstRows[code]!);
      const { length } = codes;
      await emit(
        context,
        outputs,
        [utf8Column(offsets, values), int64ColumnFromNumbers(counts, length), int64ColumnFromNumbers(rows, length)],
        length,
      );
    }
    return { value: {}, outputs };
  });

/** Outputs: one partial for each partition. Rows that are null are not counted. */
export const countMapTask = defineTask({
  name: "count.map",
  args: MapArgs,
  run: ({ column, dictionarySize, partitionCount, firstRows }, context) =>
    dictionarySize === null
      ? mapPlain(context, column, partitionCount, firstRows)
      : mapCoded(context, column, dictionarySize, partitionCount),
});

interface CodePartial {
  /** Ascending. */
  readonly codes: Float64Array;
  readonly counts: Float64Array;
}

/** Codes, ascending, and how many rows each has over all partials. */
interface CountedCodes {
  readonly codes: Uint32Array;
  readonly counts: Float64Array;
}

/** Where partials hold at least one code in so many of the dictionary, an array over all of it beats sorting them. */
const DENSE_SHARE = 8;

const mergeDense = (partials: readonly CodePartial[], size: number): CountedCodes => {
  const all = new Float64Array(size);
  for (const { codes, counts } of partials) {
    for (let row = 0; row < codes.length; row++) all[codes[row]!]! += counts[row]!;
  }
  const codes = countedCodes(all);
  const counts = new Float64Array(codes.length);
  for (let row = 0; row < codes.length; row++) counts[row] = all[codes[row]!]!;
  return { codes, counts };
};

const mergeSparse = (partials: readonly CodePartial[], codeCount: number): CountedCodes => {
  const all = new Uint32Array(codeCount);
  let filled = 0;
  for (const { codes } of partials) {
    all.set(codes, filled);
    filled += codes.length;
  }
  all.sort();
  let distinct = 0;
  for (let index = 0; index < all.length; index++) {
    if (index === 0 || all[index] !== all[index - 1]) all[distinct++] = all[index]!;
  }
  const codes = all.subarray(0, distinct);
  const counts = new Float64Array(distinct);
  for (const partial of partials) {
    // Both ascend: one walk finds every place.
    let at = 0;
    for (let row = 0; row < partial.codes.length; row++) {
      const code = partial.codes[row]!;
      while (codes[at]! < code) at++;
      counts[at]! += partial.counts[row]!;
    }
  }
  return { codes, counts };
};

/** Codes ascend in order of first appearance: that is the order of the result. */
const reduceCoded = async (context: TaskContext, size: number, chunkRows: number): Promise<TaskResult> => {
  const partials = context.inputs.map((input): CodePartial => {
    const [codes, counts] = decodeChunk(input).columns;
    return { codes: integersOf(codes!), counts: integersOf(counts!) };
  });
  const codeCount = partials.reduce((sum, { codes }) => sum + codes.length, 0);
  const isDense = codeCount * DENSE_SHARE >= size;
  const { codes, counts } = isDense ? mergeDense(partials, size) : mergeSparse(partials, codeCount);
  const distinct = codes.length;
  const outputs: TaskResult["outputs"][number][] = [];
  const chunks: number[] = [];
  for (let start = 0; start < distinct; start += chunkRows) {
    const some = codes.slice(start, start + chunkRows);
    const rowCount = some.length;
    const columns = [
      dictionaryColumn(some, size),
      int64ColumnFromNumbers(counts.slice(start, start + rowCount), rowCount),
    ];
    await emit(context, outputs, columns, rowCount);
    chunks.push(rowCount);
  }
  return { value: { chunks }, outputs };
};

const reducePlain = (context: TaskContext, chunkRows: number): Promise<TaskResult> =>
  withTextKernel(context, async (kernel) => {
    const tally = new Tally();
    for (const input of context.inputs) {
      const [texts, countColumn, rowColumn] = decodeChunk(input).columns;
      const strings = plainStrings(texts as Utf8Layout);
      const [counts, rows] = [integersOf(countColumn!), integersOf(rowColumn!)];
      kernel.clearCodes();
      kernel.intern(strings.values, strings.offsets, strings.count);
      const codes = kernel.codes();
      for (let row = 0; row < codes.length; row++) tally.add(codes[row]!, counts[row]!, rows[row]!);
    }
    const order = Uint32Array.from({ length: kernel.dictionarySize }, (_, code) => code);
    order.sort((a, b) => tally.firstRows[a]! - tally.firstRows[b]!);
    const from = kernel.dictionaryOffsets().slice();
    const text = kernel.dictionaryBytes().slice();
    const outputs: TaskResult["outputs"][number][] = [];
    const chunks: number[] = [];
    for (let start = 0; start < order.length; start += chunkRows) {
      const some = order.subarray(start, start + chunkRows);
      const { offsets, values } = pickStrings(some, from, text);
      const counts = Float64Array.from(some, (code) => tally.counts[code]!);
      await emit(
        context,
        outputs,
        [utf8Column(offsets, values), int64ColumnFromNumbers(counts, some.length)],
        some.length,
      );
      chunks.push(some.length);
    }
    return { value: { chunks }, outputs };
  });

/** Inputs: the partials of one partition. Outputs: chunks (value, count) in order of first appearance. */
export const countReduceTask = defineTask({
  name: "count.reduce",
  args: ReduceArgs,
  run: ({ dictionarySize, chunkRows }, context) =>
    dictionarySize === null ? reducePlain(context, chunkRows) : reduceCoded(context, dictionarySize, chunkRows),
});
