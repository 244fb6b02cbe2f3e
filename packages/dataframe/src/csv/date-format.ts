/**
 * Formats of dates and times, as strptime writes them: to programs for the kernel (assembly/dates.as), one byte a step, and
 * a plain reading of them for samples.
 */
import { Eau2Error } from "@eau2/protocol";
import { daysOfCivil } from "../calendar/civil.js";
import { DAY_MICROS } from "../calendar/dates.js";

/** The byte of each directive in a program; every other byte of a program stands for itself. */
const STEPS = new Map([
  /** Four digits. */
  ["Y", 1],
  /** Two digits: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068. */
  ["y", 2],
  /** One or two digits, as day, hour, minute and second. */
  ["m", 3],
  /** Jan to Dec, in any case. */
  ["b", 4],
  ["d", 5],
  ["H", 6],
  ["M", 7],
  ["S", 8],
  /** One to six digits of a second's fraction. */
  ["f", 9],
  /** AM or PM, and then %H is 1 to 12. */
  ["p", 10],
]);
const PERCENT = "%";
const FORMAT_CHARACTERS_MAX = 64;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * The program of a format.
 * @param format - literal ASCII text and %Y %y %m %b %d %H %M %S %f %p.
 * @throws {@link Eau2Error} `USAGE` for another directive or character, and for a format without year, month and day.
 * @example dateProgram("%d/%m/%Y")
 */
export const dateProgram = (format: string): Uint8Array => {
  const steps: number[] = [];
  const fail = (what: string): Eau2Error =>
    new Eau2Error(
      "USAGE",
      `date format "${format}": ${what}; it is made of plain characters and %Y %y %m %b %d %H %M %S %f %p, as in "%d/%m/%Y %H:%M"`,
      { format },
    );
  if (format.length > FORMAT_CHARACTERS_MAX) throw fail(`it has more than ${FORMAT_CHARACTERS_MAX} characters`);
  for (let at = 0; at < format.length; at++) {
    const character = format[at]!;
    if (character === PERCENT) {
      const step = STEPS.get(format[++at] ?? "");
      if (step === undefined) throw fail(`%${format[at] ?? ""} is unknown`);
      steps.push(step);
      continue;
    }
    const code = character.charCodeAt(0);
    if (code < 32 || code > 126) throw fail(`"${character}" cannot stand in it`);
    steps.push(code);
  }
  const has = (directive: string): boolean => steps.includes(STEPS.get(directive)!);
  if (!(has("Y") || has("y")) || !(has("m") || has("b")) || !has("d"))
    throw fail("a date has a year, a month and a day");
  return Uint8Array.from([...steps, 0]);
};

/** Whether a format has a time: then it is one of timestamps. */
export const formatHasTime = (format: string): boolean => /%[HMSfp]/.test(format);

const microsOf = (
  year: number,
  month: number,
  day: number,
  time: readonly number[],
  fraction: string,
): bigint | undefined => {
  const [hour = 0, minute = 0, second = 0] = time;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  const days = daysOfCivil(year, month, day);
  if (day > 28 && days >= daysOfCivil(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1))
    return undefined;
  if (/[^0]/.test(fraction.slice(6))) return undefined;
  const micros = Number(fraction.slice(0, 6).padEnd(6, "0"));
  return BigInt(days) * BigInt(DAY_MICROS) + BigInt(((hour * 60 + minute) * 60 + second) * 1_000_000 + micros);
};

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z| ?[+-]\d\d(?::?\d\d)?)?)?$/;

/** Microseconds of a point in time as ISO 8601 writes it; a date alone is its midnight. Undefined for other text. */
export const isoMicros = (text: string): bigint | undefined => {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const micros = microsOf(
    Number(year),
    Number(month),
    Number(day),
    [hour, minute, second].map((part) => Number(part ?? 0)),
    fraction ?? "",
  );
  if (micros === undefined || zone === undefined || zone === "Z") return micros;
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)?$/.exec(zone)!;
  if (Number(hours) > 23 || Number(minutes ?? 0) > 59) return undefined;
  const offset = BigInt(Number(hours) * 60 + Number(minutes ?? 0)) * 60_000_000n;
  return sign === "+" ? micros - offset : micros + offset;
};

/** Whether text is a date alone. */
export const isIsoDate = (text: string): boolean => text.length === 10 && isoMicros(text) !== undefined;

/** Microseconds of text in a format, or undefined. */
export const formattedMicros = (text: string, format: string): bigint | undefined => {
  const parts = new Map<string, number>();
  let fraction = "";
  let at = 0;
  for (let next = 0; next < format.length; next++) {
    if (format[next] !== PERCENT) {
      if (text[at++] !== format[next]) return undefined;
      continue;
    }
    const directive = format[++next]!;
    if (directive === "b") {
      parts.set("m", MONTHS.indexOf(text.slice(at, at + 3).toLowerCase()) + 1);
      at += 3;
      continue;
    }
    if (directive === "p") {
      const half = ["am", "pm"].indexOf(text.slice(at, at + 2).toLowerCase());
      if (half < 0) return undefined;
      parts.set("p", half);
      at += 2;
      continue;
    }
    const most = directive === "Y" ? 4 : directive === "f" ? 6 : 2;
    const digits = /^\d+/.exec(text.slice(at, at + most))?.[0] ?? "";
    const isYear = directive === "Y" || directive === "y";
    if (digits === "" || (isYear && digits.length < most)) return undefined;
    at += digits.length;
    if (directive === "f") fraction = digits;
    else if (directive === "y") parts.set("Y", Number(digits) + (Number(digits) < 69 ? 2000 : 1900));
    else parts.set(directive, Number(digits));
  }
  if (at !== text.length) return undefined;
  let hour = parts.get("H") ?? 0;
  const half = parts.get("p");
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + half * 12;
  }
  const time = [hour, parts.get("M") ?? 0, parts.get("S") ?? 0];
  return microsOf(parts.get("Y") ?? 1970, parts.get("m") ?? 1, parts.get("d") ?? 1, time, fraction);
};
