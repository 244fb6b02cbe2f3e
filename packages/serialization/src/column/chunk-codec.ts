/**
 * Chunk <-> bytes. A chunk's bytes are a head of 64 bytes, a record of 128 bytes a column (see column-record.ts), then one for
 * the items of each column that has lists, and the buffers, each at a multiple of 64; what lies between is 0. The buffers of
 * items follow those of their lists, and how many items there are is the last of the lists' offsets. The bytes depend on the
 * rows alone: no key, no frame, no dictionary. Decoding looks at them in place and allocates a few small objects a column.
 *
 *   0  u32  "E2CK"      8  u32  column count     16 u32  byte length of the whole
 *   4  u32  version     12 u32  row count        20 u32  records of items          24 to 64: 0
 *
 * There is one way to write a chunk: bytes that decode are the very bytes that encoding the result gives. The decoder
 * makes sure by writing each record again and comparing; so positions, spare bytes and flags need no checks of their own.
 */
import { Eau2Error } from "@eau2/protocol";
import { bitmapByteLength } from "./bitmap.js";
import {
  assertAligned,
  assertLittleEndian,
  BufferPlacement,
  type BufferRange,
  CHUNK_BYTES_MAX,
} from "./buffer-placement.js";
import {
  bytesOf,
  COLUMN_RECORD_BYTES,
  type ColumnPlacement,
  RECORD,
  valuesByteLength,
  writeColumnRecord,
} from "./column-record.js";
import { type ChunkLayout, COLUMN_TYPES, type ColumnLayout, type ScalarLayout } from "./column-types.js";
import { dataInvalid } from "./data-invalid.js";
import { type ChunkBytes, decodeColumn } from "./decode-column.js";

export const CHUNK_COLUMNS_MAX = 4096;
/** Row numbers inside a chunk are signed 32-bit. */
export const CHUNK_ROWS_MAX = 2 ** 31 - 1;

const MAGIC = 0x4b_43_32_45; // "E2CK"
const VERSION = 2;
const HEAD_BYTES = 64;

/** A chunk that knows its size and waits for a place. */
export interface EncodedBytes {
  readonly byteLength: number;
  /**
   * Fill `into`, which has exactly `byteLength` bytes (a range of shared memory too); every byte is written.
   * The columns' buffers are copied once, straight to their place.
   */
  write(into: Uint8Array): void;
}

/**
 * @param columns - of `rowCount` rows each; their buffers must not change until `write` has run.
 * @throws {@link Eau2Error} `VALUE_TOO_LARGE` beyond 4096 columns, 2^31 - 1 rows or 4 GiB.
 */
export const encodeChunk = (columns: readonly ColumnLayout[], rowCount: number): EncodedBytes => {
  assertLittleEndian();
  if (columns.length > CHUNK_COLUMNS_MAX || rowCount > CHUNK_ROWS_MAX) {
    throw tooLarge(`${columns.length} columns of ${rowCount} rows`, `${CHUNK_COLUMNS_MAX} and ${CHUNK_ROWS_MAX}`);
  }
  const headEnd = headBytes(columns.length + columns.filter(({ encoding }) => encoding === "list").length);
  const placement = new BufferPlacement(headEnd);
  const placed = placeColumns(columns, rowCount, placement);
  const byteLength = placement.end;
  if (byteLength > CHUNK_BYTES_MAX) throw tooLarge(`${byteLength} bytes`, `${CHUNK_BYTES_MAX} bytes`);

  const write = (into: Uint8Array): void => {
    if (into.length !== byteLength) throw new Error(`invariant: ${byteLength} bytes are written, not ${into.length}`);
    into.fill(0, 0, headEnd);
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
    writeHead(view, columns.length, rowCount, byteLength, placed.length - columns.length);
    let end = headEnd;
    const copy = (source: ArrayBufferView | undefined, { offset, byteLength: size }: BufferRange): void => {
      if (source === undefined || size === 0) return;
      into.fill(0, end, offset);
      into.set(bytesOf(source), offset);
      end = offset + size;
    };
    for (const { column, record, ranges } of placed) {
      writeColumnRecord(view, headBytes(record), column, ranges);
      copy(column.validity, ranges.validity);
      if ("offsets" in column) copy(column.offsets, ranges.offsets);
      if ("values" in column) copy(column.values, ranges.values);
    }
  };
  return { byteLength, write };
};

