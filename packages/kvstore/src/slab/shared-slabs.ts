/**
 * The slabs that many ranges share, and the search for the first of them with room. First fit packs what lives into
 * the slabs in front, so that those behind run empty. Looking at each of some hundred full slabs would cost 1 us a
 * range (measured with 400), so for every row of size classes the search starts at the first slab that may have a
 * block of that row or above.
 */
import { CLASS_COLUMN_BITS, CLASS_ROWS, classOf } from "./size-class.js";
import type { Slab } from "./slab.js";

export class SharedSlabs {
  /** Where the last `take` that found something begins, in granules. */
  takenStart = -1;
  readonly #slabs: Slab[] = [];
  /** Per row: no slab before this position has a free block of the row or above. */
  readonly #openFrom = new Int32Array(CLASS_ROWS);

  add(slab: Slab): void {
    slab.position = this.#slabs.length;
    this.#slabs.push(slab);
    this.freed(slab);
  }

  /** O(slabs): slabs come and go rarely. */
  remove(slab: Slab): void {
    this.#slabs.splice(slab.position, 1);
    for (let position = slab.position; position < this.#slabs.length; position++)
      this.#slabs[position]!.position = position;
    this.#openFrom.fill(0);
  }

  /** Takes `granules` from the first slab that has them. @returns that slab; `takenStart` says where in it */
  take(granules: number): Slab | undefined {
    const sizeClass = classOf(granules);
    const row = sizeClass >> CLASS_COLUMN_BITS;
    let isPrefixFull = true;
    for (let position = this.#openFrom[row]!; position < this.#slabs.length; position++) {
      const slab = this.#slabs[position]!;
      const { largestClass } = slab.space;
      if (isPrefixFull) {
        this.#openFrom[row] = position;
        isPrefixFull = largestClass >> CLASS_COLUMN_BITS < row;
      }
      if (largestClass < sizeClass) continue;
      this.takenStart = slab.space.take(granules);
      if (this.takenStart >= 0) return slab;
    }
    if (isPrefixFull) this.#openFrom[row] = this.#slabs.length;
    return undefined;
  }

  /** Something in `slab` became free. */
  freed(slab: Slab): void {
    const openFrom = this.#openFrom;
    for (let row = slab.space.largestClass >> CLASS_COLUMN_BITS; row >= 0; row--) {
      if (openFrom[row]! > slab.position) openFrom[row] = slab.position;
    }
  }
}
