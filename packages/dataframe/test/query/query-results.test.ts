import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { lit } from "../../src/expression/builders.js";
import { when } from "../../src/expression/when.js";
import { DataFrame } from "../../src/frame/data-frame.js";
import { planColumns } from "../../src/plan/plan-columns.js";
import { count, max, sum } from "../../src/query/aggregates.js";
import type { Query } from "../../src/query/query.js";
import type { FileWriter, WrittenRows } from "../../src/query/query-runner.js";
import { boolean, date, float64, int64, list, utf8 } from "../../src/schema/data-types.js";
import { type Schema, schema, schemaOf } from "../../src/schema/schema.js";
import type { MemoryFrameStore } from "../kit/memory-frame-store.js";
import { PreparedQueries, storeWithQueries } from "../kit/prepared-queries.js";

const Trip = schema({ carrier: utf8, delay: float64, seats: int64({ as: "bigint" }), late: boolean });
const ROWS = [
  { carrier: "AA", delay: 5, seats: 2n ** 53n + 1n, late: false },
  { carrier: "DL", delay: null, seats: null, late: true },
  { carrier: "UA", delay: -0, seats: -1n, late: null },
];

/** Trips in chunks of one row, and queries whose every result are the same three rows. */
const trips = async ({ isAtHand = true } = {}) => {
  const chunkRows = 1;
  const results: DataFrame<never>[] = [];
  const queries = new PreparedQueries(async () => {
    const result = await DataFrame.fromRows(store, Trip, ROWS, { chunkRows });
    results.push(result as never);
    return result.untyped;
  }, isAtHand);
  const store: MemoryFrameStore & { readonly queries: PreparedQueries } = storeWithQueries(queries);
  const frame = await DataFrame.fromRows(store, Trip, ROWS, { chunkRows });
  return { store, queries, frame, query: frame.filter((row) => row.late), results };
};

/** A chunk of the last result is lost. */
const loseChunk = (store: MemoryFrameStore, chunk: number, results: readonly DataFrame<never>[]): void => {
  assert.ok(store.values.delete(results.at(-1)!.record.chunks[chunk]!.key.name));
};

const CODE = (code: string) => ({ code });

