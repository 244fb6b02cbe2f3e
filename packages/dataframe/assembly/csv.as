/**
 * Parses rows of CSV into columns (columns.as).
 *
 * For each type a short straight path takes fields as they usually are and refuses the rest; `anyField` then knows the whole
 * grammar. Nothing checks for the end of the input: a line break stands behind it and stops every loop but that over
 * quoted text. A row that ends at that line break may go on: it is taken back and waits for more bytes, unless there are none.
 *
 * Types may be guesses. What does not fit a guessed type is noted for its column and becomes null: the caller will find a
 * type for what was noted and read all again.
 */
import { areaBase, reserve } from "./areas";
import {
  addRow,
  beginBlockOfRows,
  codeBatch,
  DOUBLED_QUOTES,
  endOfRecords,
  firstRecord,
  forgetLeft,
  forgetRow,
  FORMAT_STATE,
  hasRoom,
  leave,
  leftSize,
  noteBadRow,
  noteString,
  RECORD_BYTES,
  recordOf,
  resetColumns,
  RowArea,
  setNull,
  Type,
  useQuote,
  valueAt,
} from "./columns";
import { dateOf, timestampOf } from "./dates";
import { float64Of, int64Of, Parsed, shortFloat64, shortInt64 } from "./numbers";

export { setPageCountMax } from "./areas";
export {
  badRowCount,
  badRowsBase,
  blockRowCount,
  blockValuesOf,
  clearRows,
  dictionariesBytes,
  finishRows,
  layOut,
  leftBase,
  leftEnd,
  nullCountOf,
  rowCount,
  setType,
  useDictionary,
  validityOf,
  valuesOf,
} from "./columns";
export { blockDistinct, dictionaryBytesBase, dictionaryBytesUsed, dictionaryOffsetsBase, dictionarySize } from "./dictionary";
export { powersOfFive } from "./nearest-float";

/** Why a row is bad: their positions in src/text/bad-rows.ts. */
const enum Fault {
  None = 0,
  Contradicts = 1,
  QuoteUnclosed = 2,
  TextBehindQuote = 6,
  FieldsMissing = 7,
  FieldsLeft = 8,
}

/** What a column is told, at FORMAT_STATE of its record. */
const enum Flag {
  /** Its type is a guess. */
  Guessed = 1,
  /** Spellings of null are null in it although it is of text. */
  NullTexts = 2,
}

/** What has been seen that a guessed type does not take; src/csv/csv-types.ts names them. */
const enum Seen {
  /** Neither this type nor another of those below. */
  Text = 1,
  /** In a column of integers: a number with a point or an exponent, or -0. */
  Decimal = 2,
  /** In a column of integers: one that float64 may not hold exactly. It fits, but stands against making floats of it. */
  Large = 4,
  /** In a column of dates: one with a time. */
  Time = 8,
}

// A record's own words.
const FLAGS: u32 = FORMAT_STATE;
const SEEN: u32 = FORMAT_STATE + 4;
/** What the row to come would add. */
const ROW_SEEN: u32 = FORMAT_STATE + 8;
const DATE_FORMAT: u32 = FORMAT_STATE + 12;

/** Behind the input words and keys are read as a whole. */
const SLACK_BYTES: u32 = 64;
const NULLS_MAX: u32 = 16;
const NULL_BYTES: u32 = 16;
/** Up to it integers are floats. */
const EXACT_MAX: u64 = 1 << 53;

const CARRIAGE_RETURN: u32 = 13;
const SPACE: u32 = 32;
const MINUS: u32 = 45;
const PLUS: u32 = 43;
const DOT: u32 = 46;
const ZERO: u32 = 48;
const CASE_BITS: u32 = 0x20202020;
const TRUE: u32 = 0x65757274;
const FALS: u32 = 0x736c6166;
const LOWER_E: u32 = 101;

/** Spellings of null: 15 bytes and their number. */
const NULLS = memory.data(256, 16);
/** Where values go that only are to be recognized. */
const UNUSED = memory.data(8, 8);
let nullCount: u32 = 0;
let emptyIsNull: bool = true;
/** A spelling of null looks like a number: the straight paths would take it for one. */
let nullIsNumber: bool = false;

