import { Eau2Error, MESSAGE_BYTES_MAX } from "@eau2/protocol";
import { crc32 } from "../platform/crc32.js";
import type { IncomingFrame } from "./frame.js";
import { FLAG_RAW_COVERED, FLAG_STREAMED, HEADER_BYTES, readHeader } from "./frame-header.js";

const EMPTY: readonly Uint8Array[] = [];

/** Reads bytes across the pieces of a message; copies only what straddles a border. */
class PieceReader {
  #piece = 0;
  #offset = 0;
  left: number;

  constructor(private readonly pieces: readonly Uint8Array[]) {
    this.left = pieces.reduce((sum, piece) => sum + piece.length, 0);
  }

  /** The next `count` bytes in one piece. The caller has checked that they are there. */
  contiguous(count: number): Uint8Array {
    const parts = this.take(count);
    if (parts.length === 1) return parts[0]!;
    const joined = new Uint8Array(count);
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }

  take(count: number): Uint8Array[] {
    const parts: Uint8Array[] = [];
    this.left -= count;
    while (count > 0) {
      const piece = this.pieces[this.#piece]!;
      const here = Math.min(count, piece.length - this.#offset);
      if (here > 0) parts.push(piece.subarray(this.#offset, this.#offset + here));
      this.#offset += here;
      count -= here;
      if (this.#offset === piece.length) {
        this.#piece++;
        this.#offset = 0;
      }
    }
    return parts;
  }
}

const refuse = (what: string): never => {
  throw new Eau2Error("DATA_INVALID", `message refused: ${what}; the link is closed`);
};

/**
 * Takes a message of a link apart into its frames, verifying bounds and checksums.
 * @param pieces - the message's bytes in order, cut anywhere; views of them are handed on.
 * @throws {@link Eau2Error} `DATA_INVALID`, `VERSION_MISMATCH` or `VALUE_TOO_LARGE`; never anything else, whatever the bytes.
 */
export const decodeMessage = (pieces: readonly Uint8Array[]): IncomingFrame[] => {
  const reader = new PieceReader(pieces);
  if (reader.left > MESSAGE_BYTES_MAX) refuse(`it has ${reader.left} bytes, ${MESSAGE_BYTES_MAX} are allowed`);
  if (reader.left === 0) refuse("it is empty");
  const frames: IncomingFrame[] = [];
  while (reader.left > 0) {
    if (reader.left < HEADER_BYTES) refuse("it ends inside a header");
    const head = reader.contiguous(HEADER_BYTES);
    const view = new DataView(head.buffer, head.byteOffset, HEADER_BYTES);
    const header = readHeader(view, 0);
    const streamed = (header.flags & FLAG_STREAMED) !== 0;
    const rawBytes = streamed ? 0 : header.rawBytes;
    if (header.controlBytes + rawBytes > reader.left) refuse("it ends inside a frame");
    const control = reader.contiguous(header.controlBytes);
    if (crc32(control, crc32(head.subarray(0, HEADER_BYTES - 4))) !== view.getUint32(HEADER_BYTES - 4, true)) {
      refuse("the checksum of a header is wrong");
    }
    const raw = rawBytes === 0 ? EMPTY : reader.take(rawBytes);
    if (rawBytes > 0 && (header.flags & FLAG_RAW_COVERED) === 0) {
      let checksum = 0;
      for (const piece of raw) checksum = crc32(piece, checksum);
      if (checksum !== header.rawChecksum) refuse("the checksum of a raw part is wrong");
    }
    frames.push({ header, control, raw });
  }
  return frames;
};
