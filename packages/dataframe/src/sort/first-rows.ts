/** The rows of a task's chunks that can be among the first of all: no more of each chunk than are wanted, and none behind what is known to be last. */
import type { GroupBatch } from "../group/group-batch.js";
import { sortByWord } from "../kernels/sort-by-word.js";
import { compareWords, packSortKeys, type SortLayout } from "./sort-keys.js";

export class FirstRows {
  /** The key that so many rows are not behind; undefined until there were as many. */
  #bound: readonly number[] | undefined;

  constructor(
    private readonly layout: SortLayout,
    private readonly count: number,
  ) {}

  /** @returns rows of the batch, ascending. */
  pick(batch: GroupBatch): Uint32Array {
    const { rowCount } = batch;
    const words = this.layout.words.map(() => new Uint32Array(rowCount));
    packSortKeys(this.layout, batch.keys, rowCount, words);
    const candidates = this.#candidates(words, rowCount);
    if (candidates.length <= this.count) return candidates;
    let order = candidates.slice();
    let spare: Uint32Array = new Uint32Array(order.length);
    for (let word = words.length - 1; word >= 0; word--) {
      const sorted = sortByWord(words[word]!, order, spare);
      if (sorted === spare) [order, spare] = [spare as typeof order, order];
    }
    const kept = order.slice(0, this.count);
    if (this.count > 0) {
      const last = kept[this.count - 1]!;
      this.#bound = words.map((word) => word[last]!);
    }
    return kept.sort();
  }

  #candidates(words: readonly Uint32Array[], rowCount: number): Uint32Array {
    const bound = this.#bound;
    const rows = new Uint32Array(rowCount);
    let count = 0;
    const others = bound?.map((word) => [word]);
    for (let row = 0; row < rowCount; row++) {
      // Equal keys may come first: of a chunk of another task's between.
      if (others === undefined || compareWords(words, row, others, 0) <= 0) rows[count++] = row;
    }
    return rows.slice(0, count);
  }
}
