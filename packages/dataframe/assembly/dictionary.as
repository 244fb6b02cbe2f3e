/**
 * The dictionary under construction: distinct strings in order of first appearance, back to back, with u32 offsets,
 * and over it a hash table with open addressing and linear probing.
 *
 * The problem: the table of a large vocabulary does not fit the caches, and a miss costs more than all the arithmetic
 * of a word. The idea: one miss a string, and as small a table as can be. An entry is 24 bytes:
 *    0  key, 16 bytes: the bytes of a string of at most 15, zero-padded, and its length in the last ("a" is not "a\0");
 *       of a longer string its hash, its first 7 bytes, and 255
 *   16  code + 1; 0 marks a free entry
 *   20  stamp: the last block that had the string
 * So a hit on a short string compares two words and never touches the dictionary's bytes.
 * Tried on the text of bench/text-kernel.bench.ts, medians in ns a word: this layout 15; 32-byte entries with keys of 16
 * characters 16 (compared as two words) or 17 (as one vector), 21 at half the load; 8-byte slots of tag and code with
 * the keys apart 19; hashing 64 bytes of words first and probing for them second 18 to 20.
 */
import { Area, areaBase, areaBytes, reserve, takeArea } from "./areas";
import { hashLong, hashShort } from "./hash";

const KEY_BYTES: u32 = 16;
const INLINE_BYTES: u32 = 15;
const LONG_MARK: u64 = 0xff;
const ENTRY_BYTES: u32 = 24;
/** When the table grows, the first of so many parts of the strings move first. */
const EARLY_PARTS: u32 = 8;

/** 16 bytes of ones, 16 of zeros: loads at `16 - length` are the masks of a string of `length` bytes. */
const MASKS = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);

/** The areas of the dictionary in use: its bytes, offsets and table, one after another. */
let bytesArea: u32 = Area.Bytes;
let tableBase: u32 = 0;
let tableEnd: u32 = 0;
let tableBits: u32 = 0;
let countMax: u32 = 0;
let count: u32 = 0;
let bytesUsed: u32 = 0;
let block: u32 = 0;
let blockDistinctCount: u32 = 0;

export function dictionarySize(): u32 { return count; }
export function dictionaryBytesUsed(): u32 { return bytesUsed; }
export function blockDistinct(): u32 { return blockDistinctCount; }

export function beginBlock(): void {
  block++;
  blockDistinctCount = 0;
}

/** Bytes of a dictionary's state while another one is in use. */
export const DICTIONARY_STATE_BYTES: u32 = 36;

export function saveDictionary(state: u32): void {
  store<u32>(state, bytesArea);
  store<u32>(state, tableBase, 4);
  store<u32>(state, tableEnd, 8);
  store<u32>(state, tableBits, 12);
  store<u32>(state, countMax, 16);
  store<u32>(state, count, 20);
  store<u32>(state, bytesUsed, 24);
  store<u32>(state, block, 28);
  store<u32>(state, blockDistinctCount, 32);
}

/** Tables only move when they grow, so what was saved stays true. */
export function loadDictionary(state: u32): void {
  bytesArea = load<u32>(state);
  tableBase = load<u32>(state, 4);
  tableEnd = load<u32>(state, 8);
  tableBits = load<u32>(state, 12);
  countMax = load<u32>(state, 16);
  count = load<u32>(state, 20);
  bytesUsed = load<u32>(state, 24);
  block = load<u32>(state, 28);
  blockDistinctCount = load<u32>(state, 32);
}

export function dictionaryBytesBase(): u32 { return areaBase(bytesArea); }
export function dictionaryOffsetsBase(): u32 { return areaBase(bytesArea + 1); }
/** Memory of the dictionary in use. */
export function dictionaryBytesHeld(): f64 {
  return <f64>areaBytes(bytesArea) + <f64>areaBytes(bytesArea + 1) + <f64>areaBytes(bytesArea + 2);
}

/** An empty dictionary with a table of 2 ** bits entries, in three areas, `area` and the two behind it, that have no place. */
export function resetDictionary(area: u32, bits: u32): void {
  bytesArea = area;
  count = 0;
  bytesUsed = 0;
  block = 0;
  blockDistinctCount = 0;
  reserve(area + 2, tableBytes(bits), 0);
  useTable(bits);
  reserve(area + 1, 4, 0);
  store<u32>(areaBase(area + 1), 0);
}

function tableBytes(bits: u32): u64 {
  return <u64>ENTRY_BYTES << bits;
}

/** Takes the table area as an empty table of 2 ** bits entries. */
function useTable(bits: u32): void {
  const entries: u32 = 1 << bits;
  tableBits = bits;
  tableBase = areaBase(bytesArea + 2);
  tableEnd = tableBase + <u32>tableBytes(bits);
  // 13 of 16: half the table costs more in misses than it saves in probes.
  countMax = (entries >> 4) * 13;
  memory.fill(tableBase, 0, <u32>tableBytes(bits));
}

