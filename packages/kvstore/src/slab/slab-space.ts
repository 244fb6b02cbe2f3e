/**
 * The free and the taken granules of one slab: two-level segregated fit. A bitmap of rows and a bitmap of columns per
 * row find the smallest class with a block in two instructions each; a freed block merges with free neighbours at
 * once. Taking, retiring and releasing are O(1).
 *
 * Tags stand beside the slab, not in it: workers can write to the slab, and a stray write must not break its owner.
 * Invariants: the tag of a granule is zero unless a block begins or a free block ends there. A taken block has +size at
 * its first granule; a retired one (freed, still visible to a task) has RETIRED + size there; a free one has -size at
 * its first and its last granule. So a double free is seen, and the neighbour before a block is free exactly if the
 * tag before the block is negative. No two free blocks touch.
 *
 * The arrays take 12 bytes a granule of address space; what is never written is never resident.
 * @see Masmano, Ripoll, Crespo, Real, "TLSF: a new dynamic memory allocator for real-time systems", ECRTS 2004.
 */
import { CLASS_COLUMN_BITS, CLASS_COLUMNS, CLASS_ROWS, classOf, classThatHolds } from "./size-class.js";

const NONE = -1;
const RETIRED = 1 << 30;
/** Blocks of the request's own class that are looked at before the next class is taken, where every block fits. */
const OWN_CLASS_PROBES_MAX = 8;

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);

export class SlabSpace {
  readonly granuleCount: number;
  /** Granules that are neither taken nor retired. */
  freeGranules: number;
  /** The highest class that has a free block, -1 if there is none: a cheap "not here" for whoever searches slabs. */
  largestClass = NONE;
  readonly #tags: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #heads = new Int32Array(CLASS_ROWS * CLASS_COLUMNS).fill(NONE);
  readonly #columnBits = new Int32Array(CLASS_ROWS);
  #rowBits = 0;

  /** @param granuleCount - 1 to 2^24 */
  constructor(granuleCount: number) {
    this.granuleCount = granuleCount;
    this.freeGranules = granuleCount;
    this.#tags = new Int32Array(granuleCount);
    this.#next = new Int32Array(granuleCount);
    this.#previous = new Int32Array(granuleCount);
    this.#link(0, granuleCount);
  }

  get isEmpty(): boolean {
    return this.freeGranules === this.granuleCount;
  }

  /** Takes `granules` (at least 1) in a row. @returns the first of them, or -1 when no free block is large enough. */
  take(granules: number): number {
    const found = this.#find(granules);
    if (found === NONE) return NONE;
    const size = -this.#tags[found]!;
    const rest = size - granules;
    // Taken from the end: the rest keeps its place in its list unless its class changes.
    const start = found + rest;
    if (rest === 0) {
      this.#unlink(found, size);
      this.#tags[found + size - 1] = 0;
    } else if (classOf(rest) === classOf(size)) {
      this.#tags[found + size - 1] = 0;
      this.#tags[found] = -rest;
      this.#tags[start - 1] = -rest;
    } else {
      this.#unlink(found, size);
      this.#tags[found + size - 1] = 0;
      this.#link(found, rest);
    }
    this.#tags[start] = granules;
    this.freeGranules -= granules;
    return start;
  }

  /** Granules of the live block that begins at `start`; anything else there is a broken invariant. */
  sizeOf(start: number): number {
    const tag = this.#tags[start];
    if (tag === undefined || tag <= 0 || tag >= RETIRED) {
      const what = tag !== undefined && tag >= RETIRED ? "was freed before" : "is not the start of a taken range";
      throw new Error(`invariant: granule ${start} ${what}`);
    }
    return tag;
  }

  /** Cuts a live block in two live ones; the second begins at `start + granules`. */
  split(start: number, granules: number): void {
    const size = this.sizeOf(start);
    if (granules < 1 || granules >= size)
      throw new Error(`invariant: a block of ${size} granules has no first ${granules}`);
    this.#tags[start] = granules;
    this.#tags[start + granules] = size - granules;
  }