/** 256 where there is none. */
let quote: u32 = 34;
let delimiter: u32 = 44;
let newLine: u32 = 10;
let discards: bool = true;

/** Positions in the input: the row to come, the last end of a line, the end. */
let next: u32 = 0;
let wholeEnd: u32 = 0;
let filled: u32 = 0;
/** Rows that go on are not tried again before there are so many bytes of them: a giant one costs linear time. */
let retryBytes: u32 = 0;
/** Bytes of the block's rows that are no longer in the input. */
let passed: u64 = 0;
let inputEnd: u32 = 0;

let lines: u32 = 0;
/** Line breaks inside the row to come. */
let lineBreaks: u32 = 0;
let fault: u32 = Fault.None;
let rowHasSeen: bool = false;
/** The line on which a quote opened that was not closed in what there is, and its column; or none. */
let openLine: u32 = 0xffffffff;
let openColumn: u32 = 0;
let isLast: bool = false;

export function lineCount(): u32 { return lines; }
export function pendingBytes(): u32 { return filled - next; }
/** Bytes of the rows since the block began. */
export function rowBytes(): f64 { return <f64>passed + <f64>next; }
export function openQuoteLine(): u32 { return openLine; }
export function openQuoteColumn(): u32 { return openColumn; }
export function nullsBase(): u32 { return <u32>NULLS; }
export function seenIn(column: u32): u32 { return load<u32>(recordOf(column), SEEN); }

/** Begins anew with `columns` columns, whose types `setType` and `setFlags` then tell; `layOut` ends it. */
export function reset(columns: u32, texts: u32, chunkRows: u32, discardsRows: bool, formatBytes: u32): void {
  resetColumns(columns, texts, chunkRows);
  reserve(RowArea.Formats, <u64>formatBytes + 1, 0);
  discards = discardsRows;
  forgetBlock();
}

/** @param quoteByte - 256 where there is none. */
export function setDialect(delimiterByte: u32, quoteByte: u32, newLineByte: u32): void {
  delimiter = delimiterByte;
  quote = quoteByte;
  newLine = newLineByte;
  useQuote(quoteByte);
}

/** @param count - of spellings that have been written to `nullsBase`. */
export function setNulls(count: u32, isEmptyNull: bool): void {
  nullCount = min<u32>(count, NULLS_MAX);
  emptyIsNull = isEmptyNull;
  nullIsNumber = false;
  for (let index: u32 = 0; index < nullCount; index++) {
    const first: u32 = load<u8>(NULLS + index * NULL_BYTES);
    if (first - ZERO <= 9 || first == MINUS || first == DOT) nullIsNumber = true;
  }
}

export function formatsBase(): u32 { return areaBase(RowArea.Formats); }

/** @param format - address of the program of a date; 0: ISO. */
export function setFlags(column: u32, flags: u32, format: u32): void {
  const record = recordOf(column);
  store<u32>(record, flags, FLAGS);
  store<u32>(record, format, DATE_FORMAT);
}

function forgetBlock(): void {
  next = 0;
  wholeEnd = 0;
  filled = 0;
  retryBytes = 0;
  passed = 0;
  lines = 0;
  openLine = 0xffffffff;
}

/** Rows that are still there go on; pending bytes do not, and what was seen is forgotten. */
export function beginBlock(): void {
  forgetBlock();
  beginBlockOfRows();
  const recordsEnd = endOfRecords();
  for (let record = firstRecord(); record != recordsEnd; record += RECORD_BYTES) store<u32>(record, 0, SEEN);
}

/** Makes room for `bytes` behind what is there and says where. */
export function inputSpace(bytes: u32): u32 {
  if (next != 0) {
    const input = areaBase(RowArea.Input);
    memory.copy(input, input + next, filled - next);
    filled -= next;
    wholeEnd -= min<u32>(next, wholeEnd);
    passed += <u64>next;
    next = 0;
  }
  reserve(RowArea.Input, <u64>filled + <u64>bytes + SLACK_BYTES, filled);
  return areaBase(RowArea.Input) + filled;
}

/**
 * Takes `added` bytes.
 * @param final - none follow.
 * @param single - at most one row.
 * @returns whether the chunk is full and rows are left: clear them and call again.
 */
