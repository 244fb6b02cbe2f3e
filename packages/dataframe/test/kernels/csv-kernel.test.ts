import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import type { CsvColumn, CsvColumnType } from "../../src/csv/csv-types.js";
import { createCsvKernel } from "../../src/kernels/csv-kernel.js";
import type { CsvKernel, CsvLayout } from "../../src/kernels/csv-kernel-types.js";
import { BAD_ROW_POLICIES } from "../../src/text/bad-rows.js";
import { csvCase } from "../csv/csv-files.js";
import { reportOf, stringAt, takeState, valuesOf } from "./kernel-state.js";
import { ReferenceCsvKernel } from "./reference-csv-kernel.js";

const seed = seedFromEnv(60);

const csvReport = (kernel: CsvKernel) => ({ ...reportOf(kernel), rowBytes: kernel.rowBytes, seen: kernel.seen() });

const takeCsvState = (kernel: CsvKernel, { columns }: CsvLayout) =>
  takeState(
    kernel,
    columns.map((column) => column?.type),
  );

/** Feeds `bytes` cut at `ends`; the state of every chunk and of the end. */
const feed = (kernel: CsvKernel, layout: CsvLayout, bytes: Uint8Array, ends: readonly number[]) => {
  const states: unknown[] = [];
  let from = 0;
  for (const [index, end] of ends.entries()) {
    const isLast = index === ends.length - 1;
    kernel.space(end - from).set(bytes.subarray(from, end));
    let isFull = kernel.parse(end - from, isLast, false);
    for (;;) {
      if (isFull) states.push(csvReport(kernel), takeCsvState(kernel, layout));
      // Whatever was put off, because it is long, is parsed now.
      const before = kernel.rowBytes;
      isFull = kernel.parse(0, isLast, false);
      if (!isFull && kernel.rowBytes === before) break;
    }
    states.push(csvReport(kernel));
    from = end;
  }
  states.push(takeCsvState(kernel, layout));
  return states;
};

const column = (type: CsvColumnType, isGuessed = false, format: string | null = null): CsvColumn => ({
  type,
  isGuessed,
  format,
});

const parseText = (text: string, columns: readonly (CsvColumn | null)[], more: Partial<CsvLayout> = {}) => {
  const layout: CsvLayout = {
    dialect: { delimiter: ",", quote: '"', newLine: "\n" },
    nulls: { texts: [""], inText: false },
    columns,
    policy: "discard",
    chunkRows: 1_000_000,
    ...more,
  };
  const kernel = createCsvKernel();
  kernel.reset(layout);
  const bytes = Buffer.from(text, "utf8");
  kernel.space(bytes.length).set(bytes);
  assert.equal(kernel.parse(bytes.length, true, false), false);
  const { rowCount } = kernel;
  const read = columns.flatMap((told, index) => (told === null ? [] : [index]));
  const values = kernel.takeRows().map((taken, index) => {
    const all = valuesOf(taken, rowCount);
    if (taken.type !== "utf8") return all;
    const dictionary = kernel.dictionary(read[index]!);
    return all.map((code) =>
      code === null ? null : Buffer.from(stringAt(dictionary, code as number), "latin1").toString("utf8"),
    );
  });
  const rows = Array.from({ length: rowCount }, (_, row) => values.map((all) => all[row]));
  return { rows, kernel, report: csvReport(kernel) };
};