/** The head with so many records. */
const headBytes = (recordCount: number): number => HEAD_BYTES + recordCount * COLUMN_RECORD_BYTES;

/** A column, or the items of one; and where it goes. */
interface PlacedColumn {
  readonly column: ColumnLayout;
  /** Records before its own. */
  readonly record: number;
  readonly ranges: ColumnPlacement;
}

/** In the order of their buffers: items follow their lists. */
const placeColumns = (
  columns: readonly ColumnLayout[],
  rowCount: number,
  placement: BufferPlacement,
): readonly PlacedColumn[] => {
  const placed: PlacedColumn[] = [];
  let itemsRecord = columns.length;
  for (const [record, column] of columns.entries()) {
    placed.push({ column, record, ranges: placeColumn(column, rowCount, placement) });
    if (column.encoding !== "list") continue;
    const { items } = column;
    if (items.rowCount > CHUNK_ROWS_MAX) throw tooLarge(`lists of ${items.rowCount} items`, `${CHUNK_ROWS_MAX}`);
    const ranges = placeColumn(items, column.offsets[rowCount]!, placement);
    placed.push({ column: items, record: itemsRecord++, ranges });
  }
  return placed;
};

const tooLarge = (found: string, limit: string): Eau2Error =>
  new Eau2Error(
    "VALUE_TOO_LARGE",
    `encode a chunk of ${found}: the limit is ${limit}; cut the rows into smaller chunks`,
  );

const writeHead = (
  view: DataView,
  columnCount: number,
  rowCount: number,
  byteLength: number,
  itemRecordCount: number,
): void => {
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, columnCount, true);
  view.setUint32(12, rowCount, true);
  view.setUint32(16, byteLength, true);
  view.setUint32(20, itemRecordCount, true);
};

/** Place a column's buffers; a layout whose buffers have other sizes than its counts say is a bug of who made it. */
const placeColumn = (column: ColumnLayout, rowCount: number, placement: BufferPlacement): ColumnPlacement => {
  const { type, encoding, nullCount, validity } = column;
  const hasNulls = nullCount > 0 && nullCount < rowCount;
  const expect = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`invariant: ${type} column encoded as ${encoding}: ${what}`);
  };
  expect(column.rowCount === rowCount, `${column.rowCount} rows in a chunk of ${rowCount}`);
  expect((encoding === "null") === (nullCount === rowCount), `${nullCount} of ${rowCount} rows are null`);
  expect((validity !== undefined) === hasNulls, "validity is there exactly when some rows are null");
  expect(validity === undefined || validity.length === bitmapByteLength(rowCount), "size of validity");
  const offsets = "offsets" in column ? column.offsets.byteLength : 0;
  const isBuffer = "values" in column && !(encoding === "constant" && type !== "utf8");
  const values = isBuffer ? column.values.byteLength : 0;
  expect(!("offsets" in column) || offsets === (rowCount + 1) * 4, "number of offsets");
  expect(values === (valuesByteLength(type, encoding, rowCount) ?? values), "size of its values");
  return {
    validity: placement.place(validity?.length ?? 0),
    offsets: placement.place(offsets),
    values: placement.place(values),
  };
};

/**
 * Look at the bytes of a chunk as columns.
 * @param bytes - begin at a multiple of 8 in their buffer, as ranges of the store do; may be shared memory.
 * @returns Columns whose arrays are views of `bytes`: valid as long as the bytes are.
 * @throws {@link Eau2Error} `DATA_INVALID` for bytes that no encoder wrote; `USAGE` when they are not aligned.
 * @remarks Any bytes may be given: sizes are checked before anything is made from them. What would cost a pass over the
 * rows (text offsets, codes, truth of the statistics) is left to `validateChunk`.
 */
