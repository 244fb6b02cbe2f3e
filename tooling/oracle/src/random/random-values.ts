/** Values that break things, by type, and columns of them in several manners. */
import type { ScalarType, ValueType } from "@eau2/dataframe";
import { DAY_MICROS, daysOf } from "../civil.js";
import { bytesOf } from "../text-bytes.js";
import { elementOf, isList } from "../types.js";
import type { Exact } from "../values.js";
import type { Dialect } from "./dialect.js";
import type { Random } from "./random.js";

const BITS = { int8: 8, int16: 16, int32: 32, int64: 64 };

const PLAIN_TEXT = [
  "",
  "a",
  "b",
  "ab",
  "B",
  "aab",
  "abc,def",
  "constructor",
  "__proto__",
  "toString",
  '"',
  '""quoted""',
  "O'Hara",
  "two\nlines",
  "\r\n",
  " padded ",
  "tab\there",
  "é",
  "naïve café",
  "😀",
  "日本語",
  "a\u0301",
  "12",
  "-3",
  "4.5",
  "1e3",
  "true",
  "2024-02-29",
  "x".repeat(300),
  "NaN",
  "null",
  "%_\\",
  "$1$&",
].map(bytesOf);
/** Text that DuckDB does not hold or changes otherwise, invalid bytes last. */
const ODD_TEXT = [
  ...["ß", "straße", "İ", "ΑΣ", "ﬁ", "\u0000", "a\u0000b", "\ufeffbom", "\u00a0", "\u2028"].map(bytesOf),
  "\xff",
  "\xfe",
  "a\xffb",
  "\xc3",
  "\xed\xa0\x80",
  "\xf0\x9f\x98",
];

const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.1,
  0.2,
  0.3,
  2.5,
  -2.5,
  0.5,
  -0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
const FAR_FLOATS = [1e16, 1, -1e16, 1e300, 5e-324, 2 ** 53 + 2];

const DAYS = [
  [1970, 1, 1],
  [1969, 12, 31],
  [2024, 2, 29],
  [2023, 2, 28],
  [2000, 12, 31],
  [1900, 3, 1],
  [2021, 1, 3],
  [2020, 12, 28],
  [1582, 10, 10],
  [2499, 12, 31],
].map(([year, month, day]) => daysOf({ year: year!, month: month!, day: day! }));
const FAR_DAYS = [
  [-44, 3, 15],
  [0, 2, 29],
  [1, 1, 1],
  [9999, 12, 31],
  [20_000, 1, 31],
].map(([year, month, day]) => daysOf({ year: year!, month: month!, day: day! }));

const texts = ({ anyText }: Dialect): readonly string[] => (anyText ? [...PLAIN_TEXT, ...ODD_TEXT] : PLAIN_TEXT);

const randomDays = (random: Random, { anyDate }: Dialect): bigint => {
  if (random.chance(0.5)) return BigInt(random.pick(anyDate ? [...DAYS, ...FAR_DAYS] : DAYS));
  return BigInt(random.between(-25_000, 25_000));
};

const randomMicros = (random: Random, dialect: Dialect): bigint => {
  const ofDay = random.pick([
    0n,
    1n,
    DAY_MICROS - 1n,
    BigInt(random.below(86_400)) * 1_000_000n,
    BigInt(random.below(86_400_000)) * 1000n + BigInt(random.below(1000)),
  ]);
  return randomDays(random, dialect) * DAY_MICROS + ofDay;
};

const randomFloat = (random: Random, { anyFloat }: Dialect): number => {
  switch (random.below(4)) {
    case 0:
      return random.pick(anyFloat ? [...FLOATS, ...FAR_FLOATS] : FLOATS);
    case 1:
      return random.between(-3, 3);
    case 2:
      return Math.round(random.fraction() * 1e8) / 1e6;
    default:
      return (random.fraction() - 0.5) * 10 ** random.between(-5, 12);
  }
};

const randomInteger = (random: Random, bits: number, isWide: boolean): bigint => {
  if (!isWide) return BigInt(random.between(-4, 9));
  const max = 2n ** BigInt(bits - 1) - 1n;
  const far = [
    max,
    -max - 1n,
    max - 1n,
    max / 2n,
    ...(bits === 64 ? [2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n] : []),
  ];
  return random.chance(0.5) ? random.pick(far) : BigInt(Math.floor((random.fraction() - 0.5) * Number(max)));
};

/** @param isWide - integers up to what their type holds, on which arithmetic fails. */
export const randomScalar = (random: Random, type: ScalarType, dialect: Dialect, isWide: boolean): Exact => {
  switch (type) {
    case "boolean":
      return random.chance(0.5);
    case "float64":
      return randomFloat(random, dialect);
    case "float32":
      return Math.fround(random.chance(0.9) ? randomFloat(random, dialect) : 3e38);
    case "utf8":
      return random.chance(0.8) ? random.pick(texts(dialect)) : bytesOf(random.below(50).toString(36));
    case "date":
      return randomDays(random, dialect);
    case "timestamp":
      return randomMicros(random, dialect);
    default:
      return randomInteger(random, BITS[type], isWide);
  }
};

const randomValue = (random: Random, type: ValueType, dialect: Dialect, isWide: boolean): Exact => {
  if (!isList(type)) return randomScalar(random, type as ScalarType, dialect, isWide);
  return Array.from({ length: random.pick([0, 1, 1, 2, 3, 5]) }, () =>
    random.chance(0.15) ? null : randomScalar(random, elementOf(type), dialect, isWide),
  );
};

/** Few different values, one, none, or whatever comes, with or without nulls. */
export const randomColumn = (random: Random, type: ValueType, rowCount: number, dialect: Dialect): Exact[] => {
  const isWide = random.chance(0.15);
  const one = () => randomValue(random, type, dialect, isWide);
  const nullRatio = random.pick([0, 0, 0.1, 0.1, 0.5]);
  const manner = random.pick(["any", "any", "any", "few", "few", "few", "one", "null"]);
  if (manner === "null" && random.chance(0.5)) return Array.from({ length: rowCount }, () => null);
  const few = Array.from({ length: manner === "one" ? 1 : random.between(2, 4) }, one);
  return Array.from({ length: rowCount }, () => {
    if (random.chance(nullRatio)) return null;
    return manner === "any" ? one() : random.pick(few);
  });
};
