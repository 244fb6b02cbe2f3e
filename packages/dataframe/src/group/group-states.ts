/**
 * The groups of the rows that one task has seen, and their states. Three ways to find the group of a row: no keys, an array with a place for
 * every combination of keys, or a hash table. The groups come out in the order in which they appeared.
 */
import { CarryMeter, carryStates } from "../aggregates/carry-states.js";
import { emptyStates, grownStates, type StateLayout, stateLayout } from "../aggregates/state-layout.js";
import { type GroupNumbers, UpdateLoops } from "../aggregates/update-loop.js";
import { type GroupBatch, rowNumber } from "./group-batch.js";
import { type GroupSpec, isDirect } from "./group-spec.js";
import { GroupTable } from "./group-table.js";
import { GrowingFloats } from "./growing.js";
import { type KeyLayout, keyLayout } from "./key-layout.js";
import { packIndices, packWords } from "./pack-keys.js";

/** Groups with their states, in order of first appearance. */
export interface GroupsFound {
  readonly groupCount: number;
  /** An array for each word of the keys. */
  readonly words: readonly Uint32Array[];
  readonly firstRows: Float64Array;
  readonly states: Float64Array;
}

export interface GroupStates {
  add(batch: GroupBatch): void;
  /** Nothing is added afterwards. */
  finish(): GroupsFound;
}

export const groupStates = (spec: GroupSpec): GroupStates => {
  const keys = keyLayout(spec.keys);
  const layout = stateLayout(spec.accumulators);
  if (spec.keys.length === 0) return new OneGroup(layout);
  return isDirect(keys.combinations) ? new DirectGroups(keys, layout) : new HashedGroups(keys, layout);
};

class OneGroup implements GroupStates {
  readonly #loops: UpdateLoops;
  readonly #states: Float64Array;
  readonly #meter = new CarryMeter();

  constructor(private readonly layout: StateLayout) {
    this.#loops = new UpdateLoops(layout);
    this.#states = emptyStates(layout, 1);
  }

