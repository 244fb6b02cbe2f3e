/**
 * Arrays that are needed until a chunk is written, from memory that the worker thread uses for every chunk again. Made anew
 * for each chunk they would be garbage, of which a thread may hold 64 MB before it is collected.
 */
export class ScratchMemory {
  #buffer = new ArrayBuffer(0);
  #used = 0;

  /** Every array that was handed out is over. */
  clear(): void {
    this.#used = 0;
  }

  /** Its content is undefined. */
  uint32Array(length: number): Uint32Array {
    const start = this.#take(length * Uint32Array.BYTES_PER_ELEMENT);
    return new Uint32Array(this.#buffer, start, length);
  }

  /** Its content is undefined. */
  uint8Array(length: number): Uint8Array {
    const start = this.#take(length);
    return new Uint8Array(this.#buffer, start, length);
  }

  /** Memory that it holds. */
  get bytes(): number {
    return this.#buffer.byteLength;
  }

  /** Arrays handed out before keep the buffer they lie in. */
  #take(bytes: number): number {
    if (this.#used + bytes > this.#buffer.byteLength) {
      this.#buffer = new ArrayBuffer(Math.max(bytes, this.#buffer.byteLength * 2));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += Math.ceil(bytes / 8) * 8;
    return start;
  }
}
