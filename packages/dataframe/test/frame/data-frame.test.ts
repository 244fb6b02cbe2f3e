import assert from "node:assert/strict";
import { Eau2Error, KeyRecord } from "@eau2/protocol";
import { encodeChunk, encodeControl, encodeDictionary } from "@eau2/serialization";
import { testSuite } from "@eau2/testing";
import { dictionaryColumn } from "../../src/column/column-from-arrays.js";
import { columnFromValues, dictionaryFromStrings } from "../../src/column/column-from-values.js";
import { DataFrame } from "../../src/frame/data-frame.js";
import { decodeFrameRecord, encodeFrameRecord, FrameRecord } from "../../src/frame/frame-record.js";
import { MemoryFrameStore } from "../kit/memory-frame-store.js";

const key = (name: string) => KeyRecord.parse({ name, home: 3 });

const record = FrameRecord.parse({
  id: "0a",
  schema: {
    columns: [
      { name: "word", type: "utf8" },
      { name: "count", type: "int64" },
    ],
  },
  rowCount: 5,
  chunks: [
    { key: key("f/0a/c/0"), rowCount: 3 },
    { key: key("f/0a/c/1"), rowCount: 2 },
  ],
  dictionaries: [{ key: key("d/0a/0"), size: 2 }, null],
  bytes: 100,
});

const written = (encoded: { byteLength: number; write(into: Uint8Array): void }): Uint8Array => {
  const bytes = new Uint8Array(encoded.byteLength);
  encoded.write(bytes);
  return bytes;
};

const values = (): Map<string, Uint8Array> =>
  new Map([
    ["d/0a/0", written(encodeDictionary(dictionaryFromStrings(["x", "y"])))],
    [
      "f/0a/c/0",
      written(encodeChunk([dictionaryColumn(Uint8Array.of(0, 1, 0), 2), columnFromValues("int64", [1, 2, 3])], 3)),
    ],
    [
      "f/0a/c/1",
      written(encodeChunk([dictionaryColumn(Uint8Array.of(1, 1), 2), columnFromValues("int64", [4, 5])], 2)),
    ],
  ]);

const rowsOf = async (frame: DataFrame): Promise<unknown[][]> => {
  const rows: unknown[][] = [];
  for await (const { firstRow, rowCount, columns } of frame.chunks()) {
    assert.equal(firstRow, rows.length);
    for (let row = 0; row < rowCount; row++) rows.push(columns.map((column) => column.get(row)));
  }
  return rows;
};

testSuite("DataFrame", (test) => {
  test("reads its chunks in order, and each dictionary once", async () => {
    const asked: string[] = [];
    const there = values();
    const frame = new DataFrame(record, key("f/0a/frame"), {
      get: async ({ name, home }) => {
        assert.equal(home, 3);
        asked.push(name);
        return there.get(name);
      },
    });
    assert.deepEqual(await rowsOf(frame), [
      ["x", 1],
      ["y", 2],
      ["x", 3],
      ["y", 4],
      ["y", 5],
    ]);
    assert.deepEqual(asked.sort(), ["d/0a/0", "f/0a/c/0", "f/0a/c/1"]);
  });

  test("an unknown column is COLUMN_UNKNOWN, naming those there are", () => {
    const frame = new DataFrame(record, key("f/0a/frame"), { get: async () => undefined });
    assert.equal(frame.columnIndex("count"), 1);
    assert.throws(() => frame.columnIndex("words"), { code: "COLUMN_UNKNOWN", message: /"word", "count"/ });
    assert.throws(() => frame.columnIndex("constructor"), { code: "COLUMN_UNKNOWN" });
  });

  test("a part that is nowhere is CHUNK_LOST, naming frame, part and holder", async () => {
    const there = values();
    there.delete("f/0a/c/1");
    const frame = new DataFrame(record, key("f/0a/frame"), { get: async ({ name }) => there.get(name) });
    await assert.rejects(rowsOf(frame), {
      code: "CHUNK_LOST",
      message: /frame 0a: "f\/0a\/c\/1" of shard 3/,
      details: { frame: "0a", home: 3 },
    });
  });

  test("a frame that is dropped while it is read says so, wherever it is read; what a visitor throws is its own", async () => {
    const store = new MemoryFrameStore([0, 1, 2]);
    const { key } = await DataFrame.fromArray(store, Float64Array.of(1, 2, 3), { chunkRows: 1 });
    const dropped = () => {
      throw new Eau2Error("KEY_DROPPED", "the store's own words", { home: 1 });
    };
    const isThird = ({ name }: KeyRecord) => name.endsWith("/c/2");
    const frame = await DataFrame.at(
      {
        get: async (wanted) => (isThird(wanted) ? dropped() : store.get(wanted)),
        local: {
          isHome: () => true,
          use: (wanted, read) => (isThird(wanted) ? dropped() : store.local!.use!(wanted, read)),
        },
      },
      key,
    );
    const explained = { code: "KEY_DROPPED", message: /^frame "f\/t1\/frame" was dropped; rows that were seen before/ };
    const seen: unknown[] = [];
    for (const read of [
      () => frame.visitRows((row) => seen.push(row.value)),
      () => frame.localMap(() => {}),
      () => frame.head(),
      () => frame.get(0, 2),
      () => DataFrame.at({ get: async () => dropped() }, key),
    ])
      await assert.rejects(read(), explained);
    assert.deepEqual(seen, [1, 2]);
    await assert.rejects(frame.localMap(dropped), { message: "the store's own words" });
  });

  test("a dictionary that could not be fetched is fetched again", async () => {
    const there = values();
    let failures = 1;
    const frame = new DataFrame(record, key("f/0a/frame"), {
      get: async ({ name }) => {
        if (name.startsWith("d/") && failures-- > 0) throw new Eau2Error("DEADLINE", "no answer");
        return there.get(name);
      },
    });
    await assert.rejects(rowsOf(frame), { code: "DEADLINE" });
    assert.equal((await rowsOf(frame)).length, 5);
  });
});

testSuite("FrameRecord", (test) => {
  test("survives its bytes", () => {
    assert.deepEqual(decodeFrameRecord(encodeFrameRecord(record)), record);
  });

  test("bytes of anything else are DATA_INVALID", () => {
    assert.throws(() => decodeFrameRecord(new TextEncoder().encode("hello")), { code: "DATA_INVALID" });
    assert.throws(() => decodeFrameRecord(encodeControl({ id: "0a" })), { code: "DATA_INVALID" });
    assert.throws(() => decodeFrameRecord(new Uint8Array(0)), { code: "DATA_INVALID" });
  });
});