export const decodeChunk = (bytes: Uint8Array): ChunkLayout => {
  assertLittleEndian();
  const what = `a chunk of ${bytes.length} bytes`;
  assertAligned(bytes, what);
  if (bytes.length < HEAD_BYTES) throw dataInvalid(what, `its head alone has ${HEAD_BYTES}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw dataInvalid(what, "it does not begin like a chunk");
  if (view.getUint32(4, true) !== VERSION) throw dataInvalid(what, `its version is not ${VERSION}`);
  const columnCount = view.getUint32(8, true);
  const rowCount = view.getUint32(12, true);
  const itemRecordCount = view.getUint32(20, true);
  const headEnd = headBytes(columnCount + itemRecordCount);
  if (columnCount > CHUNK_COLUMNS_MAX) throw dataInvalid(what, `it has ${columnCount} columns`);
  if (rowCount > CHUNK_ROWS_MAX) throw dataInvalid(what, `it has ${rowCount} rows`);
  if (itemRecordCount > columnCount)
    throw dataInvalid(what, `it has items of ${itemRecordCount} columns and ${columnCount} columns`);
  if (headEnd > bytes.length) throw dataInvalid(what, `${columnCount} columns do not fit`);
  for (let position = 24; position < HEAD_BYTES; position++) {
    if (bytes[position] !== 0) throw dataInvalid(what, `byte ${position} of its head is not 0`);
  }

  const placement = new BufferPlacement(headEnd);
  const rewritten = new Uint8Array(COLUMN_RECORD_BYTES);
  const rewrittenView = new DataView(rewritten.buffer);
  const decodeRecord = (chunk: ChunkBytes, record: number): ColumnLayout => {
    const start = headBytes(record);
    const decoded = decodeColumn(chunk, start);
    rewritten.fill(0);
    writeColumnRecord(rewrittenView, 0, decoded.column, decoded.placement);
    for (let position = 0; position < COLUMN_RECORD_BYTES; position++) {
      if (rewritten[position] !== bytes[start + position]) {
        throw chunk.invalid(`byte ${position} of its record cannot be`);
      }
    }
    return decoded.column;
  };
  const columns: ColumnLayout[] = [];
  const invalid = (why: string): Error =>
    dataInvalid(`${what}, column ${columns.length}`, why, { column: columns.length });
  let itemRecordsUsed = 0;
  const items = (itemCount: number): ScalarLayout => {
    if (itemRecordsUsed === itemRecordCount) throw invalid("its items have no record");
    if (itemCount > CHUNK_ROWS_MAX) throw invalid(`it has ${itemCount} items`);
    const record = columnCount + itemRecordsUsed++;
    if (COLUMN_TYPES[view.getUint8(headBytes(record) + RECORD.type)] === "list") throw invalid("its items are lists");
    const itemsInvalid = (why: string): Error => invalid(`its items: ${why}`);
    const chunk = { bytes, view, rowCount: itemCount, placement, items, invalid: itemsInvalid };
    return decodeRecord(chunk, record) as ScalarLayout;
  };
  const chunk = { bytes, view, rowCount, placement, items, invalid };
  while (columns.length < columnCount) columns.push(decodeRecord(chunk, columns.length));
  if (itemRecordsUsed !== itemRecordCount) {
    throw dataInvalid(what, `it has items of ${itemRecordCount} columns, and lists in ${itemRecordsUsed}`);
  }
  if (placement.end !== bytes.length || view.getUint32(16, true) !== bytes.length) {
    throw dataInvalid(what, `it says ${view.getUint32(16, true)} and its columns end at ${placement.end}`);
  }
  return { rowCount, columns };
};
