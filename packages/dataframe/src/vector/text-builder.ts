import { Eau2Error } from "@eau2/protocol";

/** Offsets of text are 32 bits. */
const TEXT_BYTES_MAX = 2 ** 32 - 1;
/** Up to so many bytes a loop is quicker than a view and a copy. */
const LOOP_BYTES_MAX = 24;

const ENCODER = new TextEncoder();

/** A surrogate that stands alone, this and a byte, is that byte: one that is no UTF-8. Other lone ones become U+FFFD. */
export const LONE_BYTE = 0xdc00;
const SURROGATES = /[\ud800-\udfff]/;

/** Text row after row, in memory that grows. */
export class TextBuilder {
  readonly offsets: Uint32Array;
  #bytes: Uint8Array;
  #length = 0;
  #row = 0;

  /** @param bytesHint - how much text is likely. */
  constructor(rowCount: number, bytesHint: number) {
    this.offsets = new Uint32Array(rowCount + 1);
    this.#bytes = new Uint8Array(Math.max(64, Math.min(bytesHint, TEXT_BYTES_MAX)));
  }

  /** The rows so far. The memory is the builder's, which must not be used any more. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * Adds bytes to the row that is open.
   * @throws {@link Eau2Error} `VALUE_TOO_LARGE` beyond 4 GiB.
   */
  append(from: Uint8Array, start: number, end: number): void {
    const at = this.#length;
    const length = at + end - start;
    if (length > this.#bytes.length) this.#grow(length);
    const bytes = this.#bytes;
    if (end - start > LOOP_BYTES_MAX) bytes.set(from.subarray(start, end), at);
    else for (let index = start, into = at; index < end; index++, into++) bytes[into] = from[index]!;
    this.#length = length;
  }

  appendByte(byte: number): void {
    if (this.#length === this.#bytes.length) this.#grow(this.#length + 1);
    this.#bytes[this.#length++] = byte;
  }

  /** Adds a string to the row that is open; of surrogates that stand alone see {@link LONE_BYTE}. */
  appendString(text: string): void {
    if (SURROGATES.test(text)) for (const character of text) this.#appendCharacter(character);
    else this.#encode(text);
  }

  #appendCharacter(character: string): void {
    const byte = character.charCodeAt(0) - LONE_BYTE;
    if (character.length === 1 && byte >= 0 && byte <= 0xff) this.appendByte(byte);
    else this.#encode(character);
  }

  #encode(text: string): void {
    const longest = this.#length + text.length * 3;
    if (longest > this.#bytes.length) this.#grow(longest);
    this.#length += ENCODER.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }

  /** Ends the row that is open. */
  endRow(): void {
    this.offsets[++this.#row] = this.#length;
  }

  #grow(length: number): void {
    if (length > TEXT_BYTES_MAX) {
      throw new Eau2Error("VALUE_TOO_LARGE", "text of one chunk beyond 4 GiB: filter first, or load in smaller chunks");
    }
    const grown = new Uint8Array(Math.min(TEXT_BYTES_MAX, Math.max(length, this.#bytes.length * 2)));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
