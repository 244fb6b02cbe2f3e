/**
 * Growing areas in one linear memory: input, codes, and the dictionary's bytes, offsets and table.
 *
 * The problem: each may become the large one, linear memory only grows at its end, and `--runtime stub` never frees.
 * The idea: with so few areas no free list is needed. An area that must grow stays where it is if nothing lies behind
 * it; otherwise it moves to the lowest gap that takes it, and the place it left is a gap for the next one. Where there are
 * many (three for each column of strings), looking for gaps costs more than it saves: they move behind all others.
 * Invariants: areas are whole steps and never overlap, and only the one that grows moves; the last page of the 4 GiB is
 * left out, so that the end of every area, slack included, is a u32.
 */
/** Those of the text kernel. */
export const enum Area {
  Input = 0,
  Codes = 1,
  Bytes = 2,
  Offsets = 3,
  Table = 4,
  /** The next table while entries move over to it. */
  NextTable = 5,
}
const AREA_COUNT: u32 = 6;
const PAGE_BYTES: u64 = 65536;
/** With more areas than this, gaps are not looked for. */
const GAP_AREAS_MAX: u32 = 64;

/** Base and capacity of each area, u32 each. Capacity 0: the area has no place. */
const AREAS = memory.data(48, 16);
let areas: u32 = <u32>AREAS;
let areaCount: u32 = AREA_COUNT;
/** Statics live in the first page. */
let firstPlace: u64 = PAGE_BYTES;
/** Sizes of areas are multiples of it; a power of two. */
let stepBytes: u64 = PAGE_BYTES;
let pageCountMax: u32 = 65535;

/** Replaces the six areas by `count` ones, at most 20,000, without a place, in steps of `step` bytes. */
export function useAreas(count: u32, step: u32): void {
  areas = <u32>PAGE_BYTES;
  areaCount = count;
  stepBytes = <u64>step;
  firstPlace = (PAGE_BYTES + <u64>count * 8 + stepBytes - 1) & ~(stepBytes - 1);
  releaseAreas();
}

/** Throws into the caller on the other side; never returns. */
// @ts-ignore: decorator
@external("env", "memoryExceeded")
declare function memoryExceeded(bytes: f64): void;

// @ts-ignore: decorator
@inline
export function areaBase(area: u32): u32 {
  return load<u32>(areas + (area << 3));
}

// @ts-ignore: decorator
@inline
export function areaBytes(area: u32): u32 {
  return load<u32>(areas + (area << 3), 4);
}

function setArea(area: u32, base: u32, bytes: u32): void {
  store<u32>(areas + (area << 3), base);
  store<u32>(areas + (area << 3), bytes, 4);
}

export function setPageCountMax(pages: u32): void {
  pageCountMax = min<u32>(pages, 65535);
}

/** Takes the place of every area away; the memory stays with the instance. */
export function releaseAreas(): void {
  memory.fill(areas, 0, areaCount << 3);
}

/** `area` takes over the place of `from`. */
export function takeArea(area: u32, from: u32): void {
  setArea(area, areaBase(from), areaBytes(from));
  setArea(from, 0, 0);
}

/** The end of the first other area that [start, start + bytes) runs into, or 0. */
function obstacle(area: u32, start: u64, bytes: u64): u64 {
  for (let other: u32 = 0; other < areaCount; other++) {
    const otherBytes = <u64>areaBytes(other);
    if (other == area || otherBytes == 0) continue;
    const otherBase = <u64>areaBase(other);
    if (start < otherBase + otherBytes && otherBase < start + bytes) return otherBase + otherBytes;
  }
  return 0;
}

/** Where all areas end. */
function top(): u64 {
  let end = firstPlace;
  for (let area: u32 = 0; area < areaCount; area++) end = max<u64>(end, <u64>areaBase(area) + <u64>areaBytes(area));
  return end;
}

/** Gives `area` a place of `bytes` (whole steps), keeping its first `used` bytes. False if memory does not suffice. */
function place(area: u32, bytes: u64, used: u32): bool {
  let start = <u64>areaBase(area);
  if (start == 0 || obstacle(area, start, bytes) != 0) {
    if (areaCount > GAP_AREAS_MAX) {
      start = top();
    } else {
      start = firstPlace;
      // Ends of obstacles only rise, so this visits each area once at most.
      for (let end = obstacle(area, start, bytes); end != 0; end = obstacle(area, start, bytes)) start = end;
    }
  }
  const pages = (start + bytes + PAGE_BYTES - 1) / PAGE_BYTES;
  const present = <u64>memory.size();
  if (pages > present) {
    if (pages > <u64>pageCountMax) return false;
    // Ahead by a quarter: growing by single pages is slow in engines that have to move the memory.
    const ahead = min<u64>(pages + (pages >> 2), <u64>pageCountMax);
    if (memory.grow(<i32>(ahead - present)) < 0 && memory.grow(<i32>(pages - present)) < 0) return false;
  }
  const from = areaBase(area);
  if (used != 0 && <u32>start != from) memory.copy(<u32>start, from, used);
  setArea(area, <u32>start, <u32>bytes);
  return true;
}

/**
 * Makes sure that `area` holds `needed` bytes, keeping its first `used` ones; the area may move.
 * It grows to double its size, so that appending costs constant time a byte, or to what is needed if doubling does not fit.
 */
// @ts-ignore: decorator
@inline
export function reserve(area: u32, needed: u64, used: u32): void {
  if (needed > <u64>areaBytes(area)) enlarge(area, needed, used);
}

function enlarge(area: u32, needed: u64, used: u32): void {
  const bytes = <u64>areaBytes(area);
  const exact = (needed + stepBytes - 1) & ~(stepBytes - 1);
  if (exact < bytes << 1 && place(area, bytes << 1, used)) return;
  if (place(area, exact, used)) return;
  memoryExceeded(<f64>exact);
  unreachable();
}
