/** Frames from arrays, rows and writers: what went in comes out, chunks are where they should be, names are taken once. */
import assert from "node:assert/strict";
import { decodeChunk, validateChunk } from "@eau2/serialization";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { DataFrame } from "../../src/frame/data-frame.js";
import { boolean, date, float64, int8, int64, list, timestamp, utf8 } from "../../src/schema/data-types.js";
import { schema, schemaOf } from "../../src/schema/schema.js";
import { MemoryFrameStore } from "../kit/memory-frame-store.js";

const Trip = schema({ carrier: utf8, distance: float64, flights: int64, late: boolean });

const TRIPS = [
  { carrier: "AA", distance: 1.5, flights: 3, late: true },
  { carrier: null, distance: Number.NaN, flights: -(2 ** 53), late: null },
  { carrier: "__proto__", distance: -0, flights: null, late: false },
  { carrier: "", distance: null, flights: 0, late: true },
  { carrier: "AA", distance: Number.NEGATIVE_INFINITY, flights: 7, late: false },
];

const allRows = async <Row>(frame: DataFrame<Row>): Promise<unknown[]> => {
  const rows: unknown[] = [];
  for await (const row of frame.rows()) rows.push(row);
  return rows;
};

const CELLS = {
  utf8: fc.option(fc.oneof(fc.string({ unit: "binary", maxLength: 6 }), fc.constantFrom("a", "b", "constructor"))),
  float64: fc.option(fc.double()),
  int64: fc.option(fc.maxSafeInteger()),
  int8: fc.option(fc.integer({ min: -128, max: 127 })),
  boolean: fc.option(fc.boolean()),
  float32: fc.option(fc.float()),
  date: fc.option(fc.integer({ min: -100_000_000, max: 100_000_000 }).map((days) => new Date(days * 86_400_000))),
  timestamp: fc.option(fc.integer({ min: -8.64e15, max: 8.64e15 }).map((ms) => new Date(ms))),
  "list<utf8>": fc.option(fc.array(fc.option(fc.constantFrom("a", "b", "", "__proto__")), { maxLength: 3 })),
  "list<int64>": fc.option(fc.array(fc.option(fc.maxSafeInteger()), { maxLength: 3 })),
} as const;

