/** Arbitrary files of CSV: rows of mostly what the columns take, in any dialect. */
import fc from "fast-check";
import type { CsvColumn, CsvColumnType, CsvDialect, CsvNulls } from "../../src/csv/csv-types.js";
import { CSV_COLUMN_TYPES } from "../../src/csv/csv-types.js";

const digits = (max: number) => fc.array(fc.nat(9), { maxLength: max }).map((numbers) => numbers.join(""));
const sign = fc.constantFrom("", "", "", "-", "+");

const integerText = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -1000, max: 100_000 }).map(String) },
  fc.tuple(sign, digits(20)).map(([minus, text]) => minus + text),
  fc.constantFrom(
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "-9223372036854775809",
    "9007199254740992",
    "9007199254740993",
    "-9007199254740993",
    "-0",
    "0",
    "00",
    "007",
    "+7",
    "12345678",
    "123456789012345",
    "1234567890123456",
    "1_000",
  ),
);
const floatText = fc.oneof(
  { weight: 3, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value.toFixed(3)) },
  fc.double({ noNaN: true }).map(String),
  fc.tuple(sign, digits(18), digits(24)).map(([minus, whole, fraction]) => `${minus}${whole}.${fraction}`),
  fc.tuple(digits(25), fc.integer({ min: -400, max: 400 })).map(([text, exponent]) => `${text}e${exponent}`),
  fc.constantFrom(
    ".5",
    "5.",
    ".",
    "e5",
    "1e",
    "1e+",
    "9.9e-05",
    "1E5",
    "1.7976931348623157e308",
    "1e309",
    "5e-324",
    "2.2250738585072014e-308",
    "-0.0",
    "00.5",
    "nan",
    "NaN",
    "-inf",
    "Infinity",
    "+infinity",
    "infinit",
    "9007199254740993.0",
  ),
);
const dateText = fc.oneof(
  fc
    .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
    .map((at) => at.toISOString().slice(0, 10)),
  fc.constantFrom(
    "2024-02-29",
    "2023-02-29",
    "1900-02-29",
    "2000-02-29",
    "0000-01-01",
    "2024-13-01",
    "2024-1-1",
    "2024-04-31",
  ),
);
const timestampText = fc.oneof(
  fc
    .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
    .map((at) => at.toISOString()),
  fc.constantFrom(
    "2024-02-29 12:34",
    "2024-02-29T12:34:56.123456",
    "2024-02-29T12:34:56.1234567",
    "2024-02-29T12:34:56.1234560",
    "2024-02-29 23:59:59+01:30",
    "2024-02-29 23:59:59 -0130",
    "2024-02-29 23:59:59+01",
    "2024-02-29 24:00",
    "1969-12-31 23:59:59.999999Z",
    "2024-02-29 ",
  ),
);

/** Characters of one byte, with all that means something. */
const characters = (max: number) =>
  fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...",;\"'\n\r\t ab01.-\xff\0") },
        fc.nat(255).map((code) => String.fromCharCode(code)),
      ),
      { maxLength: max },
    )
    .map((parts) => parts.join(""));
const LENGTHS = [14, 15, 16, 17, 31, 32, 33, 64, 300];
const textText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("a", "b", "constructor", "__proto__", "a b", " a", "a ", "NA", "null") },
  { weight: 2, arbitrary: characters(12) },
  fc
    .tuple(fc.constantFrom("x", "\xe9", '"', ",", "\n"), fc.constantFrom(...LENGTHS))
    .map(([one, length]) => one.repeat(length)),
);

const valueText = (type: CsvColumnType): fc.Arbitrary<string> => {
  switch (type) {
    case "boolean":
      return fc.constantFrom("true", "false", "TRUE", "False", "0", "1", "tru");
    case "int64":
      return integerText;
    case "float64":
      return fc.oneof(floatText, integerText);
    case "date":
      return dateText;
    case "timestamp":
      return fc.oneof(timestampText, dateText);
    case "utf8":
      return textText;
    default:
      return type satisfies never;
  }
};

/** As a writer writes it: in quotes where it must be, sometimes where it need not; now and then raw. */
const written = (text: string, { delimiter, quote, newLine }: CsvDialect, way: number): string => {
  const must = [delimiter, quote, newLine, "\r", "\n"].some(
    (character) => character !== null && text.includes(character),
  );
  if (quote === null || way === 9) return text;
  const quoted = quote + text.replaceAll(quote, quote + quote) + quote;
  if (way === 8) return ` ${quoted}  `;
  return must || way > 5 ? quoted : text;
};

