/**
 * Parses lines of SoR into columns.
 *
 * Most fields look like `<12>`, `<-1.5>`, `<"text">`: for each type a short straight path takes those and refuses the
 * rest before it has written anything; `anyField` then knows the whole grammar. Bytes are read once, and nothing checks
 * for the end of the input: only whole lines are parsed, and their "\n" stops every loop.
 * Numbers go to their column at once. Strings are noted (place and length) and get their codes a batch of rows at a time,
 * column by column, so that one dictionary is in the caches and not all of them; by then it is known which rows count.
 *
 * Rows are collected until they are a chunk. A column of a chunk has values (boolean: a byte each until `finishRows`;
 * int64, float64: 8 bytes; utf8: u32 codes) and a bitmap of nulls, which `finishRows` turns around. Rows that have a
 * value touch no bitmap.
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
import { digitCount, numberOf, powerOfTen, ZEROS } from "./digits";
import { nearestFloat } from "./nearest-float";

export { setPageCountMax } from "./areas";
export { blockDistinct, dictionaryBytesBase, dictionaryBytesUsed, dictionaryOffsetsBase, dictionarySize } from "./dictionary";
export { powersOfFive } from "./nearest-float";

const enum SorArea {
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
  /** Three for each column of strings. */
  Dictionaries = 7,
}

const enum Type {
  Boolean = 0,
  Int64 = 1,
  Float64 = 2,
  Utf8 = 3,
}

/** Why a row is bad; src/sor/bad-rows.ts names them. */
const enum Fault {
  None = 0,
  Contradicts = 1,
  QuoteUnclosed = 2,
  FieldUnclosed = 3,
  TextBehindValue = 4,
  TooLong = 5,
}

/*
 * A record for each column:
 *  0 type   4 address of its values   8 of its nulls   12 of its strings   16 nulls among the rows   20 values in the block
 * 24 state of its dictionary
 */
const RECORD_BYTES: u32 = 64;
const DICTIONARY_STATE: u32 = 24;
/** Strings of so many rows wait for their codes: places and lengths of a column, 8 KiB, stay in the first cache. */
const BATCH_ROWS: u32 = 1024;
/** Instead of a length: the row is null. */
const NO_STRING: u32 = 0xffffffff;
const FIELD_BYTES_MAX: u32 = 255;
const BAD_ROWS_MAX: u32 = 10;
/** Behind the input words and keys are read as a whole. */
const SLACK_BYTES: u32 = 64;
const AREA_STEP_BYTES: u32 = 4096;
/** Small: a file may have thousands of columns. */
const TABLE_BITS_FIRST: u32 = 9;
/** Columns begin with room for a chunk if that is no more than this; pages that are not touched cost nothing. */
const COLUMNS_BYTES_FIRST: u64 = 32 * 1024 * 1024;
const SIGNIFICANT_DIGITS_MAX: u32 = 19;

const NEW_LINE: u32 = 10;
const SPACE: u32 = 32;
const QUOTE: u32 = 34;
const PLUS: u32 = 43;
const MINUS: u32 = 45;
const DOT: u32 = 46;
const ZERO: u32 = 48;
const OPEN: u32 = 60;
const CLOSE: u32 = 62;

/** The first bad rows of the block: line, column, fault. */
const BAD_ROWS = memory.data(120, 16);

let records: u32 = 0;
let recordsEnd: u32 = 0;
let rowsMax: u32 = 0;
let discards: bool = true;
/** Rows that the columns have room for; a multiple of 64. */
let capacity: u32 = 0;
/** Rows of the chunk so far. */
let row: u32 = 0;
/** The first row whose strings have no codes yet. */
let batchFirst: u32 = 0;

/** Positions in the input: the line to come, the end of the last whole line, the end. */
let next: u32 = 0;
let wholeEnd: u32 = 0;
let filled: u32 = 0;

