/**
 * Rows of typed columns while a kernel collects them, until they are a chunk and are taken out.
 *
 * A column of a chunk has values (boolean: a byte each until `finishRows`; int64, float64, timestamp: 8 bytes; date: 4; utf8:
 * u32 codes) and a bitmap of nulls, which `finishRows` turns around. Rows that have a value touch no bitmap.
 * Numbers go to their column at once. Strings are noted (place and length) and get their codes a batch of rows at a time,
 * column by column, so that one dictionary is in the caches and not all of them; by then it is known which rows count.
 */
import { areaBase, reserve, takeArea, useAreas } from "./areas";
import {
  beginBlock as beginDictionaryBlock,
  codeOf,
  DICTIONARY_STATE_BYTES,
  dictionaryBytesHeld,
  loadDictionary,
  resetDictionary,
  saveDictionary,
} from "./dictionary";

/** The areas of a kernel that collects rows. */
export const enum RowArea {
  Input = 0,
  /** Numbers that are left to the caller. */
  Left = 1,
  Columns = 2,
  NextColumns = 3,
  /** Place and length of the strings of a batch. */
  Strings = 4,
  /** The next table of any dictionary: its number is the text kernel's. */
  NextTable = 5,
  Records = 6,
  /** Formats of dates. */
  Formats = 7,
  /** Three for each column of strings. */
  Dictionaries = 8,
}

export const enum Type {
  Boolean = 0,
  Int64 = 1,
  Float64 = 2,
  Utf8 = 3,
  Date = 4,
  Timestamp = 5,
  /** Read past, not collected. */
  None = 6,
}

/*
 * A record for each column:
 *  0 type   4 address of its values   8 of its nulls   12 of its strings   16 nulls among the rows   20 values in the block
 * 24 state of its dictionary          60 to 79: the format's own
 */
export const RECORD_BYTES: u32 = 80;
const DICTIONARY_STATE: u32 = 24;
export const FORMAT_STATE: u32 = DICTIONARY_STATE + DICTIONARY_STATE_BYTES;
/** Strings of so many rows wait for their codes: places and lengths of a column, 8 KiB, stay in the first cache. */
const BATCH_ROWS: u32 = 1024;
/** Instead of a length: the row is null. */
const NO_STRING: u32 = 0xffffffff;
/** Added to a length: quotes in the string are doubled. They are made single when the row counts, where they stand. */
export const DOUBLED_QUOTES: u32 = 0x80000000;
const BAD_ROWS_MAX: u32 = 10;
const AREA_STEP_BYTES: u32 = 4096;
/** Small: a file may have thousands of columns. */
const TABLE_BITS_FIRST: u32 = 9;
/** Columns begin with room for a chunk if that is no more than this; pages that are not touched cost nothing. */
const COLUMNS_BYTES_FIRST: u64 = 32 * 1024 * 1024;

/** The first bad rows of the block: line, column, fault. */
const BAD_ROWS = memory.data(120, 16);

let records: u32 = 0;
let recordsEnd: u32 = 0;
let rowsMax: u32 = 0;
/** Rows that the columns have room for; a multiple of 64. */
let capacity: u32 = 0;
/** Rows of the chunk so far. */
let row: u32 = 0;
/** The first row whose strings have no codes yet. */
let batchFirst: u32 = 0;
/** The byte whose doubled form stands for itself. */
let quoteByte: u32 = 0;

let badRows: u32 = 0;
let blockRows: u32 = 0;
let leftBytes: u32 = 0;

export function rowCount(): u32 { return row; }
export function badRowCount(): u32 { return badRows; }
export function blockRowCount(): u32 { return blockRows; }
export function badRowsBase(): u32 { return <u32>BAD_ROWS; }
export function leftBase(): u32 { return areaBase(RowArea.Left); }
export function leftEnd(): u32 { return areaBase(RowArea.Left) + leftBytes; }
export function valuesOf(column: u32): u32 { return load<u32>(recordOf(column), 4); }
export function validityOf(column: u32): u32 { return load<u32>(recordOf(column), 8); }
export function nullCountOf(column: u32): u32 { return load<u32>(recordOf(column), 16); }
export function blockValuesOf(column: u32): u32 { return load<u32>(recordOf(column), 20); }
export function useDictionary(column: u32): void { loadDictionary(recordOf(column) + DICTIONARY_STATE); }