testSuite("the results of queries", (test) => {
  test("rows and columns come as they were, and the result is dropped", async () => {
    for (const isAtHand of [true, false]) {
      const { queries, query, results } = await trips({ isAtHand });
      assert.deepEqual(await query.collect(), ROWS);
      const { carrier, delay, seats } = await query.columns();
      assert.deepEqual(carrier, ["AA", "DL", "UA"]);
      assert.deepEqual(delay, [5, null, -0]);
      assert.deepEqual(seats, [2n ** 53n + 1n, null, -1n]);
      assert.deepEqual(queries.ran[0]!.plan, query.plan);
      assert.deepEqual(
        queries.released,
        results.map(({ key }) => key),
      );
    }
  });

  test("a frame is its own result: nothing runs, and nothing is dropped", async () => {
    const { queries, frame } = await trips();
    assert.deepEqual(await frame.collect(), ROWS);
    assert.deepEqual((await frame.columns()).carrier, ["AA", "DL", "UA"]);
    assert.equal(await frame.frame(), frame);
    for await (const _ of frame.batches()) break;
    assert.deepEqual([queries.ran, queries.released], [[], []]);
  });

  test("batches are fetched one by one as they are asked for, and dropped when the loop ends early", async () => {
    const { store, queries, query, results } = await trips();
    const chunksAsked = (): number => store.asked.filter((name) => name.includes("/c/")).length;
    for await (const batch of query.batches()) {
      const asked = chunksAsked();
      assert.equal(asked, batch.firstRow + 1);
      assert.deepEqual(queries.released, []);
      if (batch.firstRow === 1) break;
    }
    assert.equal(chunksAsked(), 2);
    assert.deepEqual(queries.released, [results[0]!.key]);
  });

  test("whatever goes wrong while a result is read, it is dropped, and the first error is told", async () => {
    const { store, queries, query, results } = await trips();
    queries.releaseError = new Error("the node has gone");
    const lost = async (read: () => Promise<unknown>): Promise<void> => {
      await assert.rejects(read, CODE("CHUNK_LOST"));
      assert.equal(queries.released.at(-1), results.at(-1)!.key);
    };
    const lossy = query.filter((row) => row.delay.gt(0));
    const answer = queries.run.bind(queries);
    queries.run = async (plan, options) => {
      const result = await answer(plan, options);
      loseChunk(store, 1, results);
      return result;
    };
    await lost(() => lossy.collect());
    await lost(() => lossy.columns());
    await lost(async () => {
      for await (const _ of lossy.batches());
    });
    assert.equal(queries.released.length, 3);
  });

  test("an aborted signal ends it before it runs, and between chunks", async () => {
    const { queries, query, results } = await trips();
    await assert.rejects(query.collect({ signal: AbortSignal.abort() }), CODE("CANCELLED"));
    assert.deepEqual(queries.ran, []);
    const controller = new AbortController();
    const batches = query.batches({ signal: controller.signal });
    await batches.next();
    controller.abort();
    await assert.rejects(batches.next(), CODE("CANCELLED"));
    assert.deepEqual(queries.released, [results[0]!.key]);
  });

  test("options reach the runner, with the name of what is saved; frames that are kept are not dropped", async () => {
    const { queries, query } = await trips();
    const seen: number[] = [];
    const { signal } = new AbortController();
    const saved = await query.save("late", {
      signal,
      timeoutMs: 5_000,
      onProgress: ({ tasksDone }) => seen.push(tasksDone),
    });
    const { options } = queries.ran[0]!;
    assert.deepEqual([options.name, options.signal, options.timeoutMs, seen], ["late", signal, 5_000, [1]]);
    assert.deepEqual(await saved.collect(), ROWS);
    assert.deepEqual(await (await query.frame()).collect(), ROWS);
    assert.deepEqual(queries.released, []);
    assert.equal(await query.explain(), "");
    assert.equal(await query.explain({ analyze: true }), "\n0 stages in 12 ms\n");
    assert.deepEqual(
      queries.explained.map(({ plan, analyze }) => [plan === query.plan, analyze]),
      [
        [true, false],
        [true, true],
      ],
    );
  });

  test("a file is written from the chunks in order, and the result is dropped", async () => {
    const { store, queries, query, frame, results } = await trips();
    const written: [string, readonly string[], number, unknown[]][] = [];
    const files: FileWriter = {
      write: async (path, { schema, rowCount, chunks }: WrittenRows) => {
        const firstRows: number[] = [];
        for await (const { firstRow } of chunks()) firstRows.push(firstRow);
        written.push([path, schema.names, rowCount, firstRows]);
        return { rowCount, bytes: 0 };
      },
    };
    await assert.rejects(query.write("late.csv"), { code: "USAGE", message: /^write: / });
    Object.assign(store, { files });
    await query.write("late.csv");
    await frame.write("all.csv");
    const names = ["carrier", "delay", "seats", "late"];
    assert.deepEqual(written, [
      ["late.csv", names, 3, [0, 1, 2]],
      ["all.csv", names, 3, [0, 1, 2]],
    ]);
    assert.deepEqual(queries.released, [results[0]!.key]);
  });

  test("columns that are made of those declared as bigints show bigints, whatever the steps between", async () => {
    const Plane = schema({ seats: int64({ as: "bigint" }), built: date({ as: "bigint" }), crew: int64, name: utf8 });
    const { frame } = await plannedFrame(Plane, {});
    const shown = async ({ untyped }: { readonly untyped: Query }): Promise<string> =>
      (await untyped.frame()).schema.columns
        .map(({ name, type }) => `${name}${type.as === "bigint" ? " bigint" : ""}`)
        .join(", ");
    assert.equal(
      await shown(
        frame.select("name", "seats", (row) => ({
          more: row.seats.add(1n),
          half: row.seats.div(2),
          length: row.name.length(),
          same: row.seats.orElse(0n),
          choice: when(row.seats.gt(1n), row.seats).otherwise(null),
          fewer: row.seats.nullIf(5),
          other: row.crew.nullIf(row.seats),
          whole: row.seats.cast(int64),
        })),
      ),
      "name, seats bigint, more bigint, half, length, same bigint, choice bigint, fewer bigint, other, whole",
    );
    assert.equal(
      await shown(
        frame
          .groupBy("seats", "name")
          .agg((row) => ({ n: count("seats"), s: sum("seats"), m: max(row.built), crew: sum("crew") })),
      ),
      "seats bigint, name, n, s bigint, m bigint, crew",
    );
    assert.equal(await shown(frame.rename({ seats: "crew", crew: "seats" })), "crew bigint, built bigint, seats, name");
    assert.equal(await shown(frame.distinct("name").limit(1)), "seats bigint, built bigint, crew, name");
  });

  test("columns may have any name", async () => {
    const names = ["__proto__", "constructor", "then"];
    const { frame } = await plannedFrame(schemaOf(names.map((name) => [name, float64])), {});
    const columns = await frame.limit(1).columns();
    assert.deepEqual(Object.keys(columns), names);
    assert.deepEqual(Object.values(columns), [[null], [null], [null]]);
  });

  test("a source without queries says where they run", async () => {
    const { frame } = await trips();
    const alone = new DataFrame(frame.record, frame.key, { get: async () => undefined }, Trip);
    await assert.rejects(alone.limit(1).collect(), { code: "USAGE", message: /take the frame from open\(\)/ });
    await assert.rejects(alone.explain(), CODE("USAGE"));
  });

  test("describe asks for what each type has, a bounded number of columns at a time", async () => {
    const { queries, frame } = await plannedFrame(
      schemaOf([
        ["x", float64],
        ["s", utf8],
        ["l", list(utf8)],
      ]),
      { rows: 5, "0.count": 4, "0.mean": 2.5, "0.min": "-1.5", "0.max": "NaN", "0.q75": 3, "1.count": 0, "2.count": 5 },
    );
    const nothing = { mean: null, stddev: null, min: null, q25: null, median: null, q75: null, max: null };
    assert.deepEqual(await frame.filter(lit(true)).describe(), [
      { column: "x", type: "float64", count: 4, nulls: 1, ...nothing, mean: 2.5, min: "-1.5", q75: 3, max: "NaN" },
      { column: "s", type: "utf8", count: 0, nulls: 5, ...nothing },
      { column: "l", type: "list<utf8>", count: 5, nulls: 0, ...nothing },
    ]);
    assert.equal(queries.ran.length, 1);
    assert.deepEqual(
      planColumns(queries.ran[0]!.plan)
        .map(({ name }) => name)
        .join(" "),
      "rows 0.count 0.min 0.max 0.mean 0.stddev 0.q25 0.median 0.q75 1.count 1.min 1.max 2.count",
    );

    const wide = await plannedFrame(schemaOf(Array.from({ length: 600 }, (_, index) => [`c${index}`, float64])), {});
    const summaries = await wide.frame.describe();
    assert.equal(wide.queries.ran.length, 3);
    assert.deepEqual([summaries.length, summaries[599]!.column], [600, "c599"]);
  });
});

/** A frame without rows; results have the columns that the plan says and one row with `values`. */
const plannedFrame = async <Row>(schema: Schema<Row>, values: Readonly<Record<string, unknown>>) => {
  const queries = new PreparedQueries(async (plan) => {
    const planned = schemaOf(planColumns(plan).map(({ name, type }) => [name, type]));
    return (await DataFrame.fromRows(store, planned, [values as never])).untyped;
  });
  const store: MemoryFrameStore & { readonly queries: PreparedQueries } = storeWithQueries(queries);
  return { queries, frame: await DataFrame.fromRows(store, schema, []) };
};