export function parse(added: u32, final: bool, single: bool): bool {
  const input = areaBase(RowArea.Input);
  const from = input + filled;
  filled += added;
  inputEnd = input + filled;
  let end = inputEnd;
  while (end != from && load<u8>(end - 1) != newLine) end--;
  if (end != from) wholeEnd = end - input;
  store<u8>(inputEnd, <u8>newLine);
  isLast = final;
  forgetLeft();
  let at = input + next;
  const rowsEnd = final ? inputEnd : input + wholeEnd;
  let full = false;
  if (final || added == 0 || filled - next >= retryBytes) {
    retryBytes = 0;
    openLine = 0xffffffff;
    while (at < rowsEnd) {
      if (!hasRoom()) {
        full = true;
        break;
      }
      const behind = row(at);
      if (behind == 0) {
        retryBytes = (inputEnd - at) << 1;
        break;
      }
      at = min<u32>(behind, inputEnd);
      if (single) break;
    }
  }
  codeBatch();
  next = at - input;
  return full;
}

/** Parses the row at `at`. @returns where the next one begins; or 0: it goes on behind the input */
function row(at: u32): u32 {
  let end = lineEnd(at);
  const recordsEnd = endOfRecords();
  let record = firstRecord();
  // An empty line is no row, unless a single column makes it one that is null.
  if (end != 0 && recordsEnd - record != RECORD_BYTES) {
    if (end == inputEnd && !isLast) return 0;
    lines++;
    return end + 1;
  }
  const left = leftSize();
  let bad: u32 = Fault.None;
  let badRecord: u32 = 0;
  lineBreaks = 0;
  rowHasSeen = false;
  while (true) {
    end = 0;
    switch (load<u32>(record)) {
      case Type.Int64: {
        if (!nullIsNumber) end = int64Field(at, record);
        break;
      }
      case Type.Float64: {
        if (!nullIsNumber) end = float64Field(at, record);
        break;
      }
      case Type.Utf8: {
        end = textField(at, record);
        break;
      }
      default:
    }
    if (end == 0) {
      fault = Fault.None;
      end = anyField(at, record);
      if (end == 0) {
        forgetSeen();
        forgetRow(record, left);
        return 0;
      }
      if (fault != Fault.None) {
        if (bad == Fault.None) {
          bad = fault;
          badRecord = record;
        }
        setNull(record);
      }
    }
    record += RECORD_BYTES;
    const isDelimited = load<u8>(end) == delimiter;
    if (record == recordsEnd) {
      if (!isDelimited) break;
      if (bad == Fault.None) {
        bad = Fault.FieldsLeft;
        badRecord = record - RECORD_BYTES;
      }
      end = restOfRow(end + 1);
      if (end == 0) {
        forgetSeen();
        forgetRow(record, left);
        return 0;
      }
      break;
    }
    if (!isDelimited) {
      if (bad == Fault.None) {
        bad = Fault.FieldsMissing;
        badRecord = record;
      }
      for (; record != recordsEnd; record += RECORD_BYTES) setNull(record);
      break;
    }
    at = end + 1;
  }
  if (end == inputEnd && !isLast) {
    forgetSeen();
    forgetRow(recordsEnd, left);
    return 0;
  }
  if (bad != Fault.None) noteBadRow(lines, badRecord, bad);
  lines += 1 + lineBreaks;
  if (bad != Fault.None && discards) {
    forgetSeen();
    forgetRow(recordsEnd, left);
  } else {
    if (rowHasSeen) keepSeen();
    addRow();
  }
  return end + 1;
}

function forgetSeen(): void {
  if (!rowHasSeen) return;
  const recordsEnd = endOfRecords();
  for (let record = firstRecord(); record != recordsEnd; record += RECORD_BYTES) store<u32>(record, 0, ROW_SEEN);
}

function keepSeen(): void {
  const recordsEnd = endOfRecords();
  for (let record = firstRecord(); record != recordsEnd; record += RECORD_BYTES) {
    store<u32>(record, load<u32>(record, SEEN) | load<u32>(record, ROW_SEEN), SEEN);
    store<u32>(record, 0, ROW_SEEN);
  }
}

