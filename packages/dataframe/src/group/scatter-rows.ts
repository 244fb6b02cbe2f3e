/**
 * Rows to the hash partitions of their keys, as they are: for keys that hardly repeat, and for aggregates that need all values of a
 * group. Two passes over the batches: the first counts, so that every partition's block is laid out once; the second
 * orders each batch by partition in scratch arrays and copies the runs.
 */
import type { Access } from "../aggregates/column-access.js";
import { emitHeads, emitHigh, emitIsValid, emitLow, emitValue, shapeText } from "../aggregates/column-access.js";
import type { GroupBatch } from "./group-batch.js";
import type { RowArray, RowsBlock } from "./group-block.js";
import type { GroupSpec, RowInput } from "./group-spec.js";
import { partitionKeys } from "./group-table.js";
import { keyLayout } from "./key-layout.js";
import { keyWordCount, packKeys } from "./pack-keys.js";

type MoveLoop = (count: number, inputs: readonly Access[], positions: Uint32Array, out: RowArray) => void;

const loops = new Map<string, MoveLoop>();
const LOOPS_MAX = 500;

const moveLoop = (what: "value" | "words" | "validity", { shape }: Access, out: string): MoveLoop => {
  const key = `${what} ${shapeText(shape)} ${out}`;
  let loop = loops.get(key);
  if (loop === undefined) {
    const bodies = {
      value: () => `out[positions[i]] = ${emitValue(shape, 0)};`,
      words: () => `const p = 2 * positions[i]; out[p] = ${emitLow(shape, 0)}; out[p + 1] = ${emitHigh(shape, 0)};`,
      validity: () => `out[positions[i]] = ${emitIsValid(shape, 0) ?? "true"} ? 1 : 0;`,
    };
    // An array of inputs, so that the heads name the one that is read.
    const heads = shape.array === "null" ? "" : emitHeads([{ shape } as Access]);
    const source = `"use strict"; return function moveRows(count, g, positions, out) { ${heads} for (let i = 0; i < count; i++) { ${bodies[what]()} } };`;
    if (loops.size >= LOOPS_MAX) loops.delete(loops.keys().next().value!);
    loop = new Function(source)() as MoveLoop;
    loops.set(key, loop);
  }
  return loop;
};

const ARRAYS = { Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float64Array };

/** Says where rows go, and which words go with them. */
export interface Partitioner {
  readonly wordCount: number;
  readonly partitionCount: number;
  /** Fills the words of each row, an array for each. */
  pack(batch: GroupBatch, words: readonly Uint32Array[]): void;
  /** Fills the partition of each row, by its words. */
  partition(batch: GroupBatch, words: readonly Uint32Array[], partitions: Uint8Array): void;
}

/** By the hash of the keys of groups. */
export const hashPartitioner = ({ keys, partitionCount }: GroupSpec): Partitioner => {
  const layout = keyLayout(keys);
  return {
    wordCount: keyWordCount(layout),
    partitionCount,
    pack: (batch, words) => packKeys(layout, batch.keys, batch.rowCount, words),
    partition: (batch, words, partitions) => partitionKeys(words, batch.rowCount, partitionCount, partitions),
  };
};

export class RowScatter {
  readonly #counts: Float64Array;
  /** Rows of each partition that lie in its block already. */
  readonly #filled: Float64Array;
  #words: Uint32Array[];
  /** Partitions of the rows of each batch, kept from the first pass for the second. */
  readonly #partitions: Uint8Array[] = [];
  #batchesScattered = 0;
  #positions = new Uint32Array(0);
  #scratch = new ArrayBuffer(0);

  constructor(
    private readonly partitioner: Partitioner,
    private readonly inputs: readonly RowInput[],
  ) {
    this.#words = Array.from({ length: partitioner.wordCount }, () => new Uint32Array(0));
    this.#counts = new Float64Array(partitioner.partitionCount);
    this.#filled = new Float64Array(partitioner.partitionCount);
  }

  get wordCount(): number {
    return this.partitioner.wordCount;
  }

