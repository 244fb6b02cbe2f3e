/**
 * Dictionary <-> bytes: a head of 64 bytes, count + 1 offsets, the text; both buffers at a multiple of 64, zeros between.
 *
 *   0  u32  "E2DY"      8  u32  count               16 to 64: 0
 *   4  u32  version     12 u32  bytes of text
 */
import { Eau2Error } from "@eau2/protocol";
import { assertAligned, assertLittleEndian, BufferPlacement, CHUNK_BYTES_MAX } from "./buffer-placement.js";
import type { EncodedBytes } from "./chunk-codec.js";
import { bytesOf } from "./column-record.js";
import type { Dictionary } from "./column-types.js";
import { dataInvalid } from "./data-invalid.js";

/** Codes are below this. */
export const DICTIONARY_ENTRIES_MAX = 2 ** 31 - 1;

const MAGIC = 0x59_44_32_45; // "E2DY"
const VERSION = 1;
const HEAD_BYTES = 64;

const place = (count: number, textBytes: number) => {
  const placement = new BufferPlacement(HEAD_BYTES);
  const offsets = placement.place((count + 1) * 4);
  const values = placement.place(textBytes);
  return { offsets, values, byteLength: placement.end };
};

/**
 * @param dictionary - its buffers must not change until `write` has run.
 * @throws {@link Eau2Error} `VALUE_TOO_LARGE` beyond 2^31 - 1 entries or 4 GiB.
 */
export const encodeDictionary = (dictionary: Dictionary): EncodedBytes => {
  assertLittleEndian();
  const { count, offsets, values } = dictionary;
  if (offsets.length !== count + 1 || offsets[0] !== 0 || offsets[count] !== values.length) {
    throw new Error(`invariant: the offsets of a dictionary of ${count} span its text`);
  }
  const ranges = place(count, values.length);
  if (count > DICTIONARY_ENTRIES_MAX || ranges.byteLength > CHUNK_BYTES_MAX) {
    throw new Eau2Error(
      "VALUE_TOO_LARGE",
      `encode a dictionary of ${count} strings, ${values.length} bytes: the limit is ${DICTIONARY_ENTRIES_MAX} strings in ${CHUNK_BYTES_MAX} bytes; leave the column plain`,
      { count, textBytes: values.length },
    );
  }
  const write = (into: Uint8Array): void => {
    if (into.length !== ranges.byteLength) {
      throw new Error(`invariant: ${ranges.byteLength} bytes are written, not ${into.length}`);
    }
    into.fill(0, 0, HEAD_BYTES);
    const view = new DataView(into.buffer, into.byteOffset, HEAD_BYTES);
    view.setUint32(0, MAGIC, true);
    view.setUint32(4, VERSION, true);
    view.setUint32(8, count, true);
    view.setUint32(12, values.length, true);
    into.set(bytesOf(offsets), ranges.offsets.offset);
    if (values.length === 0) return;
    into.fill(0, ranges.offsets.offset + ranges.offsets.byteLength, ranges.values.offset);
    into.set(values, ranges.values.offset);
  };
  return { byteLength: ranges.byteLength, write };
};

/**
 * Look at the bytes of a dictionary in place.
 * @param bytes - begin at a multiple of 8 in their buffer; may be shared memory.
 * @throws {@link Eau2Error} `DATA_INVALID` for bytes that no encoder wrote; `USAGE` when they are not aligned.
 * @remarks O(1). Whether offsets ascend is left to {@link validateDictionary}.
 */
export const decodeDictionary = (bytes: Uint8Array): Dictionary => {
  assertLittleEndian();
  const what = `a dictionary of ${bytes.length} bytes`;
  assertAligned(bytes, what);
  if (bytes.length < HEAD_BYTES) throw dataInvalid(what, `its head alone has ${HEAD_BYTES}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw dataInvalid(what, "it does not begin like a dictionary");
  if (view.getUint32(4, true) !== VERSION) throw dataInvalid(what, `its version is not ${VERSION}`);
  const count = view.getUint32(8, true);
  const textBytes = view.getUint32(12, true);
  if (count > DICTIONARY_ENTRIES_MAX) throw dataInvalid(what, `it has ${count} strings`);
  const ranges = place(count, textBytes);
  if (ranges.byteLength !== bytes.length) {
    throw dataInvalid(what, `${count} strings of ${textBytes} bytes need ${ranges.byteLength}`);
  }
  assertZero(bytes, 16, HEAD_BYTES, what);
  if (textBytes > 0) assertZero(bytes, ranges.offsets.offset + ranges.offsets.byteLength, ranges.values.offset, what);
  const offsets = new Uint32Array(bytes.buffer, bytes.byteOffset + ranges.offsets.offset, count + 1);
  if (offsets[0] !== 0 || offsets[count] !== textBytes) throw dataInvalid(what, "its offsets do not span its text");
  const values = new Uint8Array(bytes.buffer, bytes.byteOffset + ranges.values.offset, textBytes);
  return { count, offsets, values };
};

const assertZero = (bytes: Uint8Array, start: number, end: number, what: string): void => {
  for (let position = start; position < end; position++) {
    if (bytes[position] !== 0) throw dataInvalid(what, `byte ${position} is not 0`);
  }
};

/**
 * The check of untrusted bytes that costs a pass: offsets ascend. That strings differ is not checked.
 * @throws {@link Eau2Error} `DATA_INVALID`.
 */
export const validateDictionary = ({ count, offsets }: Dictionary): void => {
  for (let code = 0; code < count; code++) {
    if (offsets[code + 1]! < offsets[code]!) {
      throw dataInvalid(`a dictionary of ${count} strings`, `the offsets of string ${code} descend`, { code });
    }
  }
};
