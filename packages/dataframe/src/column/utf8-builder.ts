import { Eau2Error } from "@eau2/protocol";
import { encodeUtf8, type ScalarLayout } from "@eau2/serialization";
import type { ColumnBuilder } from "./column-builder.js";
import { ValidityBuilder } from "./validity-builder.js";

/** Offsets of text are unsigned 32-bit. */
const TEXT_BYTES_MAX = 2 ** 32 - 1;

const CAPACITY_ROWS = 64;
const CAPACITY_BYTES = 1024;
const ENCODER = new TextEncoder();

/** Builds a column of plain text; bytes are kept as they are, whether they are UTF-8 or not. */
export class Utf8Builder implements ColumnBuilder<string | Uint8Array> {
  readonly #validity = new ValidityBuilder();
  #offsets = new Uint32Array(CAPACITY_ROWS);
  #bytes = new Uint8Array(CAPACITY_BYTES);
  #byteCount = 0;

  get rowCount(): number {
    return this.#validity.rowCount;
  }

  /** A string's lone surrogates, which have no UTF-8 form, become U+FFFD. */
  append(value: string | Uint8Array): void {
    if (typeof value !== "string") {
      this.appendBytes(value, 0, value.length);
      return;
    }
    // A UTF-16 unit takes at most three bytes.
    this.#room(value.length * 3);
    const { written } = ENCODER.encodeInto(value, this.#bytes.subarray(this.#byteCount));
    this.#end(written);
  }

  /** Append bytes `start` up to `end` of `source`, which is copied. */
  appendBytes(source: Uint8Array, start: number, end: number): void {
    const byteCount = end - start;
    this.#room(byteCount);
    // Below some tens of bytes a loop beats the view that `set` needs.
    if (byteCount <= 32) for (let at = 0; at < byteCount; at++) this.#bytes[this.#byteCount + at] = source[start + at]!;
    else this.#bytes.set(source.subarray(start, end), this.#byteCount);
    this.#end(byteCount);
  }

  appendNull(): void {
    this.#room(0);
    this.#offsets[this.rowCount + 1] = this.#byteCount;
    this.#validity.appendNull();
  }

  finish(): ScalarLayout {
    return encodeUtf8(this.#offsets, this.#bytes, this.rowCount, this.#validity.finish());
  }

  #end(byteCount: number): void {
    this.#byteCount += byteCount;
    this.#offsets[this.rowCount + 1] = this.#byteCount;
    this.#validity.appendValid();
  }

  /** Make room for one more row of at most `byteCount` bytes. */
  #room(byteCount: number): void {
    if (this.rowCount + 1 >= this.#offsets.length) {
      const larger = new Uint32Array(this.#offsets.length * 2);
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    const needed = this.#byteCount + byteCount;
    if (needed <= this.#bytes.length) return;
    if (needed > TEXT_BYTES_MAX) {
      throw new Eau2Error(
        "VALUE_TOO_LARGE",
        `append ${byteCount} bytes to a text column of ${this.#byteCount}: the limit is ${TEXT_BYTES_MAX}; start a new chunk`,
      );
    }
    const larger = new Uint8Array(Math.min(TEXT_BYTES_MAX, Math.max(needed, this.#bytes.length * 2)));
    larger.set(this.#bytes.subarray(0, this.#byteCount));
    this.#bytes = larger;
  }
}
