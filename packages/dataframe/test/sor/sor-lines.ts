import fc from "fast-check";
import type { SorColumnType } from "../../src/sor/sor-types.js";

const digits = (max: number) => fc.array(fc.nat(9), { maxLength: max }).map((numbers) => numbers.join(""));
const sign = fc.constantFrom("", "", "", "-", "+");
const EDGE_INTEGERS = [
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "-9223372036854775809",
  "18446744073709551616",
  "00000000000000000000000000000009223372036854775807",
  "9007199254740993",
  "-0",
  "00",
  "01",
  "+1",
  "12345678",
  "123456789012345",
  "1234567890123456",
];
const EDGE_FLOATS = [
  ".5",
  "5.",
  "-.0",
  "-0.0",
  "0.1",
  "1.0",
  "9007199254740993.0",
  "9007199254740992.5",
  "1.7976931348623157",
  "0.30000000000000004",
  "2.2250738585072014",
  "123456789.123456789",
  "0.000000000000000000000000000000000000000000000000001",
  "1234567890123456789012345678901234567890",
  "9007199254740993.00000000000000000000000000000000000000000000000000000000000000000000001",
];

const integerText = fc.oneof(
  fc.tuple(sign, digits(20)).map(([minus, text]) => `${minus}${text}`),
  fc.constantFrom(...EDGE_INTEGERS),
);
const floatText = fc.oneof(
  fc.tuple(sign, digits(18), digits(24)).map(([minus, whole, fraction]) => `${minus}${whole}.${fraction}`),
  fc.tuple(sign, digits(200), digits(50)).map(([minus, whole, fraction]) => `${minus}${whole}.${fraction}`),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), // an exponent makes it text
  fc.double({ min: -1e15, max: 1e15, noNaN: true }).map((value) => value.toFixed(10)),
  fc.constantFrom(...EDGE_FLOATS),
);
/** Any characters of one byte but those that end the value. */
const characters = (not: string, max: number) =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...'ab<>" 01.-\r\0\xff\t'),
        fc.nat(255).map((code) => String.fromCharCode(code)),
      ),
      {
        maxLength: max,
      },
    )
    .map((text) => text.filter((character) => !not.includes(character)).join(""));
const LENGTHS = [0, 1, 14, 15, 16, 17, 30, 31, 32, 33, 253, 254, 255, 256, 257, 300];
const long = fc
  .tuple(fc.constantFrom("x", "1", "0", "\xe9"), fc.constantFrom(...LENGTHS))
  .map(([character, length]) => character.repeat(length));

const bareText = fc.oneof(characters('"> \n', 12), long);
const quotedText = fc.oneof(characters('"\n', 12), long).map((text) => `"${text}"`);
const word = fc.constantFrom("constructor", "__proto__", '"a b"', '""', "a", "b", '"a>b"');

const valueText = (type: SorColumnType): fc.Arbitrary<string> => {
  switch (type) {
    case "boolean":
      return fc.constantFrom("0", "1");
    case "int64":
      return integerText;
    case "float64":
      return floatText;
    case "utf8":
      return fc.oneof(bareText, quotedText, word);
    default:
      return type satisfies never;
  }
};

const spaces = fc.constantFrom("", "", "", "", " ", "   ");
/** What stands between fields and is ignored. */
const between = fc.oneof({ weight: 6, arbitrary: spaces }, { weight: 1, arbitrary: characters("<\n", 5) });

/** A field that a column of `type` may have, or none. */
const fieldOf = (type: SorColumnType) =>
  fc
    .tuple(spaces, fc.option(valueText(type), { freq: 8, nil: "" }), spaces)
    .map(([before, value, after]) => `<${before}${value}${after}>`);

const anyType = fc.constantFrom<SorColumnType>("boolean", "int64", "float64", "utf8");
export const columnTypes: fc.Arbitrary<SorColumnType[]> = fc.array(anyType, { maxLength: 5 });

/** A line of mostly what the columns take, now and then something else, too few or too many. */
const lineOf = (types: readonly SorColumnType[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.tuple(
        ...types.map((type) =>
          fc.oneof({ weight: 12, arbitrary: fieldOf(type) }, { weight: 1, arbitrary: anyType.chain(fieldOf) }),
        ),
      ),
      fc.array(between, { minLength: types.length + 2, maxLength: types.length + 2 }),
      fc.option(fc.nat(types.length), { freq: 3 }),
      fc.option(anyType.chain(fieldOf), { freq: 3 }),
    )
    .map(([fields, gaps, cut, more]) => {
      const kept = [...(fields as string[]).slice(0, cut ?? undefined), ...(more === null ? [] : [more])];
      return kept.map((field, index) => gaps[index]! + field).join("") + gaps.at(-1)!;
    });

/** Made of what the grammar is made of, in no order. */
const garbage = fc
  .array(
    fc.oneof(fc.constantFrom("<", ">", '"', " ", "<>", "<1>", "<a b>", '<"', '">', "\r", "0", "-", "."), integerText),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

const lineEnd = fc.constantFrom("\n", "\n", "\n", "\r\n", "\n\n");

/** A file's bytes for columns of these types. */
export const sorFile = (types: readonly SorColumnType[], lineCountMax = 12): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.array(
        fc.tuple(fc.oneof({ weight: 5, arbitrary: lineOf(types) }, { weight: 1, arbitrary: garbage }), lineEnd),
        {
          maxLength: lineCountMax,
        },
      ),
      fc.boolean(),
    )
    .map(([lines, isEndCut]) => {
      const text = lines.flat().join("");
      return new Uint8Array(Buffer.from(isEndCut ? text.replace(/\n$/, "") : text, "latin1"));
    });

/** Columns and a file for them. */
export const columnsAndFile = (lineCountMax = 12) =>
  columnTypes.chain((types) => fc.tuple(fc.constant(types), sorFile(types, lineCountMax)));