function see(record: u32, what: u32): void {
  rowHasSeen = true;
  store<u32>(record, load<u32>(record, ROW_SEEN) | what, ROW_SEEN);
}

/** Where the line break at `at` ends the field: at its last byte; 0 if there is none. */
// @ts-ignore: decorator
@inline
function lineEnd(at: u32): u32 {
  const byte: u32 = load<u8>(at);
  if (byte == newLine) return at;
  return byte == CARRIAGE_RETURN && load<u8>(at, 1) == newLine ? at + 1 : 0;
}

/** The delimiter or line break at `at`, which ends the field before it; 0 if there is none. */
// @ts-ignore: decorator
@inline
function fieldEnd(at: u32): u32 {
  return load<u8>(at) == delimiter ? at : lineEnd(at);
}

/** The next delimiter or line break. */
// @ts-ignore: decorator
@inline
function bareEnd(at: u32): u32 {
  while (true) {
    const bytes = v128.load(at);
    const stops = v128.or(i8x16.eq(bytes, i8x16.splat(<i8>delimiter)), i8x16.eq(bytes, i8x16.splat(<i8>newLine)));
    const mask = i8x16.bitmask(stops);
    if (mask != 0) return at + <u32>ctz<i32>(mask);
    at += 16;
  }
  // @ts-ignore: unreachable
  return 0;
}

let hasDoubledQuotes: u32 = 0;

/** The quote that closes the text at `at`; 0 if the input ends first. Counts line breaks. */
function quotedEnd(at: u32): u32 {
  hasDoubledQuotes = 0;
  while (at < inputEnd) {
    const bytes = v128.load(at);
    const quotes = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>quote)));
    const breaks = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>newLine)));
    if (quotes == 0) {
      lineBreaks += <u32>popcnt<i32>(breaks);
      at += 16;
      continue;
    }
    const index = ctz<i32>(quotes);
    lineBreaks += <u32>popcnt<i32>(breaks & ((1 << index) - 1));
    at += <u32>index;
    if (at >= inputEnd) break;
    if (load<u8>(at, 1) != quote) return at;
    hasDoubledQuotes = DOUBLED_QUOTES;
    at += 2;
  }
  return 0;
}

/** Behind the last field that counts: the line break that ends the row; 0 if the input ends in a quote. */
function restOfRow(at: u32): u32 {
  while (true) {
    fault = Fault.None;
    const end = passField(at);
    if (end == 0 || load<u8>(end) != delimiter) return end;
    at = end + 1;
  }
  // @ts-ignore: unreachable
  return 0;
}

// The straight paths. Each returns the delimiter or line break behind the field, or 0 for a field that it does not take.

/** Whether an integer may not be one: "007" and "-0" lose something. */
// @ts-ignore: decorator
@inline
function isOdd(start: u32, end: u32): bool {
  return end - start > 1 && load<u8>(start + u32(load<u8>(start) == MINUS)) == ZERO;
}

// @ts-ignore: decorator
@inline
function int64Field(at: u32, record: u32): u32 {
  const isQuoted = load<u8>(at) == quote;
  const start = at + u32(isQuoted);
  let end = shortInt64(start, valueAt(record, 3));
  if (end == 0 || isOdd(start, end)) return 0;
  if (isQuoted) {
    if (load<u8>(end) != quote) return 0;
    end++;
  }
  return fieldEnd(end);
}

// @ts-ignore: decorator
@inline
function float64Field(at: u32, record: u32): u32 {
  const isQuoted = load<u8>(at) == quote;
  const start = at + u32(isQuoted);
  let end = shortFloat64(start, valueAt(record, 3));
  if (end == 0 || hasLeadingZero(start)) return 0;
  if (isQuoted) {
    if (load<u8>(end) != quote) return 0;
    end++;
  }
  return fieldEnd(end);
}

/** A zero and a digit behind it. */
// @ts-ignore: decorator
@inline
function hasLeadingZero(start: u32): bool {
  start += u32(load<u8>(start) == MINUS);
  return load<u8>(start) == ZERO && <u32>load<u8>(start, 1) - ZERO <= 9;
}