// @ts-ignore: decorator
@inline
export function recordOf(column: u32): u32 { return records + column * RECORD_BYTES; }
// @ts-ignore: decorator
@inline
export function firstRecord(): u32 { return records; }
// @ts-ignore: decorator
@inline
export function endOfRecords(): u32 { return recordsEnd; }
// @ts-ignore: decorator
@inline
export function leftSize(): u32 { return leftBytes; }

/** Begins anew with `columns` columns, whose types `setType` then tells; `layOut` ends it. */
export function resetColumns(columns: u32, texts: u32, chunkRows: u32): void {
  useAreas(RowArea.Dictionaries + texts * 3, AREA_STEP_BYTES);
  // Never empty: an area without a place has no address.
  reserve(RowArea.Records, <u64>(columns + 1) * RECORD_BYTES, 0);
  records = areaBase(RowArea.Records);
  recordsEnd = records + columns * RECORD_BYTES;
  memory.fill(records, 0, columns * RECORD_BYTES);
  rowsMax = chunkRows;
  row = 0;
  batchFirst = 0;
  leftBytes = 0;
  forgetRowCounts();
}

export function useQuote(byte: u32): void {
  quoteByte = byte;
}

export function setType(column: u32, type: u32): void {
  store<u32>(recordOf(column), type);
}

export function layOut(): void {
  let texts: u32 = 0;
  let rowBytes: u64 = 0;
  for (let record = records; record != recordsEnd; record += RECORD_BYTES) {
    rowBytes += widthOf(load<u32>(record)) + 1;
    if (load<u32>(record) != Type.Utf8) continue;
    resetDictionary(RowArea.Dictionaries + texts * 3, TABLE_BITS_FIRST);
    saveDictionary(record + DICTIONARY_STATE);
    texts++;
  }
  if (texts != 0) reserve(RowArea.Strings, (<u64>texts * BATCH_ROWS) << 3, 0);
  let strings = areaBase(RowArea.Strings);
  for (let record = records; record != recordsEnd; record += RECORD_BYTES) {
    if (load<u32>(record) != Type.Utf8) continue;
    store<u32>(record, strings, 12);
    strings += BATCH_ROWS << 3;
  }
  const rows = min<u64>(<u64>rowsMax, rowBytes == 0 ? 1 : COLUMNS_BYTES_FIRST / rowBytes + 1);
  capacity = 0;
  enlargeColumns(<u32>((rows + 63) & ~63));
}

// @ts-ignore: decorator
@inline
function widthOf(type: u32): u32 {
  switch (type) {
    case Type.None:
      return 0;
    case Type.Boolean:
      return 1;
    case Type.Utf8:
    case Type.Date:
      return 4;
    default:
      return 8;
  }
}

/** Moves the columns to where they have room for `rows` rows, a multiple of 64, so that each begins on a cache line. */
function enlargeColumns(rows: u32): void {
  let bytes: u64 = 64;
  for (let record = records; record != recordsEnd; record += RECORD_BYTES) {
    bytes += <u64>rows * widthOf(load<u32>(record)) + (<u64>rows >> 3) + 56;
  }
  reserve(RowArea.NextColumns, bytes, 0);
  let to = areaBase(RowArea.NextColumns);
  const nullBytes = rows >> 3;
  const nullBytesUsed = (row + 7) >> 3;
  for (let record = records; record != recordsEnd; record += RECORD_BYTES) {
    const width = widthOf(load<u32>(record));
    if (row != 0) {
      memory.copy(to, load<u32>(record, 4), row * width);
      memory.copy(to + rows * width, load<u32>(record, 8), nullBytesUsed);
    }
    store<u32>(record, to, 4);
    to += rows * width;
    memory.fill(to + (row == 0 ? 0 : nullBytesUsed), 0, nullBytes - (row == 0 ? 0 : nullBytesUsed));
    store<u32>(record, to, 8);
    to += (nullBytes + 63) & ~63;
  }
  takeArea(RowArea.Columns, RowArea.NextColumns);
  capacity = rows;
}

