/**
 * Finishes a partition: the states and rows of all tasks become one table of groups, in order of first appearance. Whoever gathered
 * what, and in which order it arrives, makes no difference.
 */

import { CarryMeter, carryStates } from "../aggregates/carry-states.js";
import type { Access } from "../aggregates/column-access.js";
import { emptyStates, grownStates, type StateLayout, stateLayout } from "../aggregates/state-layout.js";
import { mergeLoop, UpdateLoops } from "../aggregates/update-loop.js";
import { sortByNumber } from "../kernels/sort-by-number.js";
import { runsInOrder } from "../sort/merge-runs.js";
import type { GroupBlock, RowsBlock } from "./group-block.js";
import type { GroupSpec } from "./group-spec.js";
import { type GroupsFound, wordsOfKeys } from "./group-states.js";
import { GroupTable } from "./group-table.js";
import { GrowingFloats } from "./growing.js";
import { keyLayout } from "./key-layout.js";
import { keyWordCount } from "./pack-keys.js";

/** Rows of a block that are taken at a time. */
const ROWS_AT_ONCE = 65_536;

/** Sees the groups of rows as they are found: for aggregates that gather values. */
export interface RowWitness {
  see(block: RowsBlock, start: number, count: number, groups: Uint32Array): void;
}

export class GroupMerge {
  readonly #layout: StateLayout;
  readonly #table: GroupTable;
  readonly #meter = new CarryMeter();
  readonly #loops: UpdateLoops;
  readonly #merge: ReturnType<typeof mergeLoop>;
  readonly #firstRows = new GrowingFloats();
  #states: Float64Array;
  #groups = new Uint32Array(ROWS_AT_ONCE);
  #isInOrder = true;
  #hasStates = false;

  constructor(
    private readonly spec: GroupSpec,
    groupsExpected: number,
    private readonly witness: RowWitness | undefined,
  ) {
    this.#layout = stateLayout(spec.accumulators);
    this.#loops = new UpdateLoops(this.#layout);
    this.#merge = mergeLoop(this.#layout);
    this.#table = new GroupTable(keyWordCount(keyLayout(spec.keys)), groupsExpected);
    this.#states = emptyStates(this.#layout, Math.max(64, groupsExpected));
  }

  /** @param blocks - of the same partition, one or more of each task; rows ascend within a block. */
  addAll(blocks: readonly GroupBlock[]): void {
    // Without keys there is one group, of no rows too.
    if (this.spec.keys.length === 0) {
      const states = emptyStates(this.#layout, 1);
      const firstRows = Float64Array.of(Number.POSITIVE_INFINITY);
      this.#addStates({ groupCount: 1, words: [new Uint32Array(1)], firstRows, states });
    }
    for (const block of blocks) if (block.kind === "states") this.#addStates(block);
    this.#addRows(blocks.filter((block) => block.kind === "rows"));
  }

  #addStates(found: GroupsFound): void {
    this.#hasStates = true;
    const { groupCount, words, firstRows, states } = found;
    if (this.#groups.length < groupCount) this.#groups = new Uint32Array(groupCount);
    this.#table.findOrAdd(words, groupCount, this.#groups);
    this.#states = grownStates(this.#layout, this.#states, this.#table.size);
    this.#noteFirst(groupCount, firstRows, 0);
    // What was carried leaves room for as many blocks as there can be tasks.
    this.#merge(groupCount, this.#groups, this.#states, states);
  }

  /** Rows of several tasks, which had every other chunk: taken in the order of the frame. */
  #addRows(blocks: readonly RowsBlock[]): void {
    for (const { block, start, end } of runsInOrder(blocks)) {
      for (let from = start; from < end; from += ROWS_AT_ONCE) {
        this.#addRun(blocks[block]!, from, Math.min(end - from, ROWS_AT_ONCE));
      }
    }
  }

  #addRun(block: RowsBlock, start: number, count: number): void {
    if (this.#meter.isDue(count)) carryStates(this.#layout, this.#states, this.#table.size);
    const known = this.#table.size;
    this.#table.findOrAdd(block.words, count, this.#groups, start);
    this.#states = grownStates(this.#layout, this.#states, this.#table.size);
    if (this.#hasStates) this.#noteFirst(count, block.rows, start);
    else this.#noteNew(known, block.rows, start);
    const inputs = block.inputs.map((input) => rowAccess(input, start, count));
    this.#loops.add(
      { rowCount: count, groups: this.#groups, inputs, firstRow: 0, rows: block.rows.subarray(start, start + count) },
      this.#states,
    );
    this.witness?.see(block, start, count, this.#groups);
  }

  /** Rows alone come in order: only the first row of a new group is news. */
  #noteNew(known: number, rows: Float64Array, start: number): void {
    const groups = this.#groups;
    const { size } = this.#table;
    for (let index = 0, next = known; next < size; index++) {
      if (groups[index] !== next) continue;
      this.#firstRows.push(rows[start + index]!);
      next++;
    }
  }

  #noteFirst(count: number, rows: Float64Array, start: number): void {
    const groups = this.#groups;
    const { size } = this.#table;
    const first = this.#firstRows;
    for (let index = 0; index < count; index++) {
      const group = groups[index]!;
      const row = rows[start + index]!;
      if (group === first.length) {
        if (group > 0 && row < first.values[group - 1]!) this.#isInOrder = false;
        first.push(row);
      } else if (row < first.values[group]!) {
        first.values[group] = row;
        this.#isInOrder = false;
      }
    }
    if (first.length !== size) throw new Error(`invariant: ${size} groups and ${first.length} first rows`);
  }

  /** The groups in order of first appearance; `order` is the number that each had before. */
  finish(): { readonly found: GroupsFound; readonly order: Uint32Array } {
    const { size, keys, wordCount } = this.#table;
    carryStates(this.#layout, this.#states, size);
    const words = wordsOfKeys(keys, size, wordCount);
    const firstRows = this.#firstRows.used;
    const order = new Uint32Array(size);
    for (let group = 0; group < size; group++) order[group] = group;
    const found = { groupCount: size, words, firstRows, states: this.#states };
    if (this.#isInOrder) return { found, order };
    sortByNumber(firstRows, order);
    return { found, order };
  }
}

/** Rows of a block as the loops of accumulators read them. */
const rowAccess = ({ values, isWide, isValid }: RowsBlock["inputs"][number], start: number, count: number): Access => {
  const width = isWide ? 2 : 1;
  const array = isWide ? "words" : values.constructor.name;
  return {
    values: values.subarray(start * width, (start + count) * width),
    validity: isValid?.subarray(start, start + count),
    base: 0,
    baseLow: 0,
    table: undefined,
    shape: { array, hasOffset: false, validity: isValid === undefined ? "none" : "bytes", hasTable: false },
  };
};
