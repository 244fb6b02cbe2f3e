import assert from "node:assert/strict";
import { isEau2Error } from "@eau2/protocol";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { CHUNK_COLUMNS_MAX, CHUNK_ROWS_MAX, decodeChunk, encodeChunk } from "../../src/column/chunk-codec.js";
import { COLUMN_TYPES, type ColumnLayout, ENCODINGS } from "../../src/column/column-types.js";
import { NO_STATISTICS } from "../../src/column/integer-statistics.js";
import { validateChunk } from "../../src/column/validate-chunk.js";
import { cellsOf, chunkModels, isFloat, layoutOf } from "./random-columns.js";

const SEED = seedFromEnv(13);

const bytesOfChunk = (columns: readonly ColumnLayout[], rowCount: number): Uint8Array => {
  const encoded = encodeChunk(columns, rowCount);
  // Dirty memory, as a range of a slab that was used before.
  const bytes = new Uint8Array(encoded.byteLength).fill(0xaa);
  encoded.write(bytes);
  return bytes;
};

/** Every typed array that a column holds, except bounds of text, which are copies. */
const arraysOf = (column: ColumnLayout): ArrayBufferView[] =>
  Object.values(column).filter((field): field is ArrayBufferView => ArrayBuffer.isView(field));

/** A column, and its items where it has lists. */
const withItems = (column: ColumnLayout): readonly ColumnLayout[] =>
  column.encoding === "list" ? [column, column.items] : [column];

const NULL_COLUMN: ColumnLayout = {
  type: "int8",
  encoding: "null",
  rowCount: 0,
  nullCount: 0,
  validity: undefined,
  statistics: NO_STATISTICS,
};