let lines: u32 = 0;
let badRows: u32 = 0;
let blockRows: u32 = 0;
let fault: u32 = Fault.None;
let leftBytes: u32 = 0;

export function rowCount(): u32 { return row; }
export function lineCount(): u32 { return lines; }
export function badRowCount(): u32 { return badRows; }
export function blockRowCount(): u32 { return blockRows; }
export function badRowsBase(): u32 { return <u32>BAD_ROWS; }
export function leftBase(): u32 { return areaBase(SorArea.Left); }
export function leftEnd(): u32 { return areaBase(SorArea.Left) + leftBytes; }
export function pendingBytes(): u32 { return filled - wholeEnd; }
export function valuesOf(column: u32): u32 { return load<u32>(records + column * RECORD_BYTES, 4); }
export function validityOf(column: u32): u32 { return load<u32>(records + column * RECORD_BYTES, 8); }
export function nullCountOf(column: u32): u32 { return load<u32>(records + column * RECORD_BYTES, 16); }
export function blockValuesOf(column: u32): u32 { return load<u32>(records + column * RECORD_BYTES, 20); }
export function useDictionary(column: u32): void { loadDictionary(records + column * RECORD_BYTES + DICTIONARY_STATE); }

/** Begins anew with `columns` columns, whose types `setType` then tells; `layOut` ends it. */
export function reset(columns: u32, texts: u32, chunkRows: u32, discardsRows: bool): void {
  useAreas(SorArea.Dictionaries + texts * 3, AREA_STEP_BYTES);
  // Never empty: an area without a place has no address.
  reserve(SorArea.Records, <u64>(columns + 1) * RECORD_BYTES, 0);
  records = areaBase(SorArea.Records);
  recordsEnd = records + columns * RECORD_BYTES;
  memory.fill(records, 0, columns * RECORD_BYTES);
  rowsMax = chunkRows;
  discards = discardsRows;
  row = 0;
  batchFirst = 0;
  leftBytes = 0;
  forgetBlock();
}

export function setType(column: u32, type: u32): void {
  store<u32>(records + column * RECORD_BYTES, type);
}

export function layOut(): void {
  let texts: u32 = 0;
  let rowBytes: u64 = 0;
  for (let record = records; record != recordsEnd; record += RECORD_BYTES) {
    rowBytes += widthOf(load<u32>(record)) + 1;
    if (load<u32>(record) != Type.Utf8) continue;
    resetDictionary(SorArea.Dictionaries + texts * 3, TABLE_BITS_FIRST);
    saveDictionary(record + DICTIONARY_STATE);
    texts++;
  }
  if (texts != 0) reserve(SorArea.Strings, (<u64>texts * BATCH_ROWS) << 3, 0);
  let strings = areaBase(SorArea.Strings);
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
  return type == Type.Boolean ? 1 : type == Type.Utf8 ? 4 : 8;
}

/** Moves the columns to where they have room for `rows` rows, a multiple of 64, so that each begins on a cache line. */
function enlargeColumns(rows: u32): void {
  let bytes: u64 = 64;
  for (let record = records; record != recordsEnd; record += RECORD_BYTES) {
    bytes += <u64>rows * widthOf(load<u32>(record)) + (<u64>rows >> 3) + 56;
  }
  reserve(SorArea.NextColumns, bytes, 0);
  let to = areaBase(SorArea.NextColumns);
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
  takeArea(SorArea.Columns, SorArea.NextColumns);
  capacity = rows;
}

function forgetBlock(): void {
  next = 0;
  wholeEnd = 0;
  filled = 0;
  lines = 0;
  badRows = 0;
  blockRows = 0;
}