function forgetRowCounts(): void {
  badRows = 0;
  blockRows = 0;
}

/** Rows that are still there go on. */
export function beginBlockOfRows(): void {
  forgetRowCounts();
  for (let record = records; record != recordsEnd; record += RECORD_BYTES) {
    if (load<u32>(record) != Type.Utf8) continue;
    store<u32>(record, 0, 20);
    loadDictionary(record + DICTIONARY_STATE);
    beginDictionaryBlock();
    saveDictionary(record + DICTIONARY_STATE);
  }
}

/** Memory of all dictionaries. */
export function dictionariesBytes(): f64 {
  let bytes: f64 = 0;
  for (let record = records; record != recordsEnd; record += RECORD_BYTES) {
    if (load<u32>(record) != Type.Utf8) continue;
    loadDictionary(record + DICTIONARY_STATE);
    bytes += dictionaryBytesHeld();
  }
  return bytes;
}

/** To be called before each row. @returns whether there is room for it; if not, the chunk is full. */
// @ts-ignore: decorator
@inline
export function hasRoom(): bool {
  if (row == capacity) {
    if (row == rowsMax) return false;
    enlargeColumns(<u32>min<u64>(<u64>capacity << 1, (<u64>rowsMax + 63) & ~63));
  }
  if (row == rowsMax) return false;
  if (row - batchFirst == BATCH_ROWS) codeBatch();
  return true;
}

/** The row counts. */
// @ts-ignore: decorator
@inline
export function addRow(): void {
  row++;
  blockRows++;
}

/** Gives the strings of the rows since `batchFirst` their codes; until then the input stays where it is. */
export function codeBatch(): void {
  const count = row - batchFirst;
  if (count == 0) return;
  for (let record = records; record != recordsEnd; record += RECORD_BYTES) {
    if (load<u32>(record) != Type.Utf8) continue;
    const strings = load<u32>(record, 12);
    let to = load<u32>(record, 4) + (batchFirst << 2);
    let values: u32 = 0;
    loadDictionary(record + DICTIONARY_STATE);
    for (let string = strings; string != strings + (count << 3); string += 8) {
      let length = load<u32>(string, 4);
      let code: u32 = 0;
      if (length != NO_STRING) {
        if ((length & DOUBLED_QUOTES) != 0) length = makeQuotesSingle(load<u32>(string), length & ~DOUBLED_QUOTES);
        code = codeOf(load<u32>(string), length);
        values++;
      }
      store<u32>(to, code);
      to += 4;
    }
    saveDictionary(record + DICTIONARY_STATE);
    store<u32>(record, load<u32>(record, 20) + values, 20);
  }
  batchFirst = row;
}

/** In place. @returns the length that is left */
function makeQuotesSingle(start: u32, length: u32): u32 {
  const end = start + length;
  let to = start;
  for (let at = start; at < end; at++) {
    const byte: u32 = load<u8>(at);
    store<u8>(to++, <u8>byte);
    if (byte == quoteByte) at++;
  }
  return to - start;
}