testSuite("frames that are built", (test) => {
  test("rows come back as they went in, with nulls, NaN, -0 and strange names", async () => {
    const store = new MemoryFrameStore();
    const frame = await DataFrame.fromRows(store, Trip, TRIPS, { chunkRows: 2 });
    assert.deepEqual([frame.nrows, frame.ncols, frame.record.chunks.length], [5, 4, 3]);
    assert.deepEqual(await allRows(frame), TRIPS);
    assert.equal(await frame.get("flights", 4), 7);
    assert.equal(await frame.get(0, 2), "__proto__");
    assert.ok(Object.is(await frame.get("distance", 2), -0));
  });

  test("any rows of any schema come back, whatever the chunks; all chunks are as their encoder would write them", async () => {
    const column = fc.constantFrom(...(Object.keys(CELLS) as (keyof typeof CELLS)[]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(column, { minLength: 1, maxLength: 4 }).chain((types) =>
          fc.record({
            types: fc.constant(types),
            rows: fc.array(fc.tuple(...types.map((type): fc.Arbitrary<unknown> => CELLS[type])), { maxLength: 30 }),
          }),
        ),
        fc.integer({ min: 1, max: 8 }),
        async ({ types, rows }, chunkRows) => {
          const store = new MemoryFrameStore();
          const any = schemaOf(types.map((type, index) => [`c${index}`, type]));
          const asObjects = rows.map((cells) => Object.fromEntries(cells.map((cell, index) => [`c${index}`, cell])));
          const frame = await DataFrame.fromRows(store, any, asObjects as never, { chunkRows });
          // Lone surrogates have no UTF-8 form.
          const wellFormed = (cell: unknown) =>
            typeof cell === "string" ? Buffer.from(cell, "utf8").toString("utf8") : cell;
          assert.deepEqual(
            await allRows(frame),
            asObjects.map((row) =>
              Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, wellFormed(cell)])),
            ),
          );
          for (const { key } of frame.record.chunks) {
            const sizes = frame.record.dictionaries.map((dictionary) => dictionary?.size);
            validateChunk(decodeChunk(store.values.get(key.name)!), sizes);
          }
        },
      ),
      { seed: seedFromEnv(61), numRuns: 150 },
    );
  });

  test("chunks are spread over the shards, all columns of a row range together", async () => {
    const store = new MemoryFrameStore();
    const frame = await DataFrame.fromColumns(
      store,
      { a: Float64Array.from({ length: 7 }, (_, i) => i) },
      { chunkRows: 2 },
    );
    assert.deepEqual(
      frame.record.chunks.map(({ key, rowCount }) => [key.home, rowCount]),
      [
        [0, 2],
        [1, 2],
        [2, 2],
        [0, 1],
      ],
    );
  });

  test("typed arrays keep their types and bits; the caller may go on writing to them", async () => {
    const store = new MemoryFrameStore();
    const d = Float64Array.of(1, -0, Number.NaN, 1e300);
    const frame = await DataFrame.fromColumns(
      store,
      { d, i: Int32Array.of(1, 2, 3, -4), b: BigInt64Array.of(1n, 2n ** 53n, 3n, -4n), s: Int8Array.of(1, 1, 1, 1) },
      { chunkRows: 3 },
    );
    d.fill(7);
    assert.deepEqual(
      frame.schema.columns.map(({ type }) => type.type),
      ["float64", "int32", "int64", "int8"],
    );
    assert.deepEqual(await allRows(frame), [
      { d: 1, i: 1, b: 1, s: 1 },
      { d: -0, i: 2, b: 2 ** 53, s: 1 },
      { d: Number.NaN, i: 3, b: 3, s: 1 },
      { d: 1e300, i: -4, b: -4, s: 1 },
    ]);
  });

  test("arrays of dates are timestamps; days, microseconds and float32 come from typed arrays, as a schema says", async () => {
    const store = new MemoryFrameStore();
    const noon = new Date("2024-02-29T12:00:00Z");
    const guessed = await DataFrame.fromColumns(store, { at: [null, noon], f: Float32Array.of(0.5, -0) });
    assert.deepEqual(
      guessed.schema.columns.map(({ type }) => type.type),
      ["timestamp", "float32"],
    );
    assert.deepEqual(await allRows(guessed), [
      { at: null, f: 0.5 },
      { at: noon, f: -0 },
    ]);
    const Times = schema({ day: date, at: timestamp, exact: timestamp({ as: "bigint" }) });
    const micros = BigInt64Array.of(-1_000n, 2_000n);
    const frame = await DataFrame.fromColumns(
      store,
      { day: Int32Array.of(-1, 19_782), at: micros, exact: micros },
      { schema: Times },
    );
    assert.deepEqual(await allRows(frame), [
      { day: new Date("1969-12-31"), at: new Date(-1), exact: -1_000n },
      { day: new Date("2024-02-29"), at: new Date(2), exact: 2_000n },
    ]);
    const [numbers] = await frame.mapChunks((chunk) => [
      chunk.numbers("day"),
      chunk.integers("day"),
      chunk.numbers("at"),
    ]);
    assert.deepEqual(numbers, [Float64Array.of(-1, 19_782), Int32Array.of(-1, 19_782), Float64Array.of(-1_000, 2_000)]);
    const copied = await frame.filterRows(store, ({ exact }) => (exact ?? 0n) > 0n);
    assert.deepEqual(await allRows(copied), [{ day: new Date("2024-02-29"), at: new Date(2), exact: 2_000n }]);
  });

  test("lists of text share the dictionary of their column, over chunks without any item too", async () => {
    const store = new MemoryFrameStore();
    const Post = schema({ tags: list(utf8), ids: list(int64({ as: "bigint" })) });
    const posts = [
      { tags: ["a", null, "b"], ids: [2n ** 60n] },
      { tags: [], ids: null },
      { tags: null, ids: [] },
      { tags: ["b", "b"], ids: [null, -1n] },
    ];
    const frame = await DataFrame.fromRows(store, Post, posts, { chunkRows: 1 });
    assert.deepEqual(await allRows(frame), posts);
    assert.deepEqual(await frame.get("tags", 3), ["b", "b"]);
    assert.deepEqual(
      frame.record.dictionaries.map((dictionary) => dictionary?.size),
      [2, undefined],
    );
    const seen = await frame.mapChunks((chunk) => {
      const { offsets, items } = chunk.lists("tags");
      return [[...offsets], items.rowCount, items.layout.encoding];
    });
    assert.deepEqual(seen, [
      [[0, 3], 3, "codes8"],
      [[0, 0], 0, "null"],
      [[0, 0], 0, "null"],
      [[0, 2], 2, "constantCode"],
    ]);
    await frame.mapChunks((chunk) => {
      assert.throws(() => chunk.numbers("ids"), { code: "TYPE_MISMATCH", message: /"ids": it is list/ });
      assert.throws(() => chunk.integers("ids"), { code: "TYPE_MISMATCH" });
    });
    await assert.rejects(DataFrame.fromRows(store, Post, [{ tags: [7] as never }]), {
      code: "TYPE_MISMATCH",
      message:
        'row 0: column "tags" is list<utf8> and was given [7] (array); give an array of which each item is a string or null, or null',
    });
    const guessed = await DataFrame.fromColumns(store, { none: [null, []], some: [[null], [true]] });
    assert.deepEqual(
      guessed.record.schema.columns.map(({ type }) => type),
      ["list<float64>", "list<boolean>"],
    );
    assert.deepEqual(await allRows(guessed), [
      { none: null, some: [null] },
      { none: [], some: [true] },
    ]);
  });

  test("a scalar of each of the original's types is a frame of one cell", async () => {
    const store = new MemoryFrameStore();
    for (const [value, letter] of [
      [true, "B"],
      [5n, "I"],
      [1.5, "D"],
      ["x", "S"],
    ] as const) {
      const frame = await DataFrame.fromScalar(store, value);
      assert.deepEqual(
        [frame.nrows, frame.schema.sidb, await frame.get("value", 0)],
        [1, letter, typeof value === "bigint" ? 5 : value],
      );
    }
  });

  test("a writer fills rows until it is done; what it does not set is null", async () => {
    const store = new MemoryFrameStore();
    let left = 3;
    const frame = await DataFrame.fromVisitor(store, Trip, {
      visit: (row) => {
        row.flights = left--;
        if (left === 1) row.carrier = "UA";
      },
      done: () => left === 0,
    });
    assert.deepEqual(
      (await frame.head()).map(({ carrier, flights }) => [carrier, flights]),
      [
        [null, 3],
        ["UA", 2],
        [null, 1],
      ],
    );
    const misspelt = { visit: (row: object) => Object.assign(row, { carier: "x" }), done: () => false };
    await assert.rejects(DataFrame.fromVisitor(store, Trip, misspelt as never), TypeError);
  });

  test("bigints beyond 2^53 are exact where the schema asks for them, and INT64_UNSAFE where it does not", async () => {
    const store = new MemoryFrameStore();
    const Exact = schema({ id: int64({ as: "bigint" }) });
    const frame = await DataFrame.fromRows(store, Exact, [{ id: 2n ** 60n }, { id: null }], { name: "ids" });
    const id: bigint | null = await frame.get("id", 0);
    assert.equal(id, 2n ** 60n);
    const asNumbers = await DataFrame.open(store, "ids");
    await assert.rejects(asNumbers.get("id", 0), { code: "INT64_UNSAFE", message: /"id"/ });
  });

  test("text of mostly different values is stored plain, other text in a dictionary of the frame", async () => {
    const store = new MemoryFrameStore();
    const rows = Array.from({ length: 70_000 }, (_, index) => ({ id: `id ${index}`, kind: `kind ${index % 3}` }));
    const frame = await DataFrame.fromRows(store, schema({ id: utf8, kind: utf8 }), rows, { chunkRows: 30_000 });
    assert.deepEqual(
      frame.record.dictionaries.map((dictionary) => dictionary?.size ?? null),
      [null, 3],
    );
    assert.deepEqual([await frame.get("id", 69_999), await frame.get("kind", 40_001)], ["id 69999", "kind 2"]);
  });

  test("an empty frame has no chunks, and its columns all the same", async () => {
    const store = new MemoryFrameStore();
    const frame = await DataFrame.fromRows(store, Trip, []);
    assert.deepEqual([frame.nrows, frame.record.chunks.length, await frame.head()], [0, 0, []]);
    assert.deepEqual((await DataFrame.fromColumns(store, {})).ncols, 0);
  });
});