/** Rows that are still there go on; pending bytes do not. */
export function beginBlock(): void {
  forgetBlock();
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

/** Makes room for `bytes` behind what is there and says where. */
export function inputSpace(bytes: u32): u32 {
  if (next != 0) {
    const input = areaBase(SorArea.Input);
    memory.copy(input, input + next, filled - next);
    filled -= next;
    wholeEnd -= next;
    next = 0;
  }
  reserve(SorArea.Input, <u64>filled + <u64>bytes + SLACK_BYTES, filled);
  return areaBase(SorArea.Input) + filled;
}

/** Takes `added` bytes. @returns whether the chunk is full and lines are left: clear the rows and call again. */
export function parse(added: u32, final: bool): bool {
  const input = areaBase(SorArea.Input);
  const from = input + filled;
  filled += added;
  let end = input + filled;
  while (end != from && load<u8>(end - 1) != NEW_LINE) end--;
  if (end != from) wholeEnd = end - input;
  if (final && wholeEnd != filled) {
    store<u8>(input + filled, <u8>NEW_LINE);
    wholeEnd = ++filled;
  }
  leftBytes = 0;
  let at = input + next;
  const linesEnd = input + wholeEnd;
  let full = false;
  while (at != linesEnd) {
    if (row == rowsMax) {
      full = true;
      break;
    }
    if (row == capacity) enlargeColumns(<u32>min<u64>(<u64>capacity << 1, (<u64>rowsMax + 63) & ~63));
    if (row - batchFirst == BATCH_ROWS) codeBatch();
    at = line(at);
  }
  codeBatch();
  next = at - input;
  return full;
}

/** Gives the strings of the rows since `batchFirst` their codes. */
function codeBatch(): void {
  const count = row - batchFirst;
  if (count == 0) return;
  for (let record = records; record != recordsEnd; record += RECORD_BYTES) {
    if (load<u32>(record) != Type.Utf8) continue;
    const strings = load<u32>(record, 12);
    let to = load<u32>(record, 4) + (batchFirst << 2);
    let values: u32 = 0;
    loadDictionary(record + DICTIONARY_STATE);
    for (let string = strings; string != strings + (count << 3); string += 8) {
      const length = load<u32>(string, 4);
      let code: u32 = 0;
      if (length != NO_STRING) {
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

function setNull(record: u32): void {
  const byte = load<u32>(record, 8) + (row >> 3);
  store<u8>(byte, <u8>(<u32>load<u8>(byte) | (1 << (row & 7))));
  store<u32>(record, load<u32>(record, 16) + 1, 16);
  const values = load<u32>(record, 4);
  switch (load<u32>(record)) {
    case Type.Boolean: {
      store<u8>(values + row, 0);
      break;
    }
    case Type.Utf8: {
      store<u32>(load<u32>(record, 12) + ((row - batchFirst) << 3), NO_STRING, 4);
      break;
    }
    default:
      store<u64>(values + (row << 3), 0);
  }
}

/** Takes back what the row, up to `end`, has set to null. */
function forgetNulls(end: u32): void {
  for (let record = records; record != end; record += RECORD_BYTES) {
    const byte = load<u32>(record, 8) + (row >> 3);
    const bit: u32 = 1 << (row & 7);
    if ((load<u8>(byte) & bit) == 0) continue;
    store<u8>(byte, <u8>(<u32>load<u8>(byte) & ~bit));
    store<u32>(record, load<u32>(record, 16) - 1, 16);
  }
}

function noteBadRow(record: u32): void {
  if (badRows < BAD_ROWS_MAX) {
    const to = BAD_ROWS + badRows * 12;
    store<u32>(to, lines);
    store<u32>(to, (record - records) / RECORD_BYTES, 4);
    store<u32>(to, fault, 8);
  }
  badRows++;
}

/** Behind the next "\n". */
// @ts-ignore: decorator
@inline
function behindLine(at: u32): u32 {
  if (load<u8>(at) == NEW_LINE) return at + 1;
  return behindLongLine(at);
}

function behindLongLine(at: u32): u32 {
  while (true) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(<i8>NEW_LINE)));
    if (mask != 0) return at + <u32>ctz<i32>(mask) + 1;
    at += 16;
  }
  // @ts-ignore: unreachable
  return 0;
}

/** Parses the line at `at`. @returns where the next one begins */
function line(at: u32): u32 {
  const left = leftBytes;
  let isBad = false;
  let record = records;
  while (record != recordsEnd) {
    let byte: u32 = load<u8>(at);
    while (byte != OPEN && byte != NEW_LINE) byte = load<u8>(++at);
    if (byte == NEW_LINE) break;
    at++;
    let behind: u32 = 0;
    switch (load<u32>(record)) {
      case Type.Boolean: {
        behind = booleanField(at, record);
        break;
      }
      case Type.Int64: {
        behind = int64Field(at, record);
        break;
      }
      case Type.Float64: {
        behind = float64Field(at, record);
        break;
      }
      default:
        behind = utf8Field(at, record);
    }
    if (behind == 0) {
      fault = Fault.None;
      behind = anyField(at, record);
      if (fault != Fault.None) {
        if (!isBad) noteBadRow(record);
        isBad = true;
        if (discards) {
          forgetNulls(record);
          leftBytes = left;
          lines++;
          return behindLine(behind);
        }
        setNull(record);
      }
    }
    at = behind;
    record += RECORD_BYTES;
  }
  for (; record != recordsEnd; record += RECORD_BYTES) setNull(record);
  row++;
  blockRows++;
  lines++;
  return behindLine(at);
}

// The straight paths. Each returns the position behind the field, or 0 for a field that it does not take.

// @ts-ignore: decorator
@inline
function booleanField(at: u32, record: u32): u32 {
  const digit = <u32>load<u8>(at) - ZERO;
  if (digit > 1 || load<u8>(at, 1) != CLOSE) return 0;
  store<u8>(load<u32>(record, 4) + row, <u8>digit);
  return at + 2;
}

/** Up to 15 digits. */
// @ts-ignore: decorator
@inline
function int64Field(at: u32, record: u32): u32 {
  const isNegative = load<u8>(at) == MINUS;
  at += u32(isNegative);
  const word = load<u64>(at) ^ ZEROS;
  const count = digitCount(word);
  if (count == 0) return 0;
  let value = numberOf(word, count);
  at += count;
  if (count == 8) {
    const low = load<u64>(at) ^ ZEROS;
    const lowCount = digitCount(low);
    if (lowCount == 8) return 0;
    if (lowCount != 0) value = value * powerOfTen(lowCount) + numberOf(low, lowCount);
    at += lowCount;
  }
  if (load<u8>(at) != CLOSE) return 0;
  store<i64>(load<u32>(record, 4) + (row << 3), isNegative ? -<i64>value : <i64>value);
  return at + 1;
}

/** Up to 15 digits before the point, 23 behind it, and 19 in all. */
// @ts-ignore: decorator
@inline
function float64Field(at: u32, record: u32): u32 {
  const isNegative = load<u8>(at) == MINUS;
  at += u32(isNegative);
  let significand: u64 = 0;
  let word = load<u64>(at) ^ ZEROS;
  let count = digitCount(word);
  let digits = count;
  if (count != 0) significand = numberOf(word, count);
  at += count;
  if (count == 8) {
    word = load<u64>(at) ^ ZEROS;
    count = digitCount(word);
    if (count == 8) return 0;
    if (count != 0) significand = significand * powerOfTen(count) + numberOf(word, count);
    digits += count;
    at += count;
  }
  let fraction: u32 = 0;
  if (load<u8>(at) == DOT) {
    at++;
    word = load<u64>(at) ^ ZEROS;
    count = digitCount(word);
    if (count != 0) significand = significand * powerOfTen(count) + numberOf(word, count);
    fraction = count;
    at += count;
    if (count == 8) {
      word = load<u64>(at) ^ ZEROS;
      count = digitCount(word);
      if (count != 0) significand = significand * powerOfTen(count) + numberOf(word, count);
      fraction += count;
      at += count;
      if (count == 8) {
        word = load<u64>(at) ^ ZEROS;
        count = digitCount(word);
        if (count == 8) return 0;
        if (count != 0) significand = significand * powerOfTen(count) + numberOf(word, count);
        fraction += count;
        at += count;
      }
    }
    digits += fraction;
  }
  if (load<u8>(at) != CLOSE || digits == 0 || digits > SIGNIFICANT_DIGITS_MAX) return 0;
  const value = nearestFloat(significand, -<i32>fraction);
  store<f64>(load<u32>(record, 4) + (row << 3), isNegative ? -value : value);
  return at + 1;
}

// @ts-ignore: decorator
@inline
function utf8Field(at: u32, record: u32): u32 {
  let start = at;
  let end: u32;
  const first: u32 = load<u8>(at);
  if (first == QUOTE) {
    start = at + 1;
    end = quotedEnd(start);
    if (load<u8>(end) != QUOTE || load<u8>(end, 1) != CLOSE) return 0;
    at = end + 2;
  } else {
    if (first == SPACE || first == CLOSE) return 0;
    end = bareEnd(start);
    if (load<u8>(end) != CLOSE) return 0;
    at = end + 1;
  }
  if (end - start > FIELD_BYTES_MAX) return 0;
  noteString(record, start, end - start);
  return at;
}

// @ts-ignore: decorator
@inline
function noteString(record: u32, start: u32, length: u32): void {
  const to = load<u32>(record, 12) + ((row - batchFirst) << 3);
  store<u64>(to, (<u64>length << 32) | <u64>start);
}

/** The next quote or "\n". */
// @ts-ignore: decorator
@inline
function quotedEnd(at: u32): u32 {
  while (true) {
    const bytes = v128.load(at);
    const stops = v128.or(i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)), i8x16.eq(bytes, i8x16.splat(<i8>NEW_LINE)));
    const mask = i8x16.bitmask(stops);
    if (mask != 0) return at + <u32>ctz<i32>(mask);
    at += 16;
  }
  // @ts-ignore: unreachable
  return 0;
}

