import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import type { CsvColumn } from "../../src/csv/csv-types.js";
import { SplitCsvResult, splitCsvTask } from "../../src/tasks/split-csv.js";
import { BAD_ROW_POLICIES, type BadRowPolicy } from "../../src/text/bad-rows.js";
import { type CsvCase, csvCase, multilineCase } from "../csv/csv-files.js";
import { ReferenceCsvKernel } from "../kernels/reference-csv-kernel.js";
import { type CsvPlan, loadCsv } from "./csv-pipeline.js";
import { frameRows } from "./row-pipeline.js";
import { blocksOf, runsOf } from "./runs.js";
import { runTask } from "./task-bench.js";

const seed = seedFromEnv(61);

/** All of a file by the plain reader. */
const plainCsv = ({ file, ...told }: CsvCase, policy: BadRowPolicy) => {
  const kernel = new ReferenceCsvKernel();
  kernel.reset({ ...told, policy, chunkRows: 1_000_000 });
  kernel.space(file.length).set(file);
  kernel.parse(file.length, true, false);
  const { rowCount } = kernel;
  const taken = kernel.takeRows();
  const read = told.columns.flatMap((column, index) => (column === null ? [] : [index]));
  const rows = Array.from({ length: rowCount }, (_, row) =>
    taken.map(({ type, validity, values }, at) => {
      if (validity !== undefined && ((validity[row >> 3]! >> (row & 7)) & 1) === 0) return null;
      if (type === "boolean") return ((values[row >> 3]! >> (row & 7)) & 1) === 1;
      if (type === "date") return BigInt(values[row]!);
      if (type !== "utf8") return values[row];
      const { offsets, values: bytes } = kernel.dictionary(read[at]!);
      return Buffer.from(bytes.subarray(offsets[values[row]!], offsets[values[row]! + 1])).toString("latin1");
    }),
  );
  return { rows, kernel, isEndless: kernel.pendingBytes > 0 };
};

testSuite("CSV tasks: split, check, unify, seal", (test) => {
  test("any file, cut into blocks and tasks anywhere, gives the rows of one plain reader, and always the same bytes", async () => {
    let runCount = 0;
    let readAgainCount = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(csvCase(12), multilineCase(12)),
        fc.constantFrom(...BAD_ROW_POLICIES),
        fc.integer({ min: 1, max: 120 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(31),
        fc.option(fc.nat(100), { freq: 1 }),
        async (csv, badRows, blockBytes, lengths, chunkRows, coded, tail) => {
          fc.pre(csv.file.length > 0);
          const blocks = blocksOf([csv.file], blockBytes);
          const { file: _file, ...told } = csv;
          const plan: Omit<CsvPlan, "runs"> = {
            ...told,
            badRows,
            chunkRows,
            isCoded: (column) => ((coded >> column) & 1) === 1,
          };
          const { frame: one, readAgain } = await loadCsv(csv.file, { ...plan, runs: runsOf(blocks, [1_000]) });
          assert.equal(readAgain, 0);
          const { rows, kernel, isEndless } = plainCsv(csv, badRows);
          if (csv.columns.some((column) => column !== null)) assert.deepEqual(frameRows(one), rows);
          assert.deepEqual(one.seen, kernel.seen());
          assert.equal(one.endless !== null, isEndless);
          assert.deepEqual(one.report, {
            lineCount: kernel.lineCount,
            badRowCount: kernel.badRowCount,
            badRows: kernel.badRows().map(({ line, ...row }) => ({ file: 0, line: line + 1, ...row })),
          });
          for (const grouping of [[1], [2], lengths]) {
            const runs = runsOf(blocks, grouping);
            const sentTail = (run: number) => (run % 2 === 1 ? (tail ?? undefined) : undefined);
            const again = await loadCsv(csv.file, { ...plan, runs, sentTail });
            assert.deepEqual(again.frame, one);
            runCount += runs.length;
            readAgainCount += again.readAgain;
          }
          // As if dictionaries were large: every block is a segment.
          const apart = await loadCsv(csv.file, { ...plan, runs: runsOf(blocks, [5]), segmentBytesMax: 0 });
          assert.deepEqual(apart.frame, one);
        },
      ),
      { seed, numRuns: 250 },
    );
    // Guesses are wrong here and there, or the check of them would be idle.
    assert.ok(readAgainCount > 0 && readAgainCount < runCount, `${readAgainCount} of ${runCount} runs`);
  });

  test("every cut of a small file in three gives the same rows", async () => {
    const text = 'id,"te""xt"\r\n1,"a\nb,c"\r\n2,"\n\n""\n"\r\n\r\n3,plain\r\n4,"x"';
    const file = new Uint8Array(Buffer.from(text));
    const columns: CsvColumn[] = [
      { type: "utf8", isGuessed: false, format: null },
      { type: "utf8", isGuessed: false, format: null },
    ];
    const plan: Omit<CsvPlan, "runs"> = {
      dialect: { delimiter: ",", quote: '"', newLine: "\n" },
      nulls: { texts: [""], inText: false },
      columns,
      badRows: "error",
      chunkRows: 100,
      isCoded: () => true,
    };
    for (let first = 1; first < file.length - 1; first++) {
      for (let second = first + 1; second < file.length; second++) {
        const runs = [
          [{ index: 0, file: 0, start: 0, end: first }],
          [{ index: 1, file: 0, start: first, end: second }],
          [{ index: 2, file: 0, start: second, end: file.length }],
        ];
        const { frame } = await loadCsv(file, { ...plan, runs });
        assert.deepEqual(
          frameRows(frame),
          [
            ["id", 'te"xt'],
            ["1", "a\nb,c"],
            ["2", '\n\n"\n'],
            ["3", "plain"],
            ["4", "x"],
          ],
          `cut at ${first} and ${second}`,
        );
        assert.deepEqual([frame.report.lineCount, frame.report.badRowCount], [10, 0]);
      }
    }
  });

  test("wrong arguments are refused", async () => {
    const notReached = () => {
      throw new Error("not reached");
    };
    const task = splitCsvTask({ openFile: notReached, openInflated: notReached });
    const args = {
      dialect: { delimiter: ",", quote: '"', newLine: "\n" },
      nulls: { texts: [""], inText: false },
      columns: [null],
      order: [],
      badRows: "error",
      from: 0,
      inflatedBlockBytes: null,
      chunkRows: 10,
      file: { path: "/data/a.csv", bytes: 100 },
      inputStart: null,
      blocks: [{ index: 0, start: 0, end: 100 }],
    };
    const wrong = [
      { blocks: [] },
      { columns: [] },
      { dialect: { delimiter: ",,", quote: '"', newLine: "\n" } },
      { dialect: { delimiter: "\n", quote: '"', newLine: "\n" } },
      { nulls: { texts: ["longer than fifteen"], inText: false } },
      { from: -1 },
      { more: 1 },
    ];
    for (const part of wrong) {
      await assert.rejects(runTask(task, { ...args, ...part }), { code: "DATA_INVALID", message: /csv\.split/ });
    }
    assert.ok(SplitCsvResult.safeParse({}).error);
  });
});
