/** Bytes of a stream to lines, whatever pieces they come in. A line that is too long is cut, the rest of it dropped. */
import { PROGRAM_LINE_BYTES_MAX } from "@eau2/protocol";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const CUT_NOTE = " ... (cut by eau2: a line has at most 64 KiB)";

export class LineSplitter {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #isCut = false;
  readonly #decoder = new TextDecoder();

  constructor(private readonly bytesMax = PROGRAM_LINE_BYTES_MAX) {}

  /** The lines that end in this piece. The piece may be used again afterwards. */
  push(piece: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      this.#keep(piece.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    if (start < piece.length) this.#keep(piece.subarray(start).slice());
    return lines;
  }

  /** The last line, if it has no newline. */
  end(): string[] {
    return this.#bytes > 0 || this.#isCut ? [this.#take()] : [];
  }

  #keep(part: Uint8Array): void {
    const room = this.bytesMax - CUT_NOTE.length - this.#bytes;
    if (part.length > room) this.#isCut = true;
    const kept = part.length > room ? part.subarray(0, Math.max(0, room)) : part;
    if (kept.length === 0) return;
    this.#parts.push(kept);
    this.#bytes += kept.length;
  }

  #take(): string {
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    const isCut = this.#isCut;
    this.#parts = [];
    this.#bytes = 0;
    this.#isCut = false;
    if (isCut) return this.#decoder.decode(bytes.subarray(0, wholeCharacters(bytes))) + CUT_NOTE;
    return this.#decoder.decode(bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes);
  }
}

/** Bytes up to the last character that is whole: a cut must not leave half of one. */
const wholeCharacters = (bytes: Uint8Array): number => {
  let start = bytes.length - 1;
  while (start > 0 && bytes.length - start < 4 && (bytes[start]! & 0xc0) === 0x80) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length <= bytes.length ? bytes.length : start;
};