/** The next space, ">" or "\n". */
// @ts-ignore: decorator
@inline
function bareEnd(at: u32): u32 {
  while (true) {
    const bytes = v128.load(at);
    const stops = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(<i8>CLOSE)), i8x16.eq(bytes, i8x16.splat(<i8>SPACE))),
      i8x16.eq(bytes, i8x16.splat(<i8>NEW_LINE)),
    );
    const mask = i8x16.bitmask(stops);
    if (mask != 0) return at + <u32>ctz<i32>(mask);
    at += 16;
  }
  // @ts-ignore: unreachable
  return 0;
}

// @ts-ignore: decorator
@inline
function behindSpaces(at: u32): u32 {
  while (load<u8>(at) == SPACE) at++;
  return at;
}

/**
 * The field whose "<" stands before `at`, by the whole grammar. Sets `fault` and stores nothing if it is bad.
 * @returns the position behind it: behind its ">", or behind the next one if other text stands before that, or the "\n"
 */
function anyField(at: u32, record: u32): u32 {
  at = behindSpaces(at);
  const first: u32 = load<u8>(at);
  if (first == CLOSE) {
    setNull(record);
    return at + 1;
  }
  if (first == NEW_LINE) {
    fault = Fault.FieldUnclosed;
    return at;
  }
  const isQuoted = first == QUOTE;
  const start = isQuoted ? at + 1 : at;
  const end = isQuoted ? quotedEnd(start) : bareEnd(start);
  if (isQuoted && load<u8>(end) == NEW_LINE) {
    fault = Fault.QuoteUnclosed;
    return end;
  }
  at = behindSpaces(isQuoted ? end + 1 : end);
  if (load<u8>(at) == NEW_LINE) {
    fault = Fault.FieldUnclosed;
    return at;
  }
  if (load<u8>(at) != CLOSE) {
    fault = Fault.TextBehindValue;
    while (load<u8>(at) != CLOSE && load<u8>(at) != NEW_LINE) at++;
    return at + u32(load<u8>(at) == CLOSE);
  }
  at++;
  const length = end - start;
  if (length > FIELD_BYTES_MAX) {
    fault = Fault.TooLong;
    return at;
  }
  const type = load<u32>(record);
  if (type == Type.Utf8) {
    noteString(record, start, length);
    return at;
  }
  let fits = false;
  if (!isQuoted) {
    if (type == Type.Boolean) fits = anyBoolean(start, length, record);
    else if (type == Type.Int64) fits = anyInt64(start, end, record);
    else fits = anyFloat64(start, end, record);
  }
  if (!fits) fault = Fault.Contradicts;
  return at;
}