const dialects: fc.Arbitrary<CsvDialect> = fc.record({
  delimiter: fc.constantFrom(",", ",", ";", "\t", "|", " "),
  quote: fc.constantFrom('"', '"', '"', "'", null),
  newLine: fc.constantFrom("\n", "\n", "\n", "\r" as const),
});

const nullSpellings: fc.Arbitrary<CsvNulls> = fc.record({
  texts: fc.constantFrom([""], ["", "NA", "null"], ["NA"], ["", "0", "123456789012345"]),
  inText: fc.boolean(),
});

const csvColumns: fc.Arbitrary<(CsvColumn | null)[]> = fc.array(
  fc.option(
    fc.record({ type: fc.constantFrom(...CSV_COLUMN_TYPES), isGuessed: fc.boolean(), format: fc.constant(null) }),
    { freq: 8 },
  ),
  { minLength: 1, maxLength: 5 },
);

const fieldOf = (type: CsvColumnType, dialect: CsvDialect) =>
  fc
    .tuple(fc.option(valueText(type), { freq: 8, nil: "" }), fc.nat(9))
    .map(([text, way]) => written(text, dialect, way));
const anyType = fc.constantFrom(...CSV_COLUMN_TYPES);

const rowOf = (columns: readonly (CsvColumn | null)[], dialect: CsvDialect): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.tuple(
        ...columns.map((column) =>
          fc.oneof(
            { weight: 12, arbitrary: fieldOf(column?.type ?? "utf8", dialect) },
            { weight: 1, arbitrary: anyType.chain((type) => fieldOf(type, dialect)) },
          ),
        ),
      ),
      fc.option(fc.nat(columns.length), { freq: 12 }),
      fc.option(fieldOf("utf8", dialect), { freq: 12 }),
    )
    .map(([fields, cut, more]) =>
      [...(fields as string[]).slice(0, cut ?? undefined), ...(more === null ? [] : [more])].join(dialect.delimiter),
    );

/** Made of what the grammar is made of, in no order. */
const garbage = fc
  .array(fc.constantFrom(",", '"', '""', "\n", "\r", " ", "a", "1", "'", ";"), { maxLength: 10 })
  .map((parts) => parts.join(""));

/** A file's bytes for columns. */
const csvFile = (columns: readonly (CsvColumn | null)[], dialect: CsvDialect, rowsMax = 10): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.array(
        fc.tuple(
          fc.oneof({ weight: 8, arbitrary: rowOf(columns, dialect) }, { weight: 1, arbitrary: garbage }),
          fc.constantFrom(dialect.newLine, dialect.newLine, dialect.newLine, "\r\n", dialect.newLine.repeat(2)),
        ),
        { maxLength: rowsMax },
      ),
      fc.boolean(),
    )
    .map(([rows, isEndCut]) => {
      const text = rows.flat().join("");
      return new Uint8Array(Buffer.from(isEndCut ? text.slice(0, -1) : text, "latin1"));
    });

export interface CsvCase {
  readonly dialect: CsvDialect;
  readonly nulls: CsvNulls;
  readonly columns: (CsvColumn | null)[];
  readonly file: Uint8Array;
}

export const csvCase = (rowsMax = 10): fc.Arbitrary<CsvCase> =>
  fc
    .tuple(dialects, nullSpellings, csvColumns)
    .chain(([dialect, nulls, columns]) =>
      csvFile(columns, dialect, rowsMax).map((file) => ({ dialect, nulls, columns, file })),
    );

/** Files as writers make them whose text has line breaks, delimiters and quotes: what guesses are about. */
export const multilineCase = (rowsMax = 12): fc.Arbitrary<CsvCase> => {
  const dialect: CsvDialect = { delimiter: ",", quote: '"', newLine: "\n" };
  const columns = (["int64", "utf8", "utf8"] as const).map((type) => ({ type, isGuessed: false, format: null }));
  const piece = fc.constantFrom(
    "some words",
    "\n",
    "\n",
    "1,2,3",
    ",",
    '"',
    'say "no"',
    "\r\n",
    "7,a,b\n8,c,d\n",
    "end",
  );
  const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));
  return fc.array(fc.tuple(fc.nat(99), text, text, fc.nat(8)), { minLength: 1, maxLength: rowsMax }).map((rows) => {
    const lines = rows.map(([id, a, b, way]) => `${id},${written(a, dialect, way)},${written(b, dialect, way)}\n`);
    return {
      dialect,
      nulls: { texts: [""], inText: false },
      columns,
      file: new Uint8Array(Buffer.from(lines.join(""))),
    };
  });
};
