import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { CsvPreview } from "../../src/csv/csv-preview.js";
import { readCsvSamples } from "../../src/csv/csv-sample.js";
import { type CsvGuess, CsvOverrides, guessCsv } from "../../src/csv/guess-csv.js";
import type { ByteSource } from "../../src/text/byte-source.js";

const sourceOf = (bytes: Uint8Array): ByteSource => ({
  bytes: bytes.length,
  read: (offset, into) => {
    const part = bytes.subarray(offset, offset + into.length);
    into.set(part);
    return part.length;
  },
});

const guess = async (file: string | Uint8Array, overrides: object = {}): Promise<CsvGuess> => {
  const bytes = typeof file === "string" ? Buffer.from(file) : file;
  return guessCsv("x.csv", await readCsvSamples(sourceOf(bytes)), CsvOverrides.parse(overrides));
};

const typesOf = ({ columns }: CsvGuess): string[] =>
  columns.map(({ type, format }) => (format === null ? type : `${type} ${format}`));

/** A column of these values under the name "x", beside one of numbers. */
const typeOf = async (...values: string[]): Promise<string> =>
  typesOf(await guess(`x|n\n${values.map((value) => `${value}|1\n`).join("")}`))[0]!;

testSuite("what a CSV file is taken for", (test) => {
  test("delimiters, quotes and line ends are those that part rows alike", async () => {
    const dialectOf = async (text: string) => (await guess(text)).dialect;
    assert.equal((await dialectOf("a,b\n1,2;3\n4,5\n")).delimiter, ",");
    assert.equal((await dialectOf("a;b\n1,5;2,5\n3,5;4,5\n")).delimiter, ";");
    assert.equal((await dialectOf("a\tb, c\n1\t2\n")).delimiter, "\t");
    assert.equal((await dialectOf("a|b\n1|x,y,z\n2|u,v\n")).delimiter, "|");
    assert.equal((await dialectOf('a,b\n"x;y;z",1\n"u;v;w",2\n')).delimiter, ",");
    assert.deepEqual(await dialectOf("'a','b'\n'x,y','z'\n"), { delimiter: ",", quote: "'", newLine: "\n" });
    assert.equal((await dialectOf("it's,b\n'tis,1\n")).quote, '"');
    assert.equal((await dialectOf("a,b\r1,2\r3,4\r")).newLine, "\r");
    const one = await guess("name\nsome words\nothers, too\n");
    assert.deepEqual(
      [one.columns.length, one.reasons.delimiter],
      [1, 'none of "," tab ";" "|" parts the rows alike: one column'],
    );
    assert.deepEqual((await guess("a;b,c\n1;2,3\n", { delimiter: ";", quote: null })).dialect, {
      delimiter: ";",
      quote: null,
      newLine: "\n",
    });
  });

  test("types are the narrowest that lose nothing of any value", async () => {
    assert.equal(await typeOf("1", "-2", " 3 ", ""), "int64");
    assert.equal(await typeOf("1", "2.5", "1e-3", "nan"), "float64");
    assert.equal(await typeOf("9007199254740993", "1"), "int64");
    assert.equal(await typeOf("9007199254740993", "1.5"), "utf8");
    assert.equal(await typeOf("9223372036854775808"), "utf8");
    assert.equal(await typeOf("02134", "10001"), "utf8");
    assert.equal(await typeOf("0", "10", "0.5"), "float64");
    assert.equal(await typeOf("true", "FALSE"), "boolean");
    assert.equal(await typeOf("0", "1"), "int64");
    assert.equal(await typeOf("2024-02-29", ""), "date");
    assert.equal(await typeOf("2024-02-29", "2024-02-29 12:00"), "timestamp");
    assert.equal(await typeOf("2024-02-30"), "utf8");
    assert.equal(await typeOf("1", "x"), "utf8");
    assert.equal(await typeOf("", ""), "utf8");
  });

  test("day and month are told apart by a value above 12; without one a column stays text and says why", async () => {
    assert.equal(await typeOf("1/2/2024", "13/2/2024"), "date %d/%m/%Y");
    assert.equal(await typeOf("1/2/2024", "2/13/2024"), "date %m/%d/%Y");
    assert.equal(await typeOf("1/2/24 9:30", "2/13/24 10:00"), "timestamp %m/%d/%y %H:%M");
    assert.equal(await typeOf("Jan 1 2000"), "date %b %d %Y");
    const text = "d,n\n1/2/2024,1\n3/4/2024,2\n";
    const ambiguous = await guess(text);
    assert.deepEqual(typesOf(ambiguous), ["utf8", "int64"]);
    assert.match(ambiguous.columns[0]!.reason, /%d\/%m\/%Y or %m\/%d\/%Y: no value tells; say which with dateFormat/);
    assert.deepEqual(typesOf(await guess(text, { dateFormat: "%m/%d/%Y" })), ["date %m/%d/%Y", "int64"]);
    await assert.rejects(guess(text, { dateFormat: "%q" }), { code: "USAGE", message: /%q is unknown/ });
    await assert.rejects(guess(text, { dateFormat: "%Y" }), { code: "USAGE", message: /a year, a month and a day/ });
  });

  test("spellings of null are found in columns that are not text, and only there", async () => {
    const found = await guess("n,t,u\n1,NA,N/A\nNA,x,-\n-,y,NULL\n");
    assert.deepEqual(typesOf(found), ["int64", "utf8", "utf8"]);
    assert.deepEqual(found.nulls, { texts: ["", "NA", "-"], inText: false });
    assert.match(found.columns[0]!.reason, /1 values?; "NA", "-" taken as null/);
    const given = await guess("n,t\n1,NA\n-999,x\n", { nulls: ["-999", "NA"] });
    assert.deepEqual([given.nulls, typesOf(given)], [{ texts: ["-999", "NA"], inText: true }, ["int64", "utf8"]]);
  });

  test("a header is a first row of other kinds of values, or of text that does not come again", async () => {
    const headerOf = async (text: string, overrides?: object) => {
      const { hasHeader, columns, rows } = await guess(text, overrides);
      return [hasHeader, columns.map(({ name }) => name), rows.length];
    };
    assert.deepEqual(await headerOf("a,b\n1,x\n2,y\n"), [true, ["a", "b"], 2]);
    assert.deepEqual(await headerOf("1,x\n2,y\n"), [false, ["c0", "c1"], 2]);
    assert.deepEqual(await headerOf("name,city\nann,rome\n"), [true, ["name", "city"], 1]);
    assert.deepEqual(await headerOf("ann,rome\nbob,oslo\nann,bern\n"), [false, ["c0", "c1"], 3]);
    assert.deepEqual(await headerOf("a,b\n"), [true, ["a", "b"], 0]);
    assert.deepEqual(await headerOf("a,b\n1,2\n", { header: false }), [false, ["c0", "c1"], 2]);
    assert.deepEqual(await headerOf("1,2\n3,4\n", { header: true }), [true, ["1", "2"], 1]);
    assert.deepEqual(await headerOf("\n\nx,x,,x_1,c2\n1,2,3,4,5\n", { header: true }), [
      true,
      ["x", "x_2", "c2_1", "x_1", "c2"],
      1,
    ]);
    assert.deepEqual(await headerOf("a,b\n1,2\n", { names: ["p", "q"] }), [true, ["p", "q"], 1]);
  });

  test("samples from all over the file are looked at, whatever its begin is like", async () => {
    const rows = Array.from({ length: 60_000 }, (_, row) => `${row},${row < 40_000 ? row : `t${row}`}\n`);
    const far = await guess(`a,b\n${rows.join("")}`);
    assert.deepEqual(typesOf(far), ["int64", "utf8"]);
    assert.ok(far.sampledRows > 1_000, `${far.sampledRows} rows`);
  });

  test("what is no CSV is told: UTF-16, archives, bytes, nothing, a quote that is not closed, too many columns", async () => {
    const fails = (file: string | Uint8Array, message: RegExp, overrides: object = {}) =>
      assert.rejects(guess(file, overrides), { code: "DATA_INVALID", message });
    await fails(Buffer.from("\ufeffa,b\n1,2\n", "utf16le"), /x\.csv: it is UTF-16, by its first two bytes; convert it/);
    await fails(Buffer.from("a,b\n1,2\n".repeat(9), "utf16le"), /it looks like UTF-16/);
    await fails(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0), /compressed with gzip; name it \.gz/);
    await fails(Uint8Array.of(0x50, 0x4b, 3, 4), /zip archive/);
    await fails(
      Uint8Array.from({ length: 1000 }, (_, index) => (index * 7919) % 251),
      /control characters: it is no text/,
    );
    await fails("", /x\.csv: it is empty, so it has no columns/);
    await fails("\n\r\n", /it is empty/);
    await fails('"a,b\n1,2\n', /perhaps a quote is not closed: say \{ quote: null \}/);
    await fails(`${"c,".repeat(9_999)}c\n${"1,".repeat(9_999)}1\n`, /it has 10000 columns, and a frame up to 4096/);
    await fails(`${"n".repeat(300)},b\n1,2\n`, /the name of column 1 is too long/);
  });

  test("a schema picks columns by name, or all of them in order; types declare single ones", async () => {
    const text = "a,b,c\n1,2,3\n";
    const orderOf = async (overrides: object) => {
      const { order, columns } = await guess(text, overrides);
      return [order, columns.map(({ name, type, isGuessed, isRead }) => [name, type, isGuessed, isRead])];
    };
    const schema = [
      { name: "c", type: "float64" },
      { name: "a", type: "utf8" },
    ];
    assert.deepEqual(await orderOf({ schema }), [
      [2, 0],
      [
        ["a", "utf8", false, true],
        ["b", "int64", true, false],
        ["c", "float64", false, true],
      ],
    ]);
    const byPlace = [..."xyz"].map((name) => ({ name, type: "int64" }));
    assert.deepEqual(
      (await guess("1,2,3\n", { schema: byPlace })).columns.map(({ name }) => name),
      ["x", "y", "z"],
    );
    await assert.rejects(guess("1,2,3\n", { schema }), { code: "USAGE", message: /3 columns with a schema of 2/ });
    await assert.rejects(guess(text, { types: [{ name: "d", type: "utf8" }] }), { code: "COLUMN_UNKNOWN" });
    await assert.rejects(guess(text, { types: [{ name: "a", type: "int8" }] }), { code: "USAGE", message: /int8/ });
  });

  test("a preview is read by people: what, why, and the first rows in as many columns as fit", async () => {
    const text = "id,name,day,ratio\n1,Ann,2024-01-02,0.5\n2,Bob,2024-01-03,NA\n";
    const preview = new CsvPreview("/data/people.csv", text.length, await guess(text));
    assert.equal(
      String(preview),
      [
        "people.csv: 59 bytes, 4 columns, from 2 rows that were looked at",
        "",
        "              is         because",
        "delimiter     ,          3 of the first 3 rows have 4 fields",
        'quote         "          as usual',
        "lines end in  line feed  as usual",
        'header        yes        "id" stands above values of type int64',
        "null          empty, NA  in columns of text only the empty field",
        "",
        "column  type     because",
        "id      int64    2 values",
        'name    utf8     text like "Ann"',
        "day     date     2 values",
        'ratio   float64  1 value; "NA" taken as null',
        "",
        "id  name  day         ratio",
        " 1  Ann   2024-01-02    0.5",
        " 2  Bob   2024-01-03     NA",
        "",
      ].join("\n"),
    );
    const wide = await guess(
      `${Array.from({ length: 40 }, (_, index) => `column${index}`).join(",")}\n${"1,".repeat(39)}1\n`,
    );
    assert.match(String(new CsvPreview("wide.csv", 1, wide)), /column0 {2}column1 .*\nand \d+ more columns\n$/s);
  });
});