function anyBoolean(start: u32, length: u32, record: u32): bool {
  const digit = <u32>load<u8>(start) - ZERO;
  if (length != 1 || digit > 1) return false;
  store<u8>(load<u32>(record, 4) + row, <u8>digit);
  return true;
}

// @ts-ignore: decorator
@inline
function isSign(byte: u32): bool {
  return byte == MINUS || byte == PLUS;
}

function anyInt64(start: u32, end: u32, record: u32): bool {
  const isNegative = load<u8>(start) == MINUS;
  let at = start + u32(isSign(load<u8>(start)));
  if (at == end) return false;
  let value: u64 = 0;
  let digits: u32 = 0;
  for (; at != end; at++) {
    const digit = <u32>load<u8>(at) - ZERO;
    if (digit > 9) return false;
    if (digits != 0 || digit != 0) digits++;
    // Of 19 digits none is too large for u64; of more, none is an int64.
    if (digits > SIGNIFICANT_DIGITS_MAX) return false;
    value = value * 10 + <u64>digit;
  }
  if (value > <u64>i64.MAX_VALUE + u64(isNegative)) return false;
  store<i64>(load<u32>(record, 4) + (row << 3), isNegative ? -<i64>value : <i64>value);
  return true;
}

function anyFloat64(start: u32, end: u32, record: u32): bool {
  const isNegative = load<u8>(start) == MINUS;
  let significand: u64 = 0;
  let significant: u32 = 0;
  let exponent: i32 = 0;
  let digits: u32 = 0;
  let isFraction = false;
  let isCut = false;
  for (let at = start + u32(isSign(load<u8>(start))); at != end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == DOT && !isFraction) {
      isFraction = true;
      continue;
    }
    const digit = byte - ZERO;
    if (digit > 9) return false;
    digits++;
    if (significant == SIGNIFICANT_DIGITS_MAX) {
      isCut = true;
      if (!isFraction) exponent++;
      continue;
    }
    if (significant != 0 || digit != 0) significant++;
    significand = significand * 10 + <u64>digit;
    if (isFraction) exponent--;
  }
  if (digits == 0) return false;
  let value: f64 = 0;
  if (significand != 0) {
    value = nearestFloat(significand, exponent);
    // The number lies between this significand and the next: if both mean the same float, so does it.
    if (isCut && value != nearestFloat(significand + 1, exponent)) leave(start, end - start, record);
  }
  store<f64>(load<u32>(record, 4) + (row << 3), isNegative ? -value : value);
  return true;
}

/** Leaves a number to the caller: column, row, length and text, in whole words. */
function leave(start: u32, length: u32, record: u32): void {
  const bytes = (12 + length + 3) & ~3;
  reserve(SorArea.Left, <u64>leftBytes + bytes, leftBytes);
  const entry = areaBase(SorArea.Left) + leftBytes;
  store<u32>(entry, (record - records) / RECORD_BYTES);
  store<u32>(entry, row, 4);
  store<u32>(entry, length, 8);
  memory.copy(entry + 12, start, length);
  leftBytes += bytes;
}