/** Packs booleans into bits and turns nulls into validity, spare bits 0. */
export function finishRows(): void {
  const bytes = (row + 7) >> 3;
  const lastMask: u32 = (row & 7) == 0 ? 0xff : (1 << (row & 7)) - 1;
  for (let record = records; record != recordsEnd; record += RECORD_BYTES) {
    if (load<u32>(record) == Type.Boolean) {
      const values = load<u32>(record, 4);
      // In place: two bytes are written for sixteen that have been read.
      for (let at: u32 = 0; at < bytes; at += 2) {
        const bits = i8x16.bitmask(i8x16.ne(v128.load(values + (at << 3)), i8x16.splat(0)));
        store<u16>(values + at, <u16>bits);
      }
      if (bytes != 0) store<u8>(values + bytes - 1, <u8>(load<u8>(values + bytes - 1) & lastMask));
    }
    if (load<u32>(record, 16) == 0) continue;
    const nulls = load<u32>(record, 8);
    for (let at: u32 = 0; at < bytes; at++) store<u8>(nulls + at, <u8>~load<u8>(nulls + at));
    store<u8>(nulls + bytes - 1, <u8>(load<u8>(nulls + bytes - 1) & lastMask));
  }
}

export function clearRows(): void {
  for (let record = records; record != recordsEnd; record += RECORD_BYTES) {
    if (load<u32>(record, 16) == 0) continue;
    memory.fill(load<u32>(record, 8), 0, (row + 7) >> 3);
    store<u32>(record, 0, 16);
  }
  row = 0;
  batchFirst = 0;
}

// What a field of the row to come is.

/** Where a value goes that has `1 << shift` bytes. */
// @ts-ignore: decorator
@inline
export function valueAt(record: u32, shift: u32): u32 {
  return load<u32>(record, 4) + (row << shift);
}

// @ts-ignore: decorator
@inline
export function noteString(record: u32, start: u32, length: u32): void {
  const to = load<u32>(record, 12) + ((row - batchFirst) << 3);
  store<u64>(to, (<u64>length << 32) | <u64>start);
}

export function setNull(record: u32): void {
  const type = load<u32>(record);
  if (type == Type.None) return;
  const byte = load<u32>(record, 8) + (row >> 3);
  store<u8>(byte, <u8>(<u32>load<u8>(byte) | (1 << (row & 7))));
  store<u32>(record, load<u32>(record, 16) + 1, 16);
  switch (type) {
    case Type.Boolean: {
      store<u8>(valueAt(record, 0), 0);
      break;
    }
    case Type.Utf8: {
      store<u32>(load<u32>(record, 12) + ((row - batchFirst) << 3), NO_STRING, 4);
      break;
    }
    case Type.Date: {
      store<u32>(valueAt(record, 2), 0);
      break;
    }
    default:
      store<u64>(valueAt(record, 3), 0);
  }
}

/** Takes back what the row, up to the column `end`, has set to null and left to the caller since there were `left` bytes. */
export function forgetRow(end: u32, left: u32): void {
  leftBytes = left;
  for (let record = records; record != end; record += RECORD_BYTES) {
    const byte = load<u32>(record, 8) + (row >> 3);
    const bit: u32 = 1 << (row & 7);
    if ((load<u8>(byte) & bit) == 0) continue;
    store<u8>(byte, <u8>(<u32>load<u8>(byte) & ~bit));
    store<u32>(record, load<u32>(record, 16) - 1, 16);
  }
}

/** @param line - of the block, from 0 on. */
export function noteBadRow(line: u32, record: u32, fault: u32): void {
  if (badRows < BAD_ROWS_MAX) {
    const to = BAD_ROWS + badRows * 12;
    store<u32>(to, line);
    store<u32>(to, (record - records) / RECORD_BYTES, 4);
    store<u32>(to, fault, 8);
  }
  badRows++;
}

/** Numbers that were left to the caller are done. */
// @ts-ignore: decorator
@inline
export function forgetLeft(): void {
  leftBytes = 0;
}

/** Leaves a number to the caller: column, row, length and text, in whole words. */
export function leave(start: u32, length: u32, record: u32): void {
  const bytes = (12 + length + 3) & ~3;
  reserve(RowArea.Left, <u64>leftBytes + bytes, leftBytes);
  const entry = areaBase(RowArea.Left) + leftBytes;
  store<u32>(entry, (record - records) / RECORD_BYTES);
  store<u32>(entry, row, 4);
  store<u32>(entry, length, 8);
  memory.copy(entry + 12, start, length);
  leftBytes += bytes;
}
