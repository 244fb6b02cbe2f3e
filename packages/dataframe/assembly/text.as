/**
 * Splits bytes into tokens and turns each into its dictionary code.
 *
 * Delimiters are found 64 bytes at a time: four SIMD comparisons become one 64-bit mask, and its set bits are the ends
 * of tokens. So the loop over tokens ends once in 64 bytes, not once in a word, and mispredicts as rarely.
 * (The idea is that of simdjson: Langdale, Lemire, "Parsing gigabytes of JSON per second", VLDB Journal 28, 2019.)
 */
import { Area, areaBase, releaseAreas, reserve } from "./areas";
import { beginBlock as beginDictionaryBlock, codeOf, resetDictionary } from "./dictionary";

export { areaBase, setPageCountMax } from "./areas";
export { blockDistinct, dictionaryBytesUsed, dictionarySize } from "./dictionary";

const GROUP_BYTES: u32 = 64;
/** Behind the input: a group and a key are read as a whole although the input ends inside. */
const SLACK_BYTES: u32 = 64;
const CARRIAGE_RETURN: u8 = 13;
const TABLE_BITS_FIRST: u32 = 12;

let pending: u32 = 0;
let codeTotal: u32 = 0;

export function pendingBytes(): u32 { return pending; }
export function dropPending(): void { pending = 0; }
export function codeCount(): u32 { return codeTotal; }
export function clearCodes(): void { codeTotal = 0; }

export function reset(): void {
  releaseAreas();
  resetDictionary(Area.Bytes, TABLE_BITS_FIRST);
  pending = 0;
  codeTotal = 0;
}

export function beginBlock(): void {
  beginDictionaryBlock();
  pending = 0;
}

/** Makes room for `bytes` behind the pending ones and says where. */
export function inputSpace(bytes: u32): u32 {
  reserve(Area.Input, <u64>pending + <u64>bytes + SLACK_BYTES, pending);
  return areaBase(Area.Input) + pending;
}

/** One bit for each of 16 bytes: is it one of space, \t, \n, \v, \f, \r? */
// @ts-ignore: decorator
@inline
function whiteSpace(at: u32): u64 {
  const bytes = v128.load(at);
  const control = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(9)), i8x16.splat(5));
  return <u64>i8x16.bitmask(v128.or(control, i8x16.eq(bytes, i8x16.splat(32))));
}

// @ts-ignore: decorator
@inline
function newLine(at: u32): u64 {
  return <u64>i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(10)));
}

// @ts-ignore: decorator
@inline
function delimiters(at: u32, lines: bool): u64 {
  return lines
    ? newLine(at) | (newLine(at + 16) << 16) | (newLine(at + 32) << 32) | (newLine(at + 48) << 48)
    : whiteSpace(at) | (whiteSpace(at + 16) << 16) | (whiteSpace(at + 32) << 32) | (whiteSpace(at + 48) << 48);
}

/** Where the next code goes, with room for a group of them and one more. */
// @ts-ignore: decorator
@inline
function codeSpace(total: u32): u32 {
  reserve(Area.Codes, (<u64>total + GROUP_BYTES + 1) << 2, total << 2);
  return areaBase(Area.Codes) + (total << 2);
}

// @ts-ignore: decorator
@inline
function split(lines: bool, added: u32, final: bool): u32 {
  const input = areaBase(Area.Input);
  const end = input + pending + added;
  let start = input;
  let total = codeTotal;
  // Pending bytes hold no delimiter: a token that grows piece by piece is scanned once.
  for (let at = input + pending; at < end; at += GROUP_BYTES) {
    let mask = delimiters(at, lines);
    if (end - at < GROUP_BYTES) mask &= ((<u64>1) << <u64>(end - at)) - 1;
    let out = codeSpace(total);
    const first = out;
    while (mask != 0) {
      const delimiter = at + <u32>ctz<u64>(mask);
      mask &= mask - 1;
      let length = delimiter - start;
      if (lines) {
        if (length != 0 && load<u8>(delimiter - 1) == CARRIAGE_RETURN) length--;
      }
      if (lines || length != 0) {
        store<u32>(out, codeOf(start, length));
        out += 4;
      }
      start = delimiter + 1;
    }
    total += (out - first) >> 2;
  }
  if (final && start < end) {
    store<u32>(codeSpace(total), codeOf(start, end - start));
    total++;
    start = end;
  }
  pending = end - start;
  if (start != input) memory.copy(input, start, pending);
  codeTotal = total;
  return pending;
}

export function splitWords(added: u32, final: bool): u32 {
  return split(false, added, final);
}

export function splitLines(added: u32, final: bool): u32 {
  return split(true, added, final);
}

/**
 * Takes `count` strings from the input, where `offsets` (count + 1 of u32, from `origin` on) stand behind the bytes.
 * False when an offset falls or points outside; strings before it are taken.
 */
export function intern(bytes: u32, offsets: u32, count: u32): bool {
  const input = areaBase(Area.Input);
  const origin = load<u32>(offsets);
  let from: u32 = 0;
  for (let index: u32 = 1; index <= count; index++) {
    const to = load<u32>(offsets + (index << 2)) - origin;
    if (to < from || to > bytes) return false;
    store<u32>(codeSpace(codeTotal), codeOf(input + from, to - from));
    codeTotal++;
    from = to;
  }
  return true;
}
