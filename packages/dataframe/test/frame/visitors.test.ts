/** Visits of rows and chunks: order, rows on loan, chunks in place, and what goes wrong in a visitor. */
import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { DataFrame } from "../../src/frame/data-frame.js";
import { DistributedArray } from "../../src/frame/distributed-array.js";
import { copyRow } from "../../src/frame/row-loan.js";
import { float64, int64, utf8 } from "../../src/schema/data-types.js";
import { schema } from "../../src/schema/schema.js";
import { MemoryFrameStore } from "../kit/memory-frame-store.js";

const Point = schema({ name: utf8, x: float64 });
const points = (store: MemoryFrameStore, count: number) =>
  DataFrame.fromRows(
    store,
    Point,
    Array.from({ length: count }, (_, index) => ({ name: index % 3 === 0 ? null : `p${index % 2}`, x: index / 2 })),
    { chunkRows: 4 },
  );

testSuite("row visitors", (test) => {
  test("every row is visited once, in order, with its number in the frame", async () => {
    const frame = await points(new MemoryFrameStore(), 11);
    const seen: unknown[] = [];
    await frame.visitRows((row, index) => seen.push([index, row.name, row.x]));
    assert.deepEqual(
      seen,
      Array.from({ length: 11 }, (_, index) => [index, index % 3 === 0 ? null : `p${index % 2}`, index / 2]),
    );
  });

  test("a visitor may be an object, the original's Rower", async () => {
    class Sum {
      total = 0;
      visit(row: { x: number | null }) {
        this.total += row.x ?? 0;
      }
    }
    const sum = new Sum();
    await (await points(new MemoryFrameStore(), 5)).visitRows(sum);
    assert.equal(sum.total, 5);
  });

  test("the row is one object for all rows: kept, it says so; copied, it stays", async () => {
    const frame = await points(new MemoryFrameStore(), 3);
    const kept: { x: number | null }[] = [];
    const copies: unknown[] = [];
    await frame.visitRows((row) => {
      kept.push(row);
      copies.push(copyRow(row));
    });
    assert.equal(new Set(kept).size, 1);
    assert.throws(() => kept[0]!.x, { code: "USAGE", message: /on loan during the visit/ });
    assert.deepEqual(copies[2], { name: "p0", x: 1 });
    assert.throws(() => Object.assign(kept[0]!, { x: 3 }), TypeError);
  });

  test("a visitor that throws ends the visit with its own error, and its row", async () => {
    const frame = await points(new MemoryFrameStore(), 9);
    let kept: { x: number | null } | undefined;
    let visits = 0;
    const visit = frame.visitRows((row) => {
      kept = row;
      if (++visits === 6) throw new RangeError("six");
    });
    await assert.rejects(visit, { name: "RangeError", message: "six" });
    assert.equal(visits, 6);
    assert.throws(() => kept!.x, { code: "USAGE" });
  });

  test("a visitor that makes a frame and throws leaves nothing: no frame, no name, no row that can be set", async () => {
    const store = new MemoryFrameStore();
    const frame = await points(store, 9);
    const before = [...store.values.keys()];
    const fail = (index: number) => {
      if (index === 6) throw new RangeError("six");
      return true;
    };
    let kept: { x: number | null } | undefined;
    const map = (_: unknown, out: { x: number | null }, index: number) => {
      kept = out;
      fail(index);
    };
    let written = 0;
    const writer = {
      visit: (row: { x: number | null }) => {
        kept = row;
        fail(written++);
      },
      done: () => false,
    };
    for (const make of [
      () => frame.mapRows(store, Point, map, { name: "made", chunkRows: 2 }),
      () => frame.filterRows(store, (_, index) => fail(index), { name: "made", chunkRows: 2 }),
      () => DataFrame.fromVisitor(store, Point, writer, { name: "made", chunkRows: 2 }),
    ]) {
      await assert.rejects(make(), { name: "RangeError", message: "six" });
      assert.deepEqual([[...store.values.keys()], await store.resolve("made")], [before, undefined]);
      if (kept !== undefined)
        assert.throws(() => Object.assign(kept!, { x: 1 }), {
          code: "USAGE",
          message: /set "x" of a row that was kept/,
        });
      kept = undefined;
    }
  });

  test("mapRows makes a row of each row, filterRows keeps some", async () => {
    const store = new MemoryFrameStore();
    const frame = await points(store, 10);
    const doubled = await frame.mapRows(store, schema({ twice: float64, at: int64 }), (row, out, index) => {
      if (row.name !== null) out.twice = (row.x ?? 0) * 2;
      out.at = index;
    });
    assert.deepEqual(await doubled.head(3), [
      { twice: null, at: 0 },
      { twice: 1, at: 1 },
      { twice: 2, at: 2 },
    ]);
    const odd = await frame.filterRows(store, (row) => row.name === "p1", { name: "odd" });
    assert.deepEqual([odd.nrows, (await odd.head(1))[0]], [3, { name: "p1", x: 0.5 }]);
    assert.equal((await DataFrame.open(store, "odd", Point)).nrows, 3);
  });

  test("names that objects have anyway are columns like others", async () => {
    const store = new MemoryFrameStore();
    const Odd = schema({ constructor: float64, toString: utf8, ["__proto__"]: float64 });
    const frame = await DataFrame.fromRows(store, Odd, [{ constructor: 1, toString: "t", ["__proto__"]: 3 } as never]);
    const seen: unknown[] = [];
    await frame.visitRows((row) => seen.push(row.constructor, row.toString, Reflect.get(row, "__proto__")));
    assert.deepEqual(seen, [1, "t", 3]);
  });
});