  /** Marks a live block as freed but not yet reusable. @returns its granules */
  retire(start: number): number {
    const size = this.sizeOf(start);
    this.#tags[start] = RETIRED | size;
    return size;
  }

  /** Makes a retired block free and merges it with free neighbours. @returns its granules */
  release(start: number): number {
    const tag = this.#tags[start]!;
    if (tag < RETIRED) throw new Error(`invariant: granule ${start} is released before it was retired`);
    const granules = tag & ~RETIRED;
    this.freeGranules += granules;
    this.#tags[start] = 0;
    let first = start;
    let size = granules;
    const before = start === 0 ? 0 : this.#tags[start - 1]!;
    if (before < 0) {
      this.#tags[start - 1] = 0;
      first += before;
      size -= before;
      this.#unlink(first, -before);
    }
    const after = start + granules;
    const following = after === this.granuleCount ? 0 : this.#tags[after]!;
    if (following < 0) {
      this.#unlink(after, -following);
      this.#tags[after] = 0;
      size -= following;
    }
    this.#link(first, size);
    return granules;
  }

  /** Granules of the largest free block. Walks the highest class: for reports, not for the hot path. */
  largestFree(): number {
    let largest = 0;
    if (this.largestClass === NONE) return largest;
    for (let block = this.#heads[this.largestClass]!; block !== NONE; block = this.#next[block]!) {
      largest = Math.max(largest, -this.#tags[block]!);
    }
    return largest;
  }

  #find(granules: number): number {
    const fits = classThatHolds(granules);
    const own = classOf(granules);
    if (own !== fits) {
      // A block of the same class may be large enough: a dropped value's place suits the next one of its size.
      let block = this.#heads[own]!;
      for (let probe = 0; block !== NONE && probe < OWN_CLASS_PROBES_MAX; probe++) {
        if (-this.#tags[block]! >= granules) return block;
        block = this.#next[block]!;
      }
    }
    if (fits > this.largestClass) return NONE;
    const row = fits >> CLASS_COLUMN_BITS;
    const columns = this.#columnBits[row]! & (-1 << (fits & (CLASS_COLUMNS - 1)));
    if (columns !== 0) return this.#heads[(row << CLASS_COLUMN_BITS) + lowestBit(columns)]!;
    const nextRow = lowestBit(this.#rowBits & (-2 << row));
    return this.#heads[(nextRow << CLASS_COLUMN_BITS) + lowestBit(this.#columnBits[nextRow]!)]!;
  }

  #link(start: number, size: number): void {
    this.#tags[start] = -size;
    this.#tags[start + size - 1] = -size;
    const sizeClass = classOf(size);
    const head = this.#heads[sizeClass]!;
    this.#next[start] = head;
    this.#previous[start] = NONE;
    if (head !== NONE) this.#previous[head] = start;
    this.#heads[sizeClass] = start;
    const row = sizeClass >> CLASS_COLUMN_BITS;
    this.#columnBits[row]! |= 1 << (sizeClass & (CLASS_COLUMNS - 1));
    this.#rowBits |= 1 << row;
    if (sizeClass > this.largestClass) this.largestClass = sizeClass;
  }

  #unlink(start: number, size: number): void {
    this.#tags[start] = 0;
    const next = this.#next[start]!;
    const previous = this.#previous[start]!;
    if (next !== NONE) this.#previous[next] = previous;
    if (previous !== NONE) {
      this.#next[previous] = next;
      return;
    }
    const sizeClass = classOf(size);
    this.#heads[sizeClass] = next;
    if (next !== NONE) return;
    const row = sizeClass >> CLASS_COLUMN_BITS;
    this.#columnBits[row]! &= ~(1 << (sizeClass & (CLASS_COLUMNS - 1)));
    if (this.#columnBits[row] === 0) this.#rowBits &= ~(1 << row);
    if (sizeClass === this.largestClass) this.largestClass = this.#highestClass();
  }

  #highestClass(): number {
    if (this.#rowBits === 0) return NONE;
    const row = 31 - Math.clz32(this.#rowBits);
    return (row << CLASS_COLUMN_BITS) + 31 - Math.clz32(this.#columnBits[row]!);
  }
}
