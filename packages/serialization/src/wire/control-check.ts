/**
 * Walks msgpack bytes before they are decoded. Decoders trust declared lengths: five hostile bytes make them allocate an
 * array of four billion elements. Here every length is held against the bytes that are left, depth is bounded, and
 * extension types (which nobody here sends) are refused. After a pass the decoder can only do work in proportion to
 * the input. Format: https://github.com/msgpack/msgpack/blob/master/spec.md
 */
import { Eau2Error } from "@eau2/protocol";

/** Messages nest a few levels; deeper ones come from nobody honest, and the decoder recurses. */
const CONTROL_DEPTH_MAX = 256;

const invalid = (what: string, at: number): never => {
  throw new Eau2Error(
    "DATA_INVALID",
    `control part is not valid: ${what} at byte ${at}; the peer does not speak eau2`,
    { at },
  );
};

const uint = (bytes: Uint8Array, at: number, width: number): number => {
  if (at + width > bytes.length) invalid("it ends inside a number", at);
  let value = 0;
  for (let index = 0; index < width; index++) value = value * 256 + bytes[at + index]!;
  return value;
};

/** Fixed sizes by first byte 0xc0..0xdf: bytes after the first byte; -1 where the size is declared, -2 where refused. */
const FIXED = new Int8Array([
  0, -2, 0, 0, -1, -1, -1, -2, -2, -2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, -2, -2, -2, -2, -2, -1, -1, -1, -1, -1, -1, -1,
]);

/** Checks one value that starts at `at` and may nest `depthLeft` more levels; returns the position behind it. */
const walk = (bytes: Uint8Array, at: number, depthLeft: number): number => {
  if (at >= bytes.length) invalid("it ends too early", at);
  if (depthLeft < 0) invalid("it is nested too deeply", at);
  const first = bytes[at]!;
  let next = at + 1;
  let children = 0;
  if (first < 0x80 || first >= 0xe0) return next;
  if (first < 0x90) children = (first & 0x0f) * 2;
  else if (first < 0xa0) children = first & 0x0f;
  else if (first < 0xc0) next += first & 0x1f;
  else {
    const fixed = FIXED[first - 0xc0]!;
    if (fixed === -2) invalid("it uses a type that is not allowed", at);
    if (fixed >= 0) next += fixed;
    else if (first <= 0xc6) {
      const width = 1 << (first - 0xc4);
      next += width + uint(bytes, next, width);
    } else if (first <= 0xdb) {
      const width = 1 << (first - 0xd9);
      next += width + uint(bytes, next, width);
    } else {
      const width = first === 0xdc || first === 0xde ? 2 : 4;
      const count = uint(bytes, next, width);
      next += width;
      children = first >= 0xde ? count * 2 : count;
      // Every child has at least one byte.
      if (children > bytes.length - next) invalid("it declares more elements than it has bytes", at);
    }
  }
  if (next > bytes.length) invalid("it ends inside a value", at);
  for (; children > 0; children--) next = walk(bytes, next, depthLeft - 1);
  return next;
};

/** @throws {@link Eau2Error} `DATA_INVALID` unless `bytes` is exactly one well-formed msgpack value without extensions. */
export const checkControl = (bytes: Uint8Array, depthMax = CONTROL_DEPTH_MAX): void => {
  const end = walk(bytes, 0, depthMax);
  if (end !== bytes.length) invalid("bytes follow its end", end);
};