  /** First pass. */
  count(batch: GroupBatch): void {
    this.#pack(batch);
    const counts = this.#counts;
    const partitions = new Uint8Array(batch.rowCount);
    this.partitioner.partition(batch, this.#words, partitions);
    this.#partitions.push(partitions);
    for (let row = 0; row < batch.rowCount; row++) counts[partitions[row]!]!++;
  }

  /** Rows of each partition, after the first pass. */
  get counts(): Float64Array {
    return this.#counts;
  }

  /** Second pass, over the same batches. @param blocks - laid out for {@link counts}. */
  scatter(batch: GroupBatch, blocks: readonly RowsBlock[]): void {
    const { rowCount } = batch;
    this.#pack(batch);
    const starts = this.#order(this.#partitions[this.#batchesScattered++]!);
    this.#words.forEach((words, word) => {
      const out = this.#scratchArray("Uint32Array", rowCount) as Uint32Array;
      for (let row = 0; row < rowCount; row++) out[this.#positions[row]!] = words[row]!;
      this.#copy(out, starts, 1, (partition) => blocks[partition]!.words[word]!);
    });
    const numbers = this.#scratchArray("Float64Array", rowCount) as Float64Array;
    const { firstRow, rows } = batch;
    for (let row = 0; row < rowCount; row++)
      numbers[this.#positions[row]!] = firstRow + (rows === undefined ? row : rows[row]!);
    this.#copy(numbers, starts, 1, (partition) => blocks[partition]!.rows);
    this.inputs.forEach(({ array, isWide, hasValidity }, input) => {
      const access = batch.inputs[input]!;
      const width = isWide ? 2 : 1;
      const out = this.#scratchArray(array, rowCount * width);
      moveLoop(isWide ? "words" : "value", access, array)(rowCount, [access], this.#positions, out);
      this.#copy(out, starts, width, (partition) => blocks[partition]!.inputs[input]!.values);
      if (!hasValidity) return;
      const isValid = this.#scratchArray("Uint8Array", rowCount);
      moveLoop("validity", access, "Uint8Array")(rowCount, [access], this.#positions, isValid);
      this.#copy(isValid, starts, 1, (partition) => blocks[partition]!.inputs[input]!.isValid!);
    });
    for (let partition = 0; partition < this.#filled.length; partition++) {
      this.#filled[partition]! += starts[partition + 1]! - starts[partition]!;
    }
  }

  #pack(batch: GroupBatch): void {
    const { rowCount } = batch;
    if (this.#positions.length < rowCount) {
      this.#positions = new Uint32Array(rowCount);
      this.#words = Array.from({ length: this.wordCount }, () => new Uint32Array(rowCount));
    }
    this.partitioner.pack(batch, this.#words);
  }

  /** Where each row goes when the batch is ordered by partition. @returns where the partitions begin */
  #order(partitions: Uint8Array): Uint32Array {
    const { partitionCount } = this.partitioner;
    const rowCount = partitions.length;
    const starts = new Uint32Array(partitionCount + 1);
    for (let row = 0; row < rowCount; row++) starts[partitions[row]! + 1]!++;
    for (let partition = 0; partition < partitionCount; partition++) starts[partition + 1]! += starts[partition]!;
    const next = starts.slice();
    const positions = this.#positions;
    for (let row = 0; row < rowCount; row++) positions[row] = next[partitions[row]!]!++;
    return starts;
  }

  #scratchArray(array: keyof typeof ARRAYS, length: number): RowArray {
    const bytes = length * 8;
    if (this.#scratch.byteLength < bytes) this.#scratch = new ArrayBuffer(bytes);
    return new ARRAYS[array](this.#scratch, 0, length);
  }

  #copy(ordered: RowArray, starts: Uint32Array, width: number, target: (partition: number) => RowArray): void {
    for (let partition = 0; partition + 1 < starts.length; partition++) {
      const [from, to] = [starts[partition]!, starts[partition + 1]!];
      if (from === to) continue;
      target(partition).set(ordered.subarray(from * width, to * width), this.#filled[partition]! * width);
    }
  }
}