// @ts-ignore: decorator
@inline
function textField(at: u32, record: u32): u32 {
  const first: u32 = load<u8>(at);
  if (first == quote) return quotedText(at, record);
  if (first == SPACE) return 0;
  const end = bareEnd(at);
  let length = end - at;
  if (load<u8>(end) == newLine && length != 0 && load<u8>(end - 1) == CARRIAGE_RETURN) length--;
  if (load<u32>(record, FLAGS) != 0) return 0;
  if (length != 0) noteString(record, at, length);
  else if (emptyIsNull) setNull(record);
  else return 0;
  return end;
}

function quotedText(at: u32, record: u32): u32 {
  const breaks = lineBreaks;
  const quoteEnd = quotedEnd(at + 1);
  if (quoteEnd != 0) {
    const end = fieldEnd(quoteEnd + 1);
    if (end != 0) {
      noteString(record, at + 1, (quoteEnd - at - 1) | hasDoubledQuotes);
      return end;
    }
  }
  lineBreaks = breaks;
  return 0;
}

// The whole grammar.

// @ts-ignore: decorator
@inline
function behindSpaces(at: u32): u32 {
  if (delimiter == SPACE) return at;
  while (load<u8>(at) == SPACE) at++;
  return at;
}

/** The text of the field that `passField` has passed, without its quotes. */
let textStart: u32 = 0;
let textEnd: u32 = 0;
let isQuoted: bool = false;

/**
 * Passes the field at `at`. Sets `fault` if text follows its closing quote.
 * @returns the delimiter or line break behind it; 0 if the input ends in a quote
 */
function passField(at: u32): u32 {
  const first = behindSpaces(at);
  isQuoted = load<u8>(first) == quote;
  if (!isQuoted) {
    const end = bareEnd(at);
    textStart = at;
    textEnd = end;
    if (load<u8>(end) == newLine && end != at && load<u8>(end - 1) == CARRIAGE_RETURN) textEnd--;
    return end;
  }
  textStart = first + 1;
  const openedOn = lines + lineBreaks;
  textEnd = quotedEnd(textStart);
  if (textEnd == 0) {
    openLine = openedOn;
    return 0;
  }
  const behind = behindSpaces(textEnd + 1);
  const end = fieldEnd(behind);
  if (end != 0) return end;
  fault = Fault.TextBehindQuote;
  return bareEnd(behind);
}

/** The field at `at`. Sets `fault` if it is bad. @returns the delimiter or line break behind it; 0 if the input ends in a quote */
function anyField(at: u32, record: u32): u32 {
  const end = passField(at);
  if (end == 0) {
    openColumn = (record - firstRecord()) / RECORD_BYTES;
    return 0;
  }
  if (fault == Fault.None) takeValue(record);
  return end;
}

function takeValue(record: u32): void {
  const type = load<u32>(record);
  if (type == Type.None) return;
  let start = textStart;
  let end = textEnd;
  const flags = load<u32>(record, FLAGS);
  if (type == Type.Utf8) {
    const isNull =
      (start == end && !isQuoted && emptyIsNull) ||
      ((flags & Flag.NullTexts) != 0 && !isQuoted && isNullText(start, end));
    if (isNull) setNull(record);
    else noteString(record, start, (end - start) | (isQuoted ? hasDoubledQuotes : 0));
    return;
  }
  while (start != end && load<u8>(start) == SPACE) start++;
  while (start != end && load<u8>(end - 1) == SPACE) end--;
  if (start == end || isNullText(start, end)) {
    setNull(record);
    return;
  }
  const isGuessed = (flags & Flag.Guessed) != 0;
  if (takesValue(record, type, start, end, isGuessed)) return;
  if (isGuessed) {
    see(record, whatIsSeen(record, type, start, end));
    setNull(record);
  } else {
    fault = Fault.Contradicts;
  }
}

function isNullText(start: u32, end: u32): bool {
  const length = end - start;
  if (length == 0 || length >= NULL_BYTES) return false;
  for (let index: u32 = 0; index < nullCount; index++) {
    const text = NULLS + index * NULL_BYTES;
    if (<u32>load<u8>(text + NULL_BYTES - 1) != length) continue;
    let same: u32 = 0;
    while (same != length && load<u8>(text + same) == load<u8>(start + same)) same++;
    if (same == length) return true;
  }
  return false;
}

