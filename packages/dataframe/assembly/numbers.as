/**
 * Text to int64 and float64: the numbers of every format.
 *
 * Most numbers have few digits: a short straight path takes those, eight digits at a time, and refuses the rest; the others
 * know the whole grammar. A float64 is what JavaScript's `Number` makes of the text, bit for bit.
 */
import { digitCount, numberOf, powerOfTen, ZEROS } from "./digits";
import { EXPONENT_MAX, EXPONENT_MIN, nearestFloat } from "./nearest-float";

const PLUS: u32 = 43;
const MINUS: u32 = 45;
const DOT: u32 = 46;
const ZERO: u32 = 48;
const LOWER_E: u32 = 101;
const CASE_BIT: u32 = 32;
const SIGNIFICANT_DIGITS_MAX: u32 = 19;
/** Beyond every exponent that matters, and far from overflow. */
const EXPONENT_BOUND: i32 = 100000;

/** An integer of up to 15 digits at `at`. @returns the position behind it, with the value at `to`; or 0, and `to` is undefined */
// @ts-ignore: decorator
@inline
export function shortInt64(at: u32, to: u32): u32 {
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
  store<i64>(to, isNegative ? -<i64>value : <i64>value);
  return at;
}

/** As above: up to 15 digits before the point, 23 behind it, and 19 in all; no exponent. */
// @ts-ignore: decorator
@inline
export function shortFloat64(at: u32, to: u32): u32 {
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
  if (digits == 0 || digits > SIGNIFICANT_DIGITS_MAX) return 0;
  const value = nearestFloat(significand, -<i32>fraction);
  store<f64>(to, isNegative ? -value : value);
  return at;
}

// @ts-ignore: decorator
@inline
function isSign(byte: u32): bool {
  return byte == MINUS || byte == PLUS;
}

/** [start, end) as an int64 at `to`. @returns whether it is one: [+-]? digit+, inside the range */
export function int64Of(start: u32, end: u32, to: u32): bool {
  if (start == end) return false;
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
  store<i64>(to, isNegative ? -<i64>value : <i64>value);
  return true;
}

export const enum Parsed {
  /** It is no number. */
  No = 0,
  Yes = 1,
  /** It is one that has more digits, or a larger exponent, than are decided here. */
  Undecided = 2,
}

/** [start, end) as a float64 at `to`: [+-]? digit* [. digit*], with a digit; and [eE] [+-]? digit+ where `exponents` are allowed. */
export function float64Of(start: u32, end: u32, to: u32, exponents: bool): Parsed {
  if (start == end) return Parsed.No;
  const isNegative = load<u8>(start) == MINUS;
  let significand: u64 = 0;
  let significant: u32 = 0;
  let exponent: i32 = 0;
  let digits: u32 = 0;
  let isFraction = false;
  let isCut = false;
  let at = start + u32(isSign(load<u8>(start)));
  for (; at != end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == DOT && !isFraction) {
      isFraction = true;
      continue;
    }
    const digit = byte - ZERO;
    if (digit > 9) {
      if (!exponents || (byte | CASE_BIT) != LOWER_E) return Parsed.No;
      break;
    }
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
  if (digits == 0) return Parsed.No;
  if (at != end) {
    at++;
    if (at == end) return Parsed.No;
    const isDown = load<u8>(at) == MINUS;
    at += u32(isSign(load<u8>(at)));
    if (at == end) return Parsed.No;
    let written: i32 = 0;
    for (; at != end; at++) {
      const digit = <u32>load<u8>(at) - ZERO;
      if (digit > 9) return Parsed.No;
      written = min<i32>(EXPONENT_BOUND, written * 10 + <i32>digit);
    }
    exponent += isDown ? -written : written;
  }
  let value: f64 = 0;
  if (significand != 0) {
    if (exponent < EXPONENT_MIN || exponent > EXPONENT_MAX) return Parsed.Undecided;
    value = nearestFloat(significand, exponent);
    // The number lies between this significand and the next: if both mean the same float, so does it.
    if (isCut && value != nearestFloat(significand + 1, exponent)) return Parsed.Undecided;
  }
  store<f64>(to, isNegative ? -value : value);
  return Parsed.Yes;
}
