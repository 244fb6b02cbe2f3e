/**
 * Parses lines of SoR into columns (columns.as).
 *
 * Most fields look like `<12>`, `<-1.5>`, `<"text">`: for each type a short straight path takes those and refuses the
 * rest; `anyField` then knows the whole grammar. Bytes are read once, and nothing checks for the end of the input: only whole
 * lines are parsed, and their "\n" stops every loop.
 */
import { areaBase, reserve } from "./areas";
import {
  addRow,
  beginBlockOfRows,
  codeBatch,
  endOfRecords,
  firstRecord,
  forgetLeft,
  forgetRow,
  hasRoom,
  leave,
  leftSize,
  noteBadRow,
  noteString,
  RECORD_BYTES,
  resetColumns,
  RowArea,
  setNull,
  Type,
  valueAt,
} from "./columns";
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
  FieldUnclosed = 3,
  TextBehindValue = 4,
  TooLong = 5,
}

const FIELD_BYTES_MAX: u32 = 255;
/** Behind the input words and keys are read as a whole. */
const SLACK_BYTES: u32 = 64;

const NEW_LINE: u32 = 10;
const SPACE: u32 = 32;
const QUOTE: u32 = 34;
const ZERO: u32 = 48;
const OPEN: u32 = 60;
const CLOSE: u32 = 62;

let discards: bool = true;

/** Positions in the input: the line to come, the end of the last whole line, the end. */
let next: u32 = 0;
let wholeEnd: u32 = 0;
let filled: u32 = 0;

let lines: u32 = 0;
let fault: u32 = Fault.None;

export function lineCount(): u32 { return lines; }
export function pendingBytes(): u32 { return filled - wholeEnd; }

/** Begins anew with `columns` columns, whose types `setType` then tells; `layOut` ends it. */
export function reset(columns: u32, texts: u32, chunkRows: u32, discardsRows: bool): void {
  resetColumns(columns, texts, chunkRows);
  discards = discardsRows;
  forgetBlock();
}

function forgetBlock(): void {
  next = 0;
  wholeEnd = 0;
  filled = 0;
  lines = 0;
}

/** Rows that are still there go on; pending bytes do not. */
export function beginBlock(): void {
  forgetBlock();
  beginBlockOfRows();
}

/** Makes room for `bytes` behind what is there and says where. */
export function inputSpace(bytes: u32): u32 {
  if (next != 0) {
    const input = areaBase(RowArea.Input);
    memory.copy(input, input + next, filled - next);
    filled -= next;
    wholeEnd -= next;
    next = 0;
  }
  reserve(RowArea.Input, <u64>filled + <u64>bytes + SLACK_BYTES, filled);
  return areaBase(RowArea.Input) + filled;
}

/** Takes `added` bytes. @returns whether the chunk is full and lines are left: clear the rows and call again. */
export function parse(added: u32, final: bool): bool {
  const input = areaBase(RowArea.Input);
  const from = input + filled;
  filled += added;
  let end = input + filled;
  while (end != from && load<u8>(end - 1) != NEW_LINE) end--;
  if (end != from) wholeEnd = end - input;
  if (final && wholeEnd != filled) {
    store<u8>(input + filled, <u8>NEW_LINE);
    wholeEnd = ++filled;
  }
  forgetLeft();
  let at = input + next;
  const linesEnd = input + wholeEnd;
  let full = false;
  while (at != linesEnd) {
    if (!hasRoom()) {
      full = true;
      break;
    }
    at = line(at);
  }
  codeBatch();
  next = at - input;
  return full;
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
  const left = leftSize();
  const recordsEnd = endOfRecords();
  let isBad = false;
  let record = firstRecord();
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
        behind = closed(shortInt64(at, valueAt(record, 3)));
        break;
      }
      case Type.Float64: {
        behind = closed(shortFloat64(at, valueAt(record, 3)));
        break;
      }
      default:
        behind = utf8Field(at, record);
    }
    if (behind == 0) {
      fault = Fault.None;
      behind = anyField(at, record);
      if (fault != Fault.None) {
        if (!isBad) noteBadRow(lines, record, fault);
        isBad = true;
        if (discards) {
          forgetRow(record, left);
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
  addRow();
  lines++;
  return behindLine(at);
}

// The straight paths. Each returns the position behind the field, or 0 for a field that it does not take.

/** Behind a value's ">". @param at - behind the value, or 0 */
// @ts-ignore: decorator
@inline
function closed(at: u32): u32 {
  return at != 0 && load<u8>(at) == CLOSE ? at + 1 : 0;
}

// @ts-ignore: decorator
@inline
function booleanField(at: u32, record: u32): u32 {
  const digit = <u32>load<u8>(at) - ZERO;
  if (digit > 1 || load<u8>(at, 1) != CLOSE) return 0;
  store<u8>(valueAt(record, 0), <u8>digit);
  return at + 2;
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
    else if (type == Type.Int64) fits = int64Of(start, end, valueAt(record, 3));
    else fits = anyFloat64(start, end, record);
  }
  if (!fits) fault = Fault.Contradicts;
  return at;
}

function anyBoolean(start: u32, length: u32, record: u32): bool {
  const digit = <u32>load<u8>(start) - ZERO;
  if (length != 1 || digit > 1) return false;
  store<u8>(valueAt(record, 0), <u8>digit);
  return true;
}

function anyFloat64(start: u32, end: u32, record: u32): bool {
  const parsed = float64Of(start, end, valueAt(record, 3), false);
  if (parsed == Parsed.Undecided) leave(start, end - start, record);
  return parsed != Parsed.No;
}