testSuite("chunk codec", (test) => {
  test("any columns come back as they were, with true statistics, and every encoding occurs", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(chunkModels(COLUMN_TYPES), (models) => {
        const rowCount = models[0]?.cells.length ?? 0;
        const columns = models.map(layoutOf);
        const bytes = bytesOfChunk(columns, rowCount);
        const decoded = decodeChunk(bytes);
        assert.equal(decoded.rowCount, rowCount);
        assert.deepEqual(decoded.columns, columns);
        for (const [index, model] of models.entries()) {
          const column: ColumnLayout = decoded.columns[index]!;
          assert.deepEqual(cellsOf(column, model.dictionary), model.cells);
          for (const one of withItems(column)) seen.add(one.encoding);
        }
        validateChunk(
          decoded,
          models.map((model) => model.dictionary?.length),
        );
      }),
      { seed: SEED, numRuns: 500 },
    );
    // Codes wider than 8 bits need larger dictionaries and have a test of their own.
    assert.deepEqual(
      ENCODINGS.filter((encoding) => !seen.has(encoding)),
      ["codes16", "codes32"],
    );
  });

  test("decoded arrays are views of the bytes, at multiples of 64 from the chunk's start", () => {
    fc.assert(
      fc.property(chunkModels(COLUMN_TYPES), fc.nat(20), (models, words) => {
        const encoded = encodeChunk(models.map(layoutOf), models[0]?.cells.length ?? 0);
        const slab = new SharedArrayBuffer(encoded.byteLength + 256);
        const bytes = new Uint8Array(slab, words * 8, encoded.byteLength);
        encoded.write(bytes);
        for (const column of decodeChunk(bytes).columns.flatMap(withItems)) {
          for (const array of arraysOf(column)) {
            assert.equal(array.buffer, slab);
            const isInRecord = isFloat(column.type) && column.encoding === "constant" && array !== column.validity;
            const position = array.byteOffset - bytes.byteOffset;
            assert.equal(position % 64, isInRecord ? 16 : array.byteLength === 0 ? position % 64 : 0);
            assert.equal(position >= 0 && position + array.byteLength <= bytes.length, true);
          }
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  test("a decoded column reads what is in the bytes now: nothing was copied", () => {
    const bytes = bytesOfChunk([layoutOf({ type: "int32", cells: [1n, 2n, 70_000n] })], 3);
    const column: ColumnLayout | undefined = decodeChunk(bytes).columns[0];
    assert.equal(column?.encoding, "int32");
    if (column?.encoding !== "int32") return;
    assert.equal(column.values.buffer, bytes.buffer);
    assert.equal(column.values.byteOffset, 192);
    bytes[192] = 9;
    assert.deepEqual([...column.values], [9, 2, 70_000]);
  });

  test("equal columns give equal bytes, whatever the null slots and the memory held before", () => {
    fc.assert(
      fc.property(chunkModels(COLUMN_TYPES), (models) => {
        const rowCount = models[0]?.cells.length ?? 0;
        const first = bytesOfChunk(models.map(layoutOf), rowCount);
        const copies = decodeChunk(first).columns;
        assert.deepEqual(bytesOfChunk(models.map(layoutOf), rowCount), first);
        assert.deepEqual(bytesOfChunk(copies, rowCount), first);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  test("statistics that are not known stay unknown", () => {
    const column = layoutOf({ type: "float64", cells: [1n, 2n, null] });
    const order = "none";
    const unknown = {
      order,
      min: undefined,
      max: undefined,
      magnitude: undefined,
      smallest: undefined,
      distinctCount: undefined,
    } as const;
    const [decoded] = decodeChunk(bytesOfChunk([{ ...column, statistics: unknown } as ColumnLayout], 3)).columns;
    assert.deepEqual(decoded?.statistics, unknown);
  });

  test("no columns, no rows and 4096 columns are chunks; more columns or rows are too large", () => {
    assert.deepEqual(decodeChunk(bytesOfChunk([], 0)), { rowCount: 0, columns: [] });
    assert.deepEqual(decodeChunk(bytesOfChunk([], 7)), { rowCount: 7, columns: [] });
    const columns = Array.from({ length: CHUNK_COLUMNS_MAX }, () => NULL_COLUMN);
    assert.equal(decodeChunk(bytesOfChunk(columns, 0)).columns.length, CHUNK_COLUMNS_MAX);
    const isTooLarge = (error: unknown): boolean => isEau2Error(error, "VALUE_TOO_LARGE");
    assert.throws(() => encodeChunk([...columns, NULL_COLUMN], 0), isTooLarge);
    assert.throws(() => encodeChunk([], CHUNK_ROWS_MAX + 1), isTooLarge);
  });

  test("a layout that contradicts itself is not written", () => {
    const column = layoutOf({ type: "int32", cells: [1n, 2n, 70_000n] });
    assert.throws(() => encodeChunk([column], 4), /invariant: int32 column encoded as int32: 3 rows in a chunk of 4/);
    assert.throws(() => encodeChunk([{ ...column, nullCount: 1 }], 3), /invariant.*validity/);
    assert.throws(
      () => encodeChunk([{ ...column, values: new Int32Array(2) } as ColumnLayout], 3),
      /invariant.*values/,
    );
    const lists = layoutOf({ type: "list", items: "int8", cells: [[1n, 2n], [], [3n]] });
    const items = layoutOf({ type: "int8", cells: [1n, 2n] });
    assert.throws(() => encodeChunk([{ ...lists, items } as ColumnLayout], 3), /invariant.*2 rows in a chunk of 3/);
    assert.throws(() => encodeChunk([column], 3).write(new Uint8Array(8)), /invariant: 204 bytes are written, not 8/);
  });

  test("bytes that begin at an odd place are refused with the way out", () => {
    const bytes = bytesOfChunk([layoutOf({ type: "int8", cells: [1n, 2n] })], 2);
    const shifted = new Uint8Array(bytes.length + 4).subarray(4);
    shifted.set(bytes);
    assert.throws(() => decodeChunk(shifted), { code: "USAGE", message: /copy it to an aligned place/ });
  });
});