testSuite("CSV kernel", (test) => {
  test("it agrees with the reference on any rows, dialects, policies, chunk rows and pieces", () => {
    const kernel = createCsvKernel();
    fc.assert(
      fc.property(
        csvCase(),
        fc.constantFrom(...BAD_ROW_POLICIES),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.nat(2000), { maxLength: 6 }),
        ({ file, ...told }, policy, chunkRows, cuts) => {
          const layout: CsvLayout = { ...told, policy, chunkRows };
          const reference = new ReferenceCsvKernel();
          const ends = [...cuts.map((cut) => cut % (file.length + 1)).sort((a, b) => a - b), file.length];
          kernel.reset(layout);
          reference.reset(layout);
          assert.deepEqual(feed(kernel, layout, file, ends), feed(reference, layout, file, ends));
        },
      ),
      { seed, numRuns: 4000 },
    );
  });

  test("numbers are those of Number, bit for bit, with any exponent; nan and infinity by name", () => {
    // xorshift32: digits as even as fast-check's are not.
    let state = seed | 1;
    const below = (limit: number): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return Math.floor(((state >>> 0) / 2 ** 32) * limit);
    };
    const texts = Array.from({ length: 60_000 }, (_, index) => {
      const digits = Array.from({ length: 1 + below(22) }, () => below(10)).join("");
      const point = below(digits.length + 1);
      const number = `${digits.slice(0, point)}.${digits.slice(point)}`;
      return index % 3 === 0
        ? number
        : `${number}${below(2) === 0 ? "e" : "E"}${["", "+", "-"][below(3)]}${below(330)}`;
    });
    texts.push(
      "9.9e-05",
      "1e308",
      "1.8e308",
      "5e-324",
      "2e-324",
      "2.2250738585072011e-308",
      "-1e-400",
      "1e999999999999",
    );
    const { rows } = parseText(texts.join("\n"), [column("float64")]);
    const wrong = texts.filter((text, row) => !Object.is(rows[row]![0], Number(text)));
    assert.deepEqual([rows.length, wrong], [texts.length, []]);
    const named = parseText("nan\n-NaN\ninf\n-Infinity\n+INF\n", [column("float64")]).rows.flat();
    assert.deepEqual(named, [Number.NaN, Number.NaN, Infinity, -Infinity, Infinity]);
  });

  test("a guessed type takes a number only if nothing of it is lost, a declared one takes them all", () => {
    const text = "7\n007\n-0\n9007199254740993\n1.5\n";
    const guessed = parseText(text, [column("int64", true)]);
    assert.deepEqual(guessed.rows.flat(), [7n, null, null, 9007199254740993n, null]);
    assert.deepEqual(guessed.report.seen, [7]);
    assert.deepEqual(parseText("1\n2.5\n-0\n", [column("int64", true)]).report.seen, [2]);
    const declared = parseText(text, [column("int64")]);
    assert.deepEqual(declared.rows.flat(), [7n, 7n, 0n, 9007199254740993n]);
    assert.deepEqual(declared.report.badRows, [{ line: 4, column: 0, fault: "contradicts" }]);
    assert.deepEqual(parseText("00.5\n9007199254740993\n", [column("float64")]).rows, [[0.5], [9007199254740992]]);
    assert.deepEqual(parseText("00.5\n9007199254740993\n0.5", [column("float64", true)]).rows, [[null], [null], [0.5]]);
  });

  test("dates and times: ISO 8601 with zones and fractions, and formats by strptime", () => {
    const days = (text: string, format: string | null = null) => parseText(text, [column("date", false, format)]);
    assert.deepEqual(days("1970-01-01\n2024-02-29\n0001-01-01\n9999-12-31").rows.flat(), [0, 19782, -719162, 2932896]);
    assert.equal(days("2023-02-29\n1900-02-29\n2024-13-01\n2024-00-01\n2024-01-32\n24-01-01").report.badRowCount, 6);
    assert.deepEqual(days("29/2/2024\n1/1/1970", "%d/%m/%Y").rows.flat(), [19782, 0]);
    assert.deepEqual(days("Feb 29 2024,x\nJAN 1 1970", "%b %d %Y").rows.flat(), [0]);
    assert.deepEqual(days("1/2/69\n1/2/68", "%m/%d/%y").rows.flat(), [-364, 35795]);
    const micros = (text: string, format: string | null = null) =>
      parseText(text, [column("timestamp", false, format)]).rows.flat();
    assert.deepEqual(
      micros(
        "1970-01-01 00:00:01\n1970-01-01T00:00:00.000001Z\n1970-01-01 01:00+01:00\n1969-12-31\n2024-01-01 12:00 -0130",
      ),
      [1_000_000n, 1n, 0n, -86_400_000_000n, 1_704_115_800_000_000n],
    );
    assert.deepEqual(micros("1/1/1970 12:00 AM\n1/1/1970 1:02:03 PM", "%d/%m/%Y %H:%M %p"), [0n]);
    assert.deepEqual(micros("1/1/1970 1:02:03.5 PM", "%d/%m/%Y %H:%M:%S.%f %p"), [46_923_500_000n]);
  });

  test("the grammar: quotes, spaces, empty fields and lines, ragged rows, text behind quotes", () => {
    const text = 'a,1\r\n "b ""c""" , "2" \r\n\r\n,\n"",""\nd"e,3\n"f\n\ng",4\nh\ni,5,6\n"j"k,7\nl,8';
    const columns = [column("utf8"), column("int64")];
    const { rows, report } = parseText(text, columns);
    assert.deepEqual(rows, [
      ["a", 1n],
      ['b "c"', 2n],
      [null, null],
      ["", null],
      ['d"e', 3n],
      ["f\n\ng", 4n],
      ["l", 8n],
    ]);
    assert.deepEqual(report.badRows, [
      { line: 9, column: 1, fault: "fields-missing" },
      { line: 10, column: 1, fault: "fields-left" },
      { line: 11, column: 0, fault: "text-behind-quote" },
    ]);
    assert.equal(report.lineCount, 13);
    const nulled = parseText(text, columns, { policy: "null" });
    assert.deepEqual(nulled.rows.slice(-4), [
      ["h", null],
      ["i", 5n],
      [null, 7n],
      ["l", 8n],
    ]);
    assert.deepEqual(parseText("a\n\nb\n", [column("utf8")]).rows, [["a"], [null], ["b"]]);
    const dialect = { delimiter: ";", quote: null, newLine: "\r" as const };
    assert.deepEqual(parseText('"a;"b\rc";d\r', [column("utf8"), column("utf8")], { dialect }).rows, [
      ['"a', '"b'],
      ['c"', "d"],
    ]);
  });

  test("a giant row is put off until there is twice as much of it, and an open quote is told by its line", () => {
    const kernel = createCsvKernel();
    kernel.reset({
      dialect: { delimiter: ",", quote: '"', newLine: "\n" },
      nulls: { texts: [""], inText: false },
      columns: [column("utf8"), column("utf8")],
      policy: "error",
      chunkRows: 10,
    });
    const put = (text: string, isLast = false): number => {
      kernel.space(text.length).set(Buffer.from(text));
      kernel.parse(text.length, isLast, false);
      return kernel.rowBytes;
    };
    assert.equal(put('a,b\nc,"d\n'), 4);
    // The row is whole now, but only a second look would tell.
    assert.equal(put('"\n'), 4);
    assert.equal(put("e,f\n"), 15);
    assert.equal(put('g,h\n"i\n\nj","k\n\nl', true), 19);
    assert.deepEqual([kernel.pendingBytes > 0, kernel.openQuote], [true, { line: 7, column: 1 }]);
  });

  test("memory beyond its limit is MEMORY_EXCEEDED, and the kernel can be used again", () => {
    const kernel = createCsvKernel({ bytesMax: 2 * 1024 ** 2 });
    const layout: CsvLayout = {
      dialect: { delimiter: ",", quote: '"', newLine: "\n" },
      nulls: { texts: [""], inText: false },
      columns: [column("utf8")],
      policy: "error",
      chunkRows: 1000,
    };
    kernel.reset(layout);
    assert.throws(() => kernel.space(3 * 1024 ** 2), { code: "MEMORY_EXCEEDED", message: /CSV kernel/ });
    kernel.reset(layout);
    kernel.space(4).set(Buffer.from("abc\n"));
    kernel.parse(4, true, false);
    assert.equal(kernel.rowCount, 1);
    assert.throws(() => kernel.reset({ ...layout, columns: [] }), /a row of CSV has a column/);
  });
});
