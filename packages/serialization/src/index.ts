export { areAllSet, bitmapByteLength, clearBit, countSetBits, isBitSet, setBit } from "./column/bitmap.js";
export { BUFFER_ALIGNMENT } from "./column/buffer-placement.js";
export { chooseCodeEncoding } from "./column/choose-encoding.js";
export {
  CHUNK_COLUMNS_MAX,
  CHUNK_ROWS_MAX,
  decodeChunk,
  type EncodedBytes,
  encodeChunk,
} from "./column/chunk-codec.js";
export {
  type BooleanLayout,
  type ChunkLayout,
  COLUMN_TYPES,
  type ColumnLayout,
  type ColumnType,
  type Dictionary,
  type Encoding,
  type Float32Layout,
  type Float64Layout,
  type FloatLayout,
  type FloatType,
  type IntegerLayout,
  type IntegerType,
  type ListLayout,
  type Order,
  SCALAR_TYPES,
  type ScalarLayout,
  type ScalarType,
  type Statistics,
  TEXT_BOUND_BYTES_MAX,
  type Utf8Layout,
} from "./column/column-types.js";
export { areBytesEqual, compareBytes } from "./column/compare-bytes.js";
export {
  DICTIONARY_ENTRIES_MAX,
  decodeDictionary,
  encodeDictionary,
  validateDictionary,
} from "./column/dictionary-codec.js";
export {
  encodeBooleans,
  encodeCodes,
  encodeFloat32s,
  encodeFloat64s,
  encodeIntegers,
  encodeLists,
  encodeUtf8,
} from "./column/encode-column.js";
export { bigintOfWords, setWords, wordsOf } from "./column/int64-words.js";
export { isIntegerLayout } from "./column/integer-ranges.js";
export { validateChunk } from "./column/validate-chunk.js";
export { crc32 } from "./platform/crc32.js";
export { decodeValue, encodeValue } from "./platform/value-codec.js";
export { checkControl } from "./wire/control-check.js";
export { decodeControl, encodeControl } from "./wire/control-codec.js";
export { decodeMessage } from "./wire/decode-message.js";
export { firstThatFit } from "./wire/first-that-fit.js";
export type { IncomingFrame, OutgoingFrame } from "./wire/frame.js";
export {
  FLAG_RAW_COVERED,
  FLAG_REPLY_STREAM,
  FLAG_STREAMED,
  type FrameHeader,
  HEADER_BYTES,
} from "./wire/frame-header.js";
export { FrameWriter, type Message, RAW_COPIED_BYTES_MAX } from "./wire/frame-writer.js";
