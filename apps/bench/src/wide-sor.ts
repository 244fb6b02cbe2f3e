/** SoR of all types from a seed: mostly wide numbers, so that its columns have nearly half the bytes of the file. */

const NAMES = 1_000;
/** Bytes of a line at most. */
const LINE_BYTES_MAX = 160;
const encoder = new TextEncoder();

export class WideSor {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** Fills `into` with whole lines. @returns bytes written; fewer than a line may have are left. */
  fill(into: Uint8Array): number {
    let at = 0;
    while (into.length - at >= LINE_BYTES_MAX) at += encoder.encodeInto(this.#line(), into.subarray(at)).written;
    return at;
  }

  #line(): string {
    const wide = () => String(this.#next() * 1_000_003 + this.#next());
    const float = () => `${this.#next() % 10_000_000}.${String(this.#next()).padStart(10, "0")}`;
    const missing = this.#next() % 50 === 0;
    return `<${this.#next() & 1}> <${wide()}> <${missing ? "" : wide()}> <${float()}> <${float()}> <"name ${this.#next() % NAMES}">\n`;
  }

  /** @see Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003. */
  #next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state;
  }
}