testSuite("chunk visitors", (test) => {
  test("float64 is a view of the chunk, other encodings are unpacked; nulls are 0 and known", async () => {
    const store = new MemoryFrameStore();
    const frame = await DataFrame.fromColumns(store, { d: [1, null, 3], k: [5n, 5n, 5n], s: ["a", "b", "a"] });
    const [chunk] = await frame.mapChunks((view) => ({
      d: [...view.numbers("d")],
      bits: view.validity("d")![0],
      k: [...view.numbers("k")],
      s: view.coded("s")!,
      wholes: [view.isWhole("d"), view.isWhole("k")],
    }));
    assert.deepEqual([chunk!.d, chunk!.bits, chunk!.k], [[1, 0, 3], 0b101, [5, 5, 5]]);
    assert.deepEqual([[...chunk!.s.codes], chunk!.s.dictionary.count, chunk!.wholes], [[0, 1, 0], 2, [false, true]]);
    await assert.rejects(
      frame.mapChunks((view) => view.numbers("s")),
      { code: "TYPE_MISMATCH" },
    );
    await assert.rejects(
      frame.mapChunks((view) => view.numbers("q")),
      { code: "COLUMN_UNKNOWN" },
    );
  });

  test("a chunk visitor that throws ends the visit with its own error, at that chunk", async () => {
    const frame = await points(new MemoryFrameStore([0, 1, 2]), 16);
    for (const visit of ["mapChunks", "localMap"] as const) {
      const seen: number[] = [];
      const throwing = (chunk: { readonly firstRow: number }) => {
        seen.push(chunk.firstRow);
        if (chunk.firstRow === 4) throw new RangeError("four");
      };
      await assert.rejects(frame[visit](throwing), { name: "RangeError", message: "four" });
      assert.deepEqual(seen, [0, 4]);
    }
  });

  test("localMap sees the chunks of this process, in place; the others are for other nodes", async () => {
    const store = new MemoryFrameStore([0, 2]);
    const frame = await points(store, 16); // chunks at homes 0, 1, 2, 0
    const stored = (home: number) =>
      store.values.get(frame.record.chunks.find(({ key }) => key.home === home)!.key.name)!;
    const firstRows = await frame.localMap((chunk) => {
      if (chunk.firstRow === 0) assert.equal(chunk.numbers("x").buffer, stored(0).buffer);
      return chunk.firstRow;
    });
    assert.deepEqual(firstRows, [0, 8, 12]);
    assert.deepEqual(await (await points(new MemoryFrameStore(), 16)).localMap((chunk) => chunk.firstRow), []);
  });
});

testSuite("DistributedArray", (test) => {
  const numbers = (store: MemoryFrameStore) =>
    DistributedArray.fromArray<number>(
      store,
      Float64Array.from({ length: 100 }, (_, index) => index),
      { chunkRows: 7 },
    );

  test("get, slice and iteration agree with the array", async () => {
    const array = await numbers(new MemoryFrameStore());
    const plain = Array.from({ length: 100 }, (_, index) => index);
    assert.equal(array.length, 100);
    assert.equal(await array.get(99), 99);
    for (const [start, end] of [
      [0, 100],
      [6, 8],
      [13, 15],
      [-3, undefined],
      [50, -40],
      [90, 1000],
      [5, 5],
      [8, 3],
      [-1000, 2],
    ] as const) {
      assert.deepEqual(await array.slice(start, end), plain.slice(start, end), `${start}, ${end}`);
    }
    const iterated: number[] = [];
    for await (const value of array) iterated.push(value);
    assert.deepEqual(iterated, plain);
    await assert.rejects(array.get(100), { code: "USAGE" });
  });

  test("slice fetches only the chunks it needs", async () => {
    const store = new MemoryFrameStore();
    const array = await numbers(store);
    store.asked.length = 0;
    await array.slice(20, 22);
    assert.deepEqual(store.asked, ["f/t1/c/2", "f/t1/c/3"]);
  });

  test("map makes another array, reduce goes from first to last", async () => {
    const store = new MemoryFrameStore();
    const array = await numbers(store);
    const texts = await array.map(store, (value) => `n${value % 5}`);
    assert.deepEqual(await texts.slice(3, 6), ["n3", "n4", "n0"]);
    assert.equal(await array.reduce((sum, value) => sum + value, 0), 4_950);
    assert.equal(await texts.reduce((text, value, index) => (index < 3 ? text + value : text), ""), "n0n1n2");
  });

  test("a frame of two columns is no array", async () => {
    const frame = await DataFrame.fromColumns(new MemoryFrameStore(), { a: [1], b: [1] });
    assert.throws(() => new DistributedArray(frame), { code: "USAGE" });
  });
});