// @ts-ignore: decorator
@inline
function firstEntry(hash: u64): u32 {
  return tableBase + <u32>(hash >> (64 - tableBits)) * ENTRY_BYTES;
}

// @ts-ignore: decorator
@inline
function nextEntry(entry: u32): u32 {
  const next = entry + ENTRY_BYTES;
  return next == tableEnd ? tableBase : next;
}

// @ts-ignore: decorator
@inline
function freeEntry(hash: u64): u32 {
  let entry = firstEntry(hash);
  while (load<u32>(entry, 16) != 0) entry = nextEntry(entry);
  return entry;
}

/**
 * Entries hold all that their hash is made of, so the strings themselves are not read again. The early strings move first:
 * in text they are the frequent ones, and so they get the entries that their hashes name.
 */
function growTable(): void {
  const from = tableBase;
  const to = tableEnd;
  const bits = tableBits + 1;
  reserve(Area.NextTable, tableBytes(bits), 0);
  takeArea(bytesArea + 2, Area.NextTable);
  useTable(bits);
  const early = count / EARLY_PARTS + 1;
  for (let entry = from; entry != to; entry += ENTRY_BYTES) {
    if (load<u32>(entry, 16) - 1 < early) moveEntry(entry);
  }
  for (let entry = from; entry != to; entry += ENTRY_BYTES) {
    const stored = load<u32>(entry, 16);
    if (stored > early) moveEntry(entry);
  }
}

// @ts-ignore: decorator
@inline
function moveEntry(entry: u32): void {
  const low = load<u64>(entry);
  const high = load<u64>(entry, 8);
  const into = freeEntry(high >> 56 == LONG_MARK ? low : hashShort(low, high));
  store<u64>(into, low);
  store<u64>(into, high, 8);
  store<u64>(into, load<u64>(entry, 16), 16);
}

/** Whether string `code` is the long string [start, start + length). Its last 16 bytes are read again instead of a byte loop. */
function equalLong(code: u32, start: u32, length: u32): bool {
  const offsets = areaBase(bytesArea + 1) + (code << 2);
  const offset = load<u32>(offsets);
  if (load<u32>(offsets, 4) - offset != length) return false;
  const bytes = areaBase(bytesArea) + offset;
  const last = length - 16;
  for (let at: u32 = 0; at < last; at += 16) {
    if (v128.any_true(v128.xor(v128.load(bytes + at), v128.load(start + at)))) return false;
  }
  return !v128.any_true(v128.xor(v128.load(bytes + last), v128.load(start + last)));
}

/** All room is made before anything is written: when memory ends, the dictionary is as it was. */
function insert(low: u64, high: u64, hash: u64, start: u32, length: u32): u32 {
  const code = count;
  reserve(bytesArea, <u64>bytesUsed + <u64>length + KEY_BYTES, bytesUsed);
  reserve(bytesArea + 1, (<u64>code + 2) << 2, (code + 1) << 2);
  if (code >= countMax) growTable();
  const entry = freeEntry(hash);
  store<u64>(entry, low);
  store<u64>(entry, high, 8);
  store<u32>(entry, code + 1, 16);
  store<u32>(entry, block, 20);
  const to = areaBase(bytesArea) + bytesUsed;
  if (length <= INLINE_BYTES) {
    // The key holds all bytes, and two stores cost less than a call; what they write too much the next string covers.
    store<u64>(to, low);
    store<u64>(to, high, 8);
  } else {
    memory.copy(to, start, length);
  }
  bytesUsed += length;
  count = code + 1;
  store<u32>(areaBase(bytesArea + 1) + (count << 2), bytesUsed);
  blockDistinctCount++;
  return code;
}

/** The code of the string [start, start + length), which enters the dictionary if it is new. Reads 16 bytes at `start`. */
// @ts-ignore: decorator
@inline
export function codeOf(start: u32, length: u32): u32 {
  let low: u64;
  let high: u64;
  let hash: u64;
  if (length <= INLINE_BYTES) {
    const masks = MASKS + (16 - length);
    low = load<u64>(start) & load<u64>(masks);
    high = (load<u64>(start, 8) & load<u64>(masks, 8)) | (<u64>length << 56);
    hash = hashShort(low, high);
  } else {
    hash = low = hashLong(start, length);
    high = load<u64>(start) | (LONG_MARK << 56);
  }
  let entry = firstEntry(hash);
  while (true) {
    const stored = load<u32>(entry, 16);
    if (
      ((load<u64>(entry) ^ low) | (load<u64>(entry, 8) ^ high)) == 0 &&
      stored != 0 &&
      (length <= INLINE_BYTES || equalLong(stored - 1, start, length))
    ) {
      if (load<u32>(entry, 20) != block) {
        store<u32>(entry, block, 20);
        blockDistinctCount++;
      }
      return stored - 1;
    }
    if (stored == 0) return insert(low, high, hash, start, length);
    entry = nextEntry(entry);
  }
}
