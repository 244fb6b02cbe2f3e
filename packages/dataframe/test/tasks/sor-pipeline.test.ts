import assert from "node:assert/strict";
import { decodeChunk } from "@eau2/serialization";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { inferSorSchema } from "../../src/sor/sor-schema.js";
import type { SorColumnType } from "../../src/sor/sor-types.js";
import { SplitSorResult, splitSorTask } from "../../src/tasks/split-sor.js";
import { BAD_ROW_POLICIES } from "../../src/text/bad-rows.js";
import { linesOf, plainSor } from "../sor/plain-sor.js";
import { columnTypes, sorFile } from "../sor/sor-lines.js";
import { frameRows } from "./row-pipeline.js";
import { blocksOf, runsOf } from "./runs.js";
import { loadSor, type SorPlan } from "./sor-pipeline.js";
import { runTask } from "./task-bench.js";

const seed = seedFromEnv(54);

const columnsAndFiles = columnTypes.chain((types) =>
  fc.tuple(fc.constant(types), fc.array(sorFile(types, 10), { minLength: 1, maxLength: 3 })),
);

testSuite("SoR tasks: split, unify, seal", (test) => {
  test("any files, blocks, tasks and chunk rows give the rows of one plain reader, and always the same bytes", async () => {
    await fc.assert(
      fc.asyncProperty(
        columnsAndFiles,
        fc.constantFrom(...BAD_ROW_POLICIES),
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(31),
        fc.boolean(),
        async ([types, files], badRows, blockBytes, lengths, chunkRows, coded, sendSome) => {
          const blocks = blocksOf(files, blockBytes);
          const plan = { types, badRows, chunkRows, isCoded: (column: number) => ((coded >> column) & 1) === 1 };
          const one = await loadSor(files, { ...plan, runs: runsOf(blocks, [1_000]) });
          const parts = files.map((file) => plainSor(linesOf(file), types, badRows));
          const expected = parts.flatMap(({ rows }) => rows);
          if (types.length > 0) assert.deepEqual(frameRows(one), expected);
          assert.equal(
            one.chunks.reduce((sum, { rowCount }) => sum + rowCount, 0),
            expected.length,
          );
          assert.ok(one.chunks.every(({ rowCount }) => rowCount <= chunkRows));
          assert.deepEqual(one.report, {
            lineCount: parts.reduce((sum, { lineCount }) => sum + lineCount, 0),
            badRowCount: parts.reduce((sum, part) => sum + part.badRows.length, 0),
            badRows: parts.flatMap((part, file) => part.badRows.map((row) => ({ file, ...row }))).slice(0, 10),
          });
          for (const grouping of [[1], [2], [5], lengths]) {
            const isSent = (run: number) => sendSome && run % 2 === 1;
            assert.deepEqual(await loadSor(files, { ...plan, runs: runsOf(blocks, grouping), isSent }), one);
          }
          // As if dictionaries were large: every block is a segment.
          assert.deepEqual(await loadSor(files, { ...plan, runs: runsOf(blocks, [5]), segmentBytesMax: 0 }), one);
        },
      ),
      { seed, numRuns: 150 },
    );
  });

  test("policies differ in rows alone: the report is the same", async () => {
    await fc.assert(
      fc.asyncProperty(columnsAndFiles, fc.integer({ min: 5, max: 200 }), async ([types, files], blockBytes) => {
        const plan = { types, chunkRows: 100, isCoded: () => true, runs: runsOf(blocksOf(files, blockBytes), [2]) };
        const [discard, nulled, error] = await Promise.all(
          BAD_ROW_POLICIES.map((badRows) => loadSor(files, { ...plan, badRows })),
        );
        assert.deepEqual(nulled!.report, discard!.report);
        assert.deepEqual(error, discard);
      }),
      { seed, numRuns: 50 },
    );
  });

  test("columns are stored by what is in them: constants, small integers, codes, nothing", async () => {
    const file = Buffer.from("<1><7><300><1.5><a><>\n<1><7><301><1.5><b>\n<1><7><302><1.5><a>\n");
    const types: SorColumnType[] = ["boolean", "int64", "int64", "float64", "utf8", "utf8"];
    const plan: SorPlan = {
      types,
      badRows: "discard",
      chunkRows: 100,
      isCoded: (column) => column === 4,
      runs: runsOf(blocksOf([file], 1_000), [1]),
    };
    const frame = await loadSor([file], plan);
    assert.deepEqual(
      decodeChunk(frame.chunks[0]!.bytes).columns.map(({ type, encoding }) => [type, encoding]),
      [
        ["boolean", "constant"],
        ["int64", "constant"],
        ["int64", "int8"],
        ["float64", "constant"],
        ["utf8", "codes8"],
        ["utf8", "null"],
      ],
    );
  });

  test("staged columns take no more room than sealed ones: small integers and codes are small from the first", async () => {
    const line = (row: number): string => `<${row % 2}><${row % 100}><"${row % 50}"><${row}.5>\n`;
    const file = Buffer.from(Array.from({ length: 20_000 }, (_, row) => line(row)).join(""));
    const types = inferSorSchema(file).columns.map(({ type }) => type);
    assert.deepEqual(types, ["boolean", "int64", "utf8", "float64"]);
    const task = splitSorTask((name, bytes) => ({
      name,
      bytes,
      read: (offset, into) => {
        const part = file.subarray(offset, offset + into.length);
        into.set(part);
        return part.length;
      },
      close: () => {},
    }));
    const args = {
      types,
      badRows: "discard",
      chunkRows: 1_000_000,
      file: { path: "f", bytes: file.length },
      inputStart: null,
      blocks: [{ index: 0, start: 0, end: file.length }],
    };
    const { value, outputs } = await runTask(task, args);
    assert.deepEqual(SplitSorResult.parse(value).segments[0]!.dictionarySizes, [50]);
    // A bit, a byte, a byte and eight a row.
    assert.ok(outputs[1]!.length < 20_000 * 10.125 + 1_000, `${outputs[1]!.length} bytes are staged`);
  });

  test("a file that ends before its size is FILE_CHANGED, by name, and is closed; wrong arguments are refused", async () => {
    let open = 0;
    const task = splitSorTask((name, bytes) => {
      open++;
      return {
        name,
        bytes,
        read: () => 0,
        close: () => {
          open--;
        },
      };
    });
    const args = {
      types: ["int64"],
      badRows: "discard",
      chunkRows: 10,
      file: { path: "/data/a.sor", bytes: 100 },
      inputStart: null,
      blocks: [{ index: 0, start: 0, end: 100 }],
    };
    await assert.rejects(runTask(task, args), { code: "FILE_CHANGED", message: /\/data\/a\.sor/ });
    assert.equal(open, 0);
    for (const wrong of [{ blocks: [] }, { types: ["date"] }, { badRows: "ignore" }, { chunkRows: 0 }, { more: 1 }]) {
      await assert.rejects(runTask(task, { ...args, ...wrong }), { code: "DATA_INVALID", message: /sor\.split/ });
    }
  });
});