function takesValue(record: u32, type: u32, start: u32, end: u32, isGuessed: bool): bool {
  switch (type) {
    case Type.Boolean:
      return booleanOf(start, end, valueAt(record, 0), isGuessed);
    case Type.Int64: {
      const to = valueAt(record, 3);
      if (isGuessed && isOddInteger(start, end)) return false;
      if (!int64Of(start, end, to)) return false;
      if (isGuessed && isLarge(to)) see(record, Seen.Large);
      return true;
    }
    case Type.Float64:
      return takesFloat(record, start, end, isGuessed);
    case Type.Date:
      return dateOf(start, end, load<u32>(record, DATE_FORMAT), valueAt(record, 2));
    default:
      return timestampOf(start, end, load<u32>(record, DATE_FORMAT), valueAt(record, 3));
  }
}

// @ts-ignore: decorator
@inline
function isLarge(value: u32): bool {
  const number = load<i64>(value);
  return <u64>(number < 0 ? -number : number) > EXACT_MAX;
}

/** As `isOdd`, with a plus. */
function isOddInteger(start: u32, end: u32): bool {
  if (load<u8>(start) == PLUS) start++;
  return isOdd(start, end);
}

/** true, false, in any case; 1 and 0 where the type is declared. */
function booleanOf(start: u32, end: u32, to: u32, isGuessed: bool): bool {
  const length = end - start;
  const word = load<u32>(start) | CASE_BITS;
  if (length == 4 && word == TRUE) {
    store<u8>(to, 1);
    return true;
  }
  if (length == 5 && word == FALS && (<u32>load<u8>(start, 4) | 32) == LOWER_E) {
    store<u8>(to, 0);
    return true;
  }
  const digit = <u32>load<u8>(start) - ZERO;
  if (isGuessed || length != 1 || digit > 1) return false;
  store<u8>(to, <u8>digit);
  return true;
}

function takesFloat(record: u32, start: u32, end: u32, isGuessed: bool): bool {
  const to = valueAt(record, 3);
  if (isGuessed && losesText(start, end, <u32>UNUSED)) return false;
  const parsed = float64Of(start, end, to, true);
  if (parsed == Parsed.Undecided) leave(start, end - start, record);
  return parsed != Parsed.No || namedFloat(start, end, to);
}

/** Whether a number would not be the same text again: it has leading zeros, or is an integer that float64 may not hold. */
function losesText(start: u32, end: u32, to: u32): bool {
  const digits = start + u32(load<u8>(start) == PLUS);
  if (hasLeadingZero(digits)) return true;
  for (let at = start; at != end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte - ZERO > 9 && !(at == start && (byte == MINUS || byte == PLUS))) return false;
  }
  return !int64Of(start, end, to) || isLarge(to);
}

/** nan, inf and infinity, in any case, with a sign. */
function namedFloat(start: u32, end: u32, to: u32): bool {
  const isNegative = load<u8>(start) == MINUS;
  start += u32(isNegative || load<u8>(start) == PLUS);
  const length = end - start;
  if (length != 3 && length != 8) return false;
  const three = (load<u32>(start) | CASE_BITS) & 0xffffff;
  if (length == 3 && three == 0x6e616e) {
    store<f64>(to, NaN);
    return true;
  }
  const isInfinity = length == 8 && ((load<u64>(start) | 0x2020202020202020) == 0x7974696e69666e69);
  if (!isInfinity && !(length == 3 && three == 0x666e69)) return false;
  store<f64>(to, isNegative ? -Infinity : Infinity);
  return true;
}

/** What a value is that its guessed type does not take. */
function whatIsSeen(record: u32, type: u32, start: u32, end: u32): u32 {
  const unused = <u32>UNUSED;
  if (type == Type.Int64) {
    if (losesText(start, end, unused)) return Seen.Text;
    const isFloat = float64Of(start, end, unused, true) != Parsed.No || namedFloat(start, end, unused);
    return isFloat ? Seen.Decimal : Seen.Text;
  }
  // A date column of another format has no times.
  if (type == Type.Date && load<u32>(record, DATE_FORMAT) == 0) {
    return timestampOf(start, end, 0, unused) ? Seen.Time : Seen.Text;
  }
  return Seen.Text;
}
