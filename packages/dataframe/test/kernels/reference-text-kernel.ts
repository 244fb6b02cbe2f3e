import type { SplitMode, TextKernel } from "../../src/kernels/text-kernel-types.js";

const isDelimiter = (byte: number, mode: SplitMode): boolean =>
  mode === "lines" ? byte === 10 : byte === 32 || (byte >= 9 && byte <= 13);

/** The text kernel in plain TypeScript: one byte after another, one `Map`. Slow and obvious. */
export class ReferenceTextKernel implements TextKernel {
  #codeOf = new Map<string, number>();
  #strings: Uint8Array[] = [];
  #codes: number[] = [];
  #pending: number[] = [];
  #space = new Uint8Array(0);
  #block = new Set<number>();

  reset(): void {
    this.#codeOf.clear();
    this.#strings = [];
    this.#codes = [];
    this.beginBlock();
  }
  beginBlock(): void {
    this.#block.clear();
    this.#pending = [];
  }
  get blockDistinct(): number {
    return this.#block.size;
  }
  space(bytes: number): Uint8Array {
    this.#space = new Uint8Array(bytes);
    return this.#space;
  }
  get pendingBytes(): number {
    return this.#pending.length;
  }
  split(mode: SplitMode, added: number, final: boolean): number {
    for (const byte of this.#space.subarray(0, added)) {
      if (!isDelimiter(byte, mode)) {
        this.#pending.push(byte);
        continue;
      }
      if (mode === "lines" && this.#pending.at(-1) === 13) this.#pending.pop();
      if (mode === "lines" || this.#pending.length > 0) this.#take(Uint8Array.from(this.#pending));
      this.#pending = [];
    }
    if (final && this.#pending.length > 0) {
      this.#take(Uint8Array.from(this.#pending));
      this.#pending = [];
    }
    return this.#pending.length;
  }
  intern(bytes: Uint8Array, offsets: Uint32Array, count: number): void {
    this.#pending = [];
    for (let index = 0; index < count; index++) this.#take(bytes.slice(offsets[index], offsets[index + 1]));
  }
  codes(): Uint32Array {
    return Uint32Array.from(this.#codes);
  }
  clearCodes(): void {
    this.#codes = [];
  }
  get dictionarySize(): number {
    return this.#strings.length;
  }
  dictionaryBytes(): Uint8Array {
    return Uint8Array.from(this.#strings.flatMap((string) => [...string]));
  }
  dictionaryOffsets(): Uint32Array {
    const offsets = [0];
    for (const string of this.#strings) offsets.push(offsets.at(-1)! + string.length);
    return Uint32Array.from(offsets);
  }
  get bytes(): number {
    return 0;
  }

  #take(string: Uint8Array): void {
    // latin1: one character a byte, whatever the bytes are.
    const key = Buffer.from(string).toString("latin1");
    const code = this.#codeOf.get(key) ?? this.#strings.length;
    if (code === this.#strings.length) {
      this.#codeOf.set(key, code);
      this.#strings.push(string);
    }
    this.#block.add(code);
    this.#codes.push(code);
  }
}
