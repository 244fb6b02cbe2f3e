/**
 * From key words to group numbers, in order of first appearance: open addressing with linear probing over typed arrays.
 * Keys lie word by word in one array; a slot holds a group's number plus 1.
 */
const INITIAL_SLOTS = 1024;
/** Slots are at most half full. */
const LOAD_MAX = 2;

type FindLoop = (
  from: number,
  count: number,
  words: readonly Uint32Array[],
  groups: Uint32Array,
  table: GroupTable,
  start: number,
) => number;

const findLoops: FindLoop[] = [];

/** Source that mixes the words `w(0)`, `w(1)`, ... into 32 bits. @see the finalizer of MurmurHash3 (Appleby) */
const emitHash = (wordCount: number, word: (index: number) => string): string => {
  const lines = ["let h = 0x9e3779b9;"];
  for (let index = 0; index < wordCount; index++) {
    lines.push(`h = Math.imul(h ^ ${word(index)}, 0x85ebca6b); h ^= h >>> 15;`);
  }
  lines.push("h = Math.imul(h, 0xc2b2ae35); h ^= h >>> 16;");
  return lines.join(" ");
};

/** Finds or adds the keys of rows [from, count); stops early when the table is full. @returns the row it stopped at */
const findLoop = (wordCount: number): FindLoop => {
  const known = findLoops[wordCount];
  if (known !== undefined) return known;
  const indices = Array.from({ length: wordCount }, (_, index) => index);
  const source = `"use strict"; return function findGroups(from, count, words, groups, table, start) {
const slots = table.slots, keys = table.keys, mask = slots.length - 1, max = table.groupsMax;
${indices.map((index) => `const k${index} = words[${index}];`).join(" ")}
let size = table.size;
let i = from;
for (; i < count; i++) {
  ${indices.map((index) => `const w${index} = k${index}[start + i];`).join(" ")}
  ${emitHash(wordCount, (index) => `w${index}`)}
  let p = h & mask;
  let g = slots[p];
  while (g !== 0) {
    const at = (g - 1) * ${wordCount};
    if (${indices.map((index) => `keys[at${index === 0 ? "" : ` + ${index}`}] === w${index}`).join(" && ")}) break;
    p = (p + 1) & mask;
    g = slots[p];
  }
  if (g === 0) {
    if (size === max) break;
    ${indices.map((index) => `keys[size * ${wordCount} + ${index}] = w${index};`).join(" ")}
    g = ++size;
    slots[p] = g;
  }
  groups[i] = g - 1;
}
table.size = size;
return i;
};`;
  const loop = new Function(source)() as FindLoop;
  findLoops[wordCount] = loop;
  return loop;
};

type PartitionLoop = (count: number, words: readonly Uint32Array[], out: Uint8Array, shift: number) => void;
const partitionLoops: PartitionLoop[] = [];

/**
 * The hash partition of each key: the upper bits of its hash, the lower ones find slots.
 * @param partitionCount - a power of two, at most 256.
 */
export const partitionKeys = (
  words: readonly Uint32Array[],
  count: number,
  partitionCount: number,
  out: Uint8Array,
): void => {
  if (partitionCount === 1) {
    out.fill(0, 0, count);
    return;
  }
  const wordCount = words.length;
  let loop = partitionLoops[wordCount];
  if (loop === undefined) {
    const indices = Array.from({ length: wordCount }, (_, index) => index);
    const source = `"use strict"; return function partitionKeys(count, words, out, shift) { ${indices.map((index) => `const k${index} = words[${index}];`).join(" ")} for (let i = 0; i < count; i++) { ${emitHash(wordCount, (index) => `k${index}[i]`)} out[i] = h >>> shift; } };`;
    loop = new Function(source)() as PartitionLoop;
    partitionLoops[wordCount] = loop;
  }
  loop(count, words, out, 32 - Math.log2(partitionCount));
};

export class GroupTable {
  slots: Int32Array;
  keys: Uint32Array;
  size = 0;
  groupsMax: number;
  readonly #find: FindLoop;

  /** @param groupsExpected - room for so many from the start. */
  constructor(
    readonly wordCount: number,
    groupsExpected = 0,
  ) {
    let slotCount = INITIAL_SLOTS;
    while (slotCount < groupsExpected * LOAD_MAX) slotCount *= 2;
    this.slots = new Int32Array(slotCount);
    this.groupsMax = slotCount / LOAD_MAX;
    this.keys = new Uint32Array(this.groupsMax * wordCount);
    this.#find = findLoop(wordCount);
  }

  /**
   * The groups of rows; those that are new get the next numbers.
   * @param words - an array for each word, read from `start` on.
   * @param groups - is filled with `count` numbers from 0 on.
   */
  findOrAdd(words: readonly Uint32Array[], count: number, groups: Uint32Array, start = 0): void {
    for (let row = 0; ; ) {
      row = this.#find(row, count, words, groups, this, start);
      if (row === count) return;
      this.#grow();
    }
  }

  #grow(): void {
    const { size, wordCount } = this;
    const slotCount = this.slots.length * 2;
    const mask = slotCount - 1;
    const slots = new Int32Array(slotCount);
    for (let group = 0; group < size; group++) {
      let slot = this.#hash(group) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = group + 1;
    }
    this.slots = slots;
    this.groupsMax = slotCount / LOAD_MAX;
    const keys = new Uint32Array(this.groupsMax * wordCount);
    keys.set(this.keys.subarray(0, size * wordCount));
    this.keys = keys;
  }

  #hash(group: number): number {
    let hash = 0x9e3779b9;
    for (let at = group * this.wordCount, end = at + this.wordCount; at < end; at++) {
      hash = Math.imul(hash ^ this.keys[at]!, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }
}
