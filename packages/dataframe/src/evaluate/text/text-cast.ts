/** Text to values and back. White space around a value does not matter. */
import { parseDate, parseTimestamp } from "../../calendar/parse-date.js";
import { decodeText } from "../../column/decode-text.js";
import type { Cast } from "../../expression/expression.js";
import { printDate, printTimestamp } from "../../print/print-date.js";
import { TextBuilder } from "../../vector/text-builder.js";
import type { Leaf } from "../leaf.js";
import { STATE_FAILED } from "../loop.js";
import { rowText, type TextRows } from "./text-rows.js";

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const SPECIAL = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i;

const parseFloat64 = (text: string): number | undefined => {
  if (NUMBER.test(text)) return Number(text);
  const special = SPECIAL.exec(text);
  if (special === null) return undefined;
  if (special[2] !== undefined) return Number.NaN;
  return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
};

/** Other numbers are rounded, half away from zero. */
const parseInteger = (text: string): bigint | undefined => {
  if (INTEGER.test(text)) return BigInt(text.startsWith("+") ? text.slice(1) : text);
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(number)) return undefined;
  return BigInt(number < 0 ? -Math.round(-number) : Math.round(number));
};

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["t", true],
  ["1", true],
  ["false", false],
  ["f", false],
  ["0", false],
]);

const INTEGER_BITS = { int8: 8, int16: 16, int32: 32, int64: 64 } as const;

/** The value that a type has for a text; undefined if it has none. */
const parserOf = (type: Leaf["type"]): ((text: string) => bigint | number | boolean | undefined) => {
  switch (type) {
    case "boolean":
      return (text) => TRUTHS.get(text.toLowerCase());
    case "float64":
      return parseFloat64;
    case "float32":
      return (text) => {
        const value = parseFloat64(text);
        const rounded = value === undefined ? undefined : Math.fround(value);
        return Number.isFinite(value) && !Number.isFinite(rounded) ? undefined : rounded;
      };
    case "date":
      return parseDate;
    case "timestamp":
      return parseTimestamp;
    default: {
      const bits = INTEGER_BITS[type];
      return (text) => {
        const value = parseInteger(text);
        return value !== undefined && BigInt.asIntN(bits, value) === value ? value : undefined;
      };
    }
  }
};

const valuesFor = (type: Leaf["type"], rowCount: number): Leaf["values"] => {
  if (type === "boolean") return new Uint8Array(rowCount);
  if (type === "int64" || type === "timestamp") return new BigInt64Array(rowCount);
  return type === "float64" || type === "float32" ? new Float64Array(rowCount) : new Int32Array(rowCount);
};

export const castText = (cast: Cast, text: TextRows): Leaf => {
  const type = cast.type as Leaf["type"];
  const { rowCount, offsets, bytes, positions } = text;
  const parse = parserOf(type);
  const values = valuesFor(type, rowCount);
  const refused = cast.onFailure === "null" ? 1 : STATE_FAILED + text.sites.length;
  let states = text.states?.slice();
  for (let row = 0; row < rowCount; row++) {
    if (states !== undefined && states[row] !== 0) continue;
    const at = positions[row]!;
    const value = parse(decodeText(bytes.subarray(offsets[at], offsets[at + 1])).trim());
    if (value !== undefined) values[row] = values instanceof BigInt64Array ? BigInt(value) : Number(value);
    else {
      states ??= new Uint8Array(rowCount);
      states[row] = Math.min(refused, 255);
    }
  }
  const sites = [...text.sites, { code: "CAST_FAILED" as const, expression: cast }];
  return { type, values: narrowed(values, states), states, sites };
};

/** As numbers where all are exact: loops are faster with them. */
const narrowed = (values: Leaf["values"], states: Uint8Array | undefined): Leaf["values"] => {
  if (!(values instanceof BigInt64Array)) return values;
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const number = Number(values[row]);
    if (!Number.isSafeInteger(number) && (states === undefined || states[row] === 0)) return values;
    numbers[row] = number;
  }
  return numbers;
};

/** @param printed - of a value of `leaf`. */
const printerOf = (type: Leaf["type"]): ((value: number | bigint) => string) => {
  switch (type) {
    case "boolean":
      return (value) => (value === 1 ? "true" : "false");
    case "date":
      return (value) => printDate(Number(value));
    case "timestamp":
      return (value) => printTimestamp(BigInt(value));
    case "float64":
    case "float32":
      return (value) => (Object.is(value, -0) ? "-0" : String(value));
    default:
      return String;
  }
};

export const textOfValues = (leaf: Leaf): TextRows => {
  const { values, states, sites } = leaf;
  const rowCount = values.length;
  const print = printerOf(leaf.type);
  const into = new TextBuilder(rowCount, rowCount * 8);
  for (let row = 0; row < rowCount; row++) {
    if (states === undefined || states[row] === 0) into.appendString(print(values[row]!));
    into.endRow();
  }
  return rowText(into.offsets, into.bytes, rowCount, { states, sites });
};