  add(batch: GroupBatch): void {
    if (this.#meter.isDue(batch.rowCount)) carryStates(this.layout, this.#states, 1);
    this.#loops.add({ ...batch, groups: undefined }, this.#states);
  }

  finish(): GroupsFound {
    carryStates(this.layout, this.#states, 1);
    return {
      groupCount: 1,
      words: [new Uint32Array(1)],
      firstRows: new Float64Array(1),
      states: this.#states,
    };
  }
}

/** Kinds of arrays whose numbers may be indices. */
const INDEX_ARRAYS: ReadonlySet<string> = new Set([
  "Uint8Array",
  "Uint16Array",
  "Uint32Array",
  "Int8Array",
  "Int16Array",
  "Int32Array",
]);

class DirectGroups implements GroupStates {
  readonly #loops: UpdateLoops;
  readonly #states: Float64Array;
  readonly #meter = new CarryMeter();
  readonly #isKnown: Uint8Array;
  readonly #order: Uint32Array;
  readonly #firstRows = new GrowingFloats();
  #indices = new Uint32Array(0);

  constructor(
    private readonly keys: KeyLayout,
    private readonly layout: StateLayout,
  ) {
    this.#loops = new UpdateLoops(layout);
    this.#states = emptyStates(layout, keys.combinations);
    this.#isKnown = new Uint8Array(keys.combinations);
    this.#order = new Uint32Array(keys.combinations);
  }

  add(batch: GroupBatch): void {
    const { combinations } = this.keys;
    if (this.#meter.isDue(batch.rowCount)) carryStates(this.layout, this.#states, combinations);
    const { groups, groupBase } = this.#groupsOf(batch);
    this.#loops.add({ ...batch, groups, groupBase }, this.#states);
    if (this.#firstRows.length < combinations) this.#findNew(batch, groups, groupBase);
  }

  #groupsOf(batch: GroupBatch): { readonly groups: GroupNumbers; readonly groupBase: number } {
    const [first] = batch.keys;
    const { field } = this.keys.fields[0]!;
    // A column of codes or small integers without nulls is indices as it is.
    if (this.keys.fields.length === 1 && field.kind === "small" && !field.isNullable) {
      const { values, shape } = first!;
      const isPlain = !shape.hasOffset && !shape.hasTable && shape.validity === "none" && INDEX_ARRAYS.has(shape.array);
      if (isPlain) return { groups: values as GroupNumbers, groupBase: field.min };
    }
    if (this.#indices.length < batch.rowCount) this.#indices = new Uint32Array(batch.rowCount);
    packIndices(this.keys, batch.keys, batch.rowCount, this.#indices);
    return { groups: this.#indices, groupBase: 0 };
  }

  /** Notes the groups that appear in a batch for the first time. Most batches have none: where there are fewer places than rows, they are looked at first. */
  #findNew(batch: GroupBatch, groups: ArrayLike<number>, groupBase: number): void {
    const { combinations } = this.keys;
    let missing = batch.rowCount;
    if (combinations < batch.rowCount) {
      missing = countNew(this.#states, this.layout.stride, this.#isKnown);
      if (missing === 0) return;
    }
    this.#note(batch, groups, groupBase, missing);
  }

  #note(batch: GroupBatch, groups: ArrayLike<number>, groupBase: number, missing: number): void {
    const isKnown = this.#isKnown;
    const order = this.#order;
    let left = missing;
    for (let row = 0; row < batch.rowCount && left > 0; row++) {
      const group = groups[row]! - groupBase;
      if (isKnown[group] !== 0) continue;
      isKnown[group] = 1;
      order[this.#firstRows.length] = group;
      this.#firstRows.push(rowNumber(batch, row));
      left--;
    }
  }

  finish(): GroupsFound {
    const groupCount = this.#firstRows.length;
    const { stride } = this.layout;
    const states = new Float64Array(groupCount * stride);
    const order = this.#order.subarray(0, groupCount);
    copyStates(this.#states, order, states, stride);
    carryStates(this.layout, states, groupCount);
    return { groupCount, words: [order], firstRows: this.#firstRows.used, states };
  }
}

/** The first slot of every state counts rows. */
const countNew = (states: Float64Array, stride: number, isKnown: Uint8Array): number => {
  let count = 0;
  for (let group = 0, at = 0; group < isKnown.length; group++, at += stride) {
    if (states[at]! > 0) count += 1 - isKnown[group]!;
  }
  return count;
};

const copyStates = (from: Float64Array, groups: Uint32Array, into: Float64Array, stride: number): void => {
  for (let index = 0, to = 0; index < groups.length; index++) {
    for (let at = groups[index]! * stride, end = at + stride; at < end; at++) into[to++] = from[at]!;
  }
};

class HashedGroups implements GroupStates {
  readonly #loops: UpdateLoops;
  readonly #meter = new CarryMeter();
  readonly #table: GroupTable;
  readonly #firstRows = new GrowingFloats();
  #states: Float64Array;
  #words: Uint32Array[];
  #groups = new Uint32Array(0);

  constructor(
    private readonly keys: KeyLayout,
    private readonly layout: StateLayout,
  ) {
    this.#loops = new UpdateLoops(layout);
    this.#table = new GroupTable(keys.wordCount);
    this.#states = emptyStates(layout, 64);
    this.#words = Array.from({ length: keys.wordCount }, () => new Uint32Array(0));
  }

  add(batch: GroupBatch): void {
    const { rowCount } = batch;
    if (this.#meter.isDue(rowCount)) carryStates(this.layout, this.#states, this.#table.size);
    if (this.#groups.length < rowCount) {
      this.#groups = new Uint32Array(rowCount);
      this.#words = this.#words.map(() => new Uint32Array(rowCount));
    }
    packWords(this.keys, batch.keys, rowCount, this.#words);
    const known = this.#table.size;
    this.#table.findOrAdd(this.#words, rowCount, this.#groups);
    this.#note(batch, known);
    this.#states = grownStates(this.layout, this.#states, this.#table.size);
    this.#loops.add({ ...batch, groups: this.#groups }, this.#states);
  }

  /** New groups have the next numbers, so the first row of each is where its number is seen first. */
  #note(batch: GroupBatch, known: number): void {
    const { size } = this.#table;
    for (let row = 0, next = known; next < size; row++) {
      if (this.#groups[row] !== next) continue;
      this.#firstRows.push(rowNumber(batch, row));
      next++;
    }
  }

  finish(): GroupsFound {
    const { size, keys, wordCount } = this.#table;
    const states = this.#states.subarray(0, size * this.layout.stride);
    carryStates(this.layout, states, size);
    return { groupCount: size, words: wordsOfKeys(keys, size, wordCount), firstRows: this.#firstRows.used, states };
  }
}

/** Keys that lie word by word, as an array for each word. */
export const wordsOfKeys = (keys: Uint32Array, count: number, wordCount: number): Uint32Array[] =>
  Array.from({ length: wordCount }, (_, word) => {
    const words = new Uint32Array(count);
    for (let group = 0, at = word; group < count; group++, at += wordCount) words[group] = keys[at]!;
    return words;
  });
