/** Functions of text on arrays of code points, and casts of text. */
import type { ScalarType, ValueType } from "../../src/expression/expression.js";
import { plainDay } from "./plain-dates.js";
import type { PlainValue } from "./plain-interpreter.js";

const points = (text: string): string[] => [...text];

const bytes = (text: string): Buffer => Buffer.from(text);

const padding = (text: string, length: bigint, fill: string): string => {
  const missing = Number(length) - points(text).length;
  if (fill === "" || missing <= 0) return "";
  return points(fill.repeat(missing)).slice(0, missing).join("");
};

/** Half a pair of surrogates, which a pattern without the flag u may cut off, is no text. */
const wellFormed = (text: string | undefined): string | null => (text === undefined ? null : bytes(text).toString());

export const plainText = (name: string, values: readonly (string | bigint)[]): PlainValue => {
  const text = String(values[0]);
  const second = String(values[1]);
  const third = String(values[2]);
  switch (name) {
    case "length":
      return BigInt(points(text).length);
    case "byteLength":
      return BigInt(bytes(text).length);
    case "lower":
      return text.toLowerCase();
    case "upper":
      return text.toUpperCase();
    case "trim":
      return text.trim();
    case "trimStart":
      return text.trimStart();
    case "trimEnd":
      return text.trimEnd();
    case "slice":
      return points(text)
        .slice(Number(values[1]), values[2] === undefined ? undefined : Number(values[2]))
        .join("");
    case "contains":
      return text.includes(second);
    case "startsWith":
      return text.startsWith(second);
    case "endsWith":
      return text.endsWith(second);
    case "replace":
      return second === "" ? text : text.split(second).join(third);
    case "matches":
      return new RegExp(second, third).test(text);
    case "extract":
      return wellFormed(new RegExp(second, third).exec(text)?.[Number(values[3])]);
    case "replaceMatches":
      return wellFormed(text.replace(new RegExp(second, `${third}g`), String(values[3])));
    case "concat":
      return values.join("");
    case "padStart":
      return padding(text, values[1] as bigint, third) + text;
    case "padEnd":
      return text + padding(text, values[1] as bigint, third);
    case "split":
      return second === "" ? (text === "" ? [""] : points(text)) : text.split(second);
    default:
      throw new Error(`no plain ${name}`);
  }
};

const DAY = 86_400_000_000n;

const printedDay = (days: bigint): string => {
  const { year, month, day } = plainDay(days);
  const size = String(year < 0n ? -year : year);
  const shown =
    year >= 0n && year <= 9999n ? size.padStart(4, "0") : `${year < 0n ? "-" : "+"}${size.padStart(6, "0")}`;
  return [shown, ...[month + 1, day].map((part) => String(part).padStart(2, "0"))].join("-");
};

export const plainPrint = (value: PlainValue, from: ValueType): string => {
  if (from === "date") return printedDay(value as bigint);
  if (from === "timestamp") {
    const micros = value as bigint;
    const ofDay = ((micros % DAY) + DAY) % DAY;
    const [seconds, fraction] = [ofDay / 1_000_000n, ofDay % 1_000_000n];
    const time = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, "0"));
    const digits = String(fraction).padStart(6, "0");
    const shown = fraction === 0n ? "" : `.${fraction % 1000n === 0n ? digits.slice(0, 3) : digits}`;
    return `${printedDay((micros - ofDay) / DAY)} ${time.join(":")}${shown}`;
  }
  return Object.is(value, -0) ? "-0" : String(value);
};

export const plainParse = (text: string, to: ScalarType): PlainValue | undefined => {
  const trimmed = text.trim();
  if (to === "boolean") {
    const truth = ["false", "true", "f", "t", "0", "1"].indexOf(trimmed.toLowerCase());
    return truth < 0 ? undefined : truth % 2 === 1;
  }
  if (to === "date" || to === "timestamp") {
    const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(trimmed);
    if (parts === null) return undefined;
    const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
    const date = new Date(0);
    const ms = date.setUTCFullYear(year, month - 1, day);
    if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
    return to === "date" ? BigInt(ms / 86_400_000) : BigInt(ms) * 1000n;
  }
  const number = /^[-+]?[0-9.]+(e[-+]?[0-9]+)?$/i.test(trimmed) ? Number(trimmed) : Number.NaN;
  if (Number.isNaN(number) && !/^[-+]?nan$/i.test(trimmed)) {
    if (to.startsWith("int") || !/^[-+]?inf(inity)?$/i.test(trimmed)) return undefined;
    const infinity = trimmed.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return infinity;
  }
  if (to === "float64") return number;
  if (to === "float32") {
    const rounded = Math.fround(number);
    return Number.isFinite(number) && !Number.isFinite(rounded) ? undefined : rounded;
  }
  if (!Number.isFinite(number)) return undefined;
  const integer = /^[-+]?\d+$/.test(trimmed)
    ? BigInt(trimmed.replace("+", ""))
    : BigInt(number < 0 ? -Math.round(-number) : Math.round(number));
  return BigInt.asIntN(Number(to.slice(3)), integer) === integer ? integer : undefined;
};
