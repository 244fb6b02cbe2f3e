import { bitmapByteLength, setBit } from "@eau2/serialization";

const CAPACITY_BYTES = 64;

/** A validity bitmap that grows row by row; columns without nulls never allocate one. */
export class ValidityBuilder {
  #bitmap: Uint8Array | undefined;
  #rowCount = 0;

  get rowCount(): number {
    return this.#rowCount;
  }

  appendValid(): void {
    if (this.#bitmap !== undefined) setBit(this.#roomIn(this.#bitmap), this.#rowCount);
    this.#rowCount++;
  }

  appendNull(): void {
    this.#roomIn(this.#bitmap ?? this.#allValid());
    this.#rowCount++;
  }

  /** Bits of all rows, spare ones 0; undefined when no row is null. */
  finish(): Uint8Array | undefined {
    return this.#bitmap?.subarray(0, bitmapByteLength(this.#rowCount));
  }

  #allValid(): Uint8Array {
    const bitmap = new Uint8Array(Math.max(CAPACITY_BYTES, bitmapByteLength(this.#rowCount) * 2));
    for (let row = 0; row < this.#rowCount; row++) setBit(bitmap, row);
    return bitmap;
  }

  /** The bitmap with room for one more bit. */
  #roomIn(bitmap: Uint8Array): Uint8Array {
    if (this.#rowCount < bitmap.length * 8) {
      this.#bitmap = bitmap;
      return bitmap;
    }
    const larger = new Uint8Array(bitmap.length * 2);
    larger.set(bitmap);
    this.#bitmap = larger;
    return larger;
  }
}
