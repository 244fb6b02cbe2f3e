import { Eau2Error } from "@eau2/protocol";

/** Buffers begin at multiples of this, counted from the first byte of the chunk or dictionary: one cache line. */
export const BUFFER_ALIGNMENT = 64;

/** Positions in a chunk are 32-bit. */
export const CHUNK_BYTES_MAX = 2 ** 32 - BUFFER_ALIGNMENT;

export interface BufferRange {
  /** From the first byte of the chunk; a multiple of `BUFFER_ALIGNMENT`, or 0 for a buffer that is absent. */
  readonly offset: number;
  readonly byteLength: number;
}

export const ABSENT: BufferRange = Object.freeze({ offset: 0, byteLength: 0 });

const aligned = (position: number): number => Math.ceil(position / BUFFER_ALIGNMENT) * BUFFER_ALIGNMENT;

/**
 * Gives out ranges one after another. Where a buffer stands follows from the sizes before it alone, so a reader places
 * them anew instead of trusting positions: ranges cannot overlap, leave the bytes or lie anywhere else.
 */
export class BufferPlacement {
  #end: number;

  constructor(headerBytes: number) {
    this.#end = headerBytes;
  }

  /** Where all that was placed ends. */
  get end(): number {
    return this.#end;
  }

  /** A buffer of no bytes is absent. */
  place(byteLength: number): BufferRange {
    if (byteLength === 0) return ABSENT;
    const offset = aligned(this.#end);
    this.#end = offset + byteLength;
    return { offset, byteLength };
  }
}

/**
 * Typed arrays of 8-byte values need bytes that begin at a multiple of 8 in their buffer.
 * @throws {@link Eau2Error} `USAGE` when they do not.
 */
export const assertAligned = (bytes: Uint8Array, what: string): void => {
  if (bytes.byteOffset % 8 === 0) return;
  throw new Eau2Error(
    "USAGE",
    `read ${what} at byte ${bytes.byteOffset} of its buffer: its columns are views, which need a multiple of 8; copy it to an aligned place first`,
    { byteOffset: bytes.byteOffset },
  );
};

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Columns are little-endian and read in place. */
export const assertLittleEndian = (): void => {
  if (!IS_LITTLE_ENDIAN) throw new Error("invariant: eau2 runs on little-endian machines only");
};