testSuite("frames that cannot be", (test) => {
  test("values of another type name row, column and what to give", async () => {
    const store = new MemoryFrameStore();
    const bad = (row: object) => DataFrame.fromRows(store, Trip, [{ carrier: "a" }, row as never]);
    await assert.rejects(bad({ distance: "12" }), {
      code: "TYPE_MISMATCH",
      message: 'row 1: column "distance" is float64 and was given "12" (string); give a number or null',
    });
    await assert.rejects(bad({ carrier: 3 }), { code: "TYPE_MISMATCH", message: /give a string or null/ });
    await assert.rejects(bad({ late: 1 }), { code: "TYPE_MISMATCH" });
    await assert.rejects(bad({ flights: 1.5 }), { code: "TYPE_MISMATCH", message: /give an integer or null/ });
    await assert.rejects(bad({ flights: 2 ** 54 }), { code: "INT64_UNSAFE" });
    await assert.rejects(DataFrame.fromRows(store, schema({ small: int8 }), [{ small: 128 }]), {
      code: "TYPE_MISMATCH",
    });
    assert.equal(store.values.size, 0);
  });

  test("columns of different lengths, missing and extra ones are USAGE", async () => {
    const store = new MemoryFrameStore();
    const make = (columns: Record<string, number[]>) =>
      DataFrame.fromColumns(store, columns as never, { schema: schema({ a: float64, b: float64 }) });
    await assert.rejects(make({ a: [1], b: [1, 2] }), { code: "USAGE", message: /"a" has 1 values and "b" 2/ });
    await assert.rejects(make({ a: [1] }), { code: "USAGE", message: /"b" of the schema/ });
    await assert.rejects(make({ a: [1], b: [1], c: [1] }), { code: "USAGE", message: /"c" is not a column/ });
    await assert.rejects(DataFrame.fromArray(store, [1], { chunkRows: 0 }), { code: "USAGE" });
  });

  test("a name is taken once; a frame that lost the race leaves nothing behind", async () => {
    const store = new MemoryFrameStore();
    const first = await DataFrame.fromArray(store, [1, 2], { name: "mine" });
    const valuesBefore = store.values.size;
    await assert.rejects(DataFrame.fromArray(store, [3], { name: "mine" }), {
      code: "FRAME_EXISTS",
      message: /drop it first/,
    });
    store.resolve = async () => undefined; // as if the other came in between
    await assert.rejects(DataFrame.fromArray(store, ["x"], { name: "mine" }), { code: "FRAME_EXISTS" });
    assert.equal(store.values.size, valuesBefore);
    assert.deepEqual(store.names.get("mine"), first.key);
  });

  test("a store that refuses a part gets all of them back", async () => {
    for (const refused of [/\/c\/1$/, /^d\//, /\/frame$/]) {
      const store = new MemoryFrameStore();
      store.refuses = refused;
      await assert.rejects(DataFrame.fromArray(store, ["a", "b", "c"], { chunkRows: 1 }), { code: "MEMORY_EXCEEDED" });
      assert.deepEqual([...store.values.keys()], [], String(refused));
    }
  });

  test("columns, positions and rows that are not there say what is", async () => {
    const store = new MemoryFrameStore();
    const frame = await DataFrame.fromRows(store, Trip, TRIPS, { name: "trips" });
    await assert.rejects(frame.get("carier" as never, 0), {
      code: "COLUMN_UNKNOWN",
      message: /did you mean "carrier"/,
    });
    await assert.rejects(frame.get(4, 0), { code: "COLUMN_UNKNOWN", message: /has 4, counted from 0/ });
    for (const row of [-1, 5, 0.5, Number.NaN])
      await assert.rejects(frame.get("late", row), { code: "USAGE", message: /has 5/ });
    await assert.rejects(DataFrame.open(store, "trip"), { code: "FRAME_UNKNOWN" });
    await assert.rejects(DataFrame.open(store, "trips", schema({ carrier: utf8 })), {
      code: "TYPE_MISMATCH",
      message: /column 1 is declared as no column and is "distance" \(float64\)/,
    });
  });
});
