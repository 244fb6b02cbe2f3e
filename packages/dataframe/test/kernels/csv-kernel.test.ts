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
});
