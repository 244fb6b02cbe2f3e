/** Functions of modules on real threads: what travels, what comes back, and what their authors are told. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DataFrame, float64, int32, int64, schema, utf8 } from "@eau2/dataframe";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { type Eau2, open, userModule } from "../../src/index.js";
import type { longest, score } from "../fixtures/modules/score.js";
import { testCluster } from "../kit/test-cluster.js";

const columns = (name: string) => userModule(new URL("../fixtures/modules/columns.mjs", import.meta.url), name);
const scoreUrl = new URL("../fixtures/modules/score.ts", import.meta.url);

const Row = schema({ x: float64, n: int32, word: utf8 });
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ x: index / 8, n: index - 3, word: `w${index % 4}` }));

const frameOf = (eau2: Eau2, count: number, chunkRows: number) =>
  DataFrame.fromRows(eau2.store, Row, rowsOf(count), { chunkRows });

/** Nothing is left of a job but the modules themselves. */
const assertNothingLeft = async (eau2: Eau2) => assert.deepEqual(await eau2.store.keys("x"), []);

testSuite("modules on chunks", (test) => {
  test("map gives one result a chunk, in frame order, with the caller's arguments", async () => {
    await using eau2 = await open({ shards: 2, memoryBytes: 256e6 });
    const frame = await frameOf(eau2, 100, 9);
    assert.deepEqual(
      await frame.map(columns("rows")),
      Array.from({ length: 12 }, (_, chunk) => `${chunk * 9}+${chunk === 11 ? 1 : 9}`),
    );
    const byRows = (from: number, to: number, column: "x" | "n") =>
      rowsOf(100)
        .slice(from, to)
        .reduce((sum, row) => sum + row[column], 0);
    const sums = await frame.map(columns("sum"), { args: { column: "n" } });
    assert.deepEqual(
      sums,
      Array.from({ length: 12 }, (_, chunk) => byRows(chunk * 9, chunk * 9 + 9, "n")),
    );
    assert.deepEqual(await frame.map(columns("later")), [...Array(11).fill(9), 1]);
    assert.deepEqual(
      ((await frame.map(columns("words"))) as string[][]).flat(),
      rowsOf(100).map(({ word, n }, index) => `${index} ${word} ${n}`),
    );
    const empty = await DataFrame.fromRows(eau2.store, Row, []);
    assert.deepEqual(await empty.map(columns("rows")), []);
    await assertNothingLeft(eau2);
  });

  test("plain data comes back as it was: -0, bigints, dates, maps, sets, undefined, typed arrays of their own memory", async () => {
    await using eau2 = await open({ shards: 1, memoryBytes: 256e6 });
    const frame = await frameOf(eau2, 4, 4);
    const [result] = (await frame.map(columns("everything"))) as [Record<string, unknown>];
    assert.deepEqual(result, {
      numbers: Float64Array.of(0, 1 / 8),
      integers: new Map([["n", Int32Array.of(-3, -2)]]),
      text: new Set(["w0"]),
      zero: -0,
      big: 2n ** 80n,
      nothing: undefined,
      date: new Date(0),
    });
    assert.ok(Object.is(result.zero, -0));
    assert.ok("nothing" in result);
    (result.numbers as Float64Array)[0] = 7;
    assert.equal(await frame.get("x", 0), 0);
    const bytes = (await frame.map(columns("large"), { args: 3_000_000 })) as Uint8Array[];
    assert.equal(bytes[0]!.length, 3_000_000);
  });

  test("int64 cells are what the schema of the frame says: numbers, or bigints", async () => {
    await using eau2 = await open({ shards: 1, memoryBytes: 256e6 });
    const both = schema({ n: int64({ as: "bigint" }), x: int64 });
    const frame = await DataFrame.fromRows(eau2.store, both, [{ n: 2n ** 60n, x: 1 }]);
    assert.deepEqual(await frame.map(columns("typesOf")), [["bigint", "number"]]);
    await assert.rejects(frame.untyped.map(columns("sum"), { args: { column: "n" } }), { code: "INT64_UNSAFE" });
  });

  test("mapReduce merges neighbours in an order that depends on the number of chunks alone, so the bits of a sum do", async () => {
    const results: { readonly shards: string; readonly order: unknown; readonly sum: unknown }[] = [];
    for (const [nodes, shardCount] of [
      [1, 1],
      [1, 3],
      [2, 1],
    ] as const) {
      const dataRoots = Array.from({ length: nodes }, () => []);
      await using cluster = await testCluster({ dataRoots, shardCount, allowModules: () => true });
      const { eau2 } = cluster;
      const values = Array.from({ length: 140 }, (_, index) => (index % 2 === 0 ? 1e16 : 1 / (index + 1)));
      const frame = await DataFrame.fromArray(eau2.store, values, { column: "x", chunkRows: 2 });
      const order = await frame.mapReduce(columns("rows"), columns("join"));
      const sum = await frame.mapReduce(columns("sum"), columns("add"));
      results.push({ shards: `${nodes} x ${shardCount}`, order, sum });
      await assertNothingLeft(eau2);
      const empty = await DataFrame.fromRows(eau2.store, schema({ x: float64 }), []);
      assert.equal(await empty.mapReduce(columns("sum"), columns("add")), undefined);
    }
    const [first, ...others] = results;
    assert.match(String(first!.order), /^\(+0\+2 2\+2\) 4\+2\).* 138\+2\)+$/);
    for (const { shards, order, sum } of others) {
      assert.equal(order, first!.order, shards);
      assert.ok(Object.is(sum, first!.sum), `${shards}: ${sum} is not ${first!.sum}`);
    }
  });

  test("pmap maps the chunks of the node beside the program; the shares of all nodes are the frame", async () => {
    await using cluster = await testCluster({ dataRoots: [[], []], shardCount: 2, allowModules: () => true });
    const clients = [cluster.eau2, await cluster.connect(1)];
    const made = await frameOf(cluster.eau2, 60, 7);
    const shares = await Promise.all(
      clients.map(async (eau2) => (await DataFrame.at(eau2.store, made.key)).pmap(columns("rows"))),
    );
    assert.deepEqual(
      shares.map(({ length }) => length),
      [5, 4],
    );
    assert.deepEqual(new Set(shares.flat()), new Set(await made.map(columns("rows"))));
  });

  test("a module in TypeScript is bundled with what it imports, its types are checked, its errors name its lines", async () => {
    await using eau2 = await open({ shards: 2, memoryBytes: 256e6 });
    const frame = await frameOf(eau2, 5, 2);
    const mapped: number[][] = await frame.map(userModule<typeof score>(scoreUrl, "score"), { args: { offset: 1 } });
    assert.deepEqual(
      mapped.flat(),
      rowsOf(5).map(({ x }) => (x + 1) ** 2),
    );
    const longestOf = userModule<typeof longest>(scoreUrl, "longest");
    const scored = userModule<typeof score>(scoreUrl, "score");
    assert.equal((await frame.mapReduce(scored, longestOf, { args: { offset: 0 } }))?.length, 2);
    await assert.rejects(frame.map(scored, { args: { offset: -0.2 } }), (error: Error & { code: string }) => {
      assert.equal(error.code, "TASK_FAILED");
      assert.match(error.message, /^map on node embedded: score\.ts#score on rows 0 to 1: -0\.2 is negative$/);
      assert.match(error.stack!, /at square \(.*fixtures\/modules\/square\.ts:3:\d+\)/);
      assert.match(error.stack!, /at .*fixtures\/modules\/score\.ts:10:\d+/);
      return true;
    });
  });

  test("what cannot be called, sent or returned is said in words", async () => {
    await using eau2 = await open({ shards: 1, memoryBytes: 256e6 });
    const frame = await frameOf(eau2, 3, 2);
    const fails = async (name: string, code: string, message: RegExp, args?: unknown) => {
      await assert.rejects(frame.map(columns(name), { args }), (error: Error & { code: string }) => {
        assert.equal(`${error.code}: ${error.message}`.match(message)?.index, 0, `${error.code}: ${error.message}`);
        assert.equal(error.code, code);
        return true;
      });
    };
    await fails("sums", "USAGE", /.*columns\.mjs exports no function "sums"; it exports add, ends, everything,/);
    await fails("notAFunction", "USAGE", /.*exports no function "notAFunction"/);
    await fails(
      "returnsFunction",
      "USAGE",
      /.*columns\.mjs#returnsFunction returned what cannot travel: .*; use plain data/,
    );
    await fails(
      "wrongColumn",
      "COLUMN_UNKNOWN",
      /.*on node embedded: columns\.mjs#wrongColumn on rows .*: column "y" is not/,
    );
    await fails("throwsText", "TASK_FAILED", /.*: a text/);
    await fails("keepsRow", "USAGE", /.*read "word" of a row that was kept/);
    await fails("rows", "USAGE", /.*args hold what cannot travel/, () => {});
    await fails("rows", "VALUE_TOO_LARGE", /.*its args have \d+ bytes, at most 65536/, "x".repeat(70_000));
    await fails("ends", "TASK_FAILED", /.*its worker ended \(exit code 3\) and is replaced/);
    using folder = temporaryFolder();
    const written = (file: string, source: string) => {
      writeFileSync(join(folder.path, file), source);
      return userModule(join(folder.path, file), "score");
    };
    await assert.rejects(frame.map(written("imports.mjs", 'import "./helper.mjs"; export const score = () => 1;')), {
      code: "TASK_FAILED",
      message: /imports\.mjs cannot be loaded: it imports "\.\/helper\.mjs", which is not in it/,
    });
    await assert.rejects(frame.map(written("broken.mjs", 'throw new Error("this file does nothing else");')), {
      code: "TASK_FAILED",
      message: /broken\.mjs cannot be loaded: this file does nothing else/,
    });
    await assert.rejects(frame.map(userModule("/no/such/none.js", "score")), { code: "FILE_MISSING" });
    await assert.rejects(frame.map(userModule("/no/such/none.ts", "score")), { code: "FILE_MISSING" });
    await assert.rejects(frame.map(userModule(scoreUrl, "other")), {
      code: "USAGE",
      message: /score\.ts: it has no export "other"; it exports longest, score/,
    });
    assert.throws(() => userModule("./score.js", "score"), { code: "USAGE", message: /relative ones depend on/ });
    // None of it has done harm.
    assert.deepEqual(await frame.map(userModule(fileURLToPath(scoreUrl), "score"), { args: { offset: 0 } }), [
      [0, 1 / 64],
      [1 / 16],
    ]);
    await assertNothingLeft(eau2);
  });

  test("a call that never returns ends with its caller's time or signal, and its thread is replaced", async () => {
    await using eau2 = await open({ shards: 1, memoryBytes: 256e6 });
    const frame = await frameOf(eau2, 3, 2);
    // The thread is up: what follows is not ended while it waits.
    await frame.map(columns("rows"));
    await assert.rejects(frame.map(columns("never"), { timeoutMs: 150 }), {
      code: "DEADLINE",
      message:
        /^map columns\.mjs#never: it was not done when its time of 150 ms was up; .* \(its thread is replaced\)$/,
    });
    const controller = new AbortController();
    const progress: number[] = [];
    const cancelled = frame.map(columns("untilCancelled"), {
      signal: controller.signal,
      onProgress: (done) => {
        progress.push(done);
        controller.abort();
      },
    });
    await assert.rejects(cancelled, { code: "CANCELLED" });
    assert.deepEqual(progress, [0]);
    assert.deepEqual(await frame.map(columns("rows")), ["0+2", "2+1"]);
    await assertNothingLeft(eau2);
  });

  test("a node that was not told to run modules refuses, and is named", async () => {
    await using cluster = await testCluster({ dataRoots: [[], []], allowModules: (node) => node === 0 });
    const frame = await frameOf(cluster.eau2, 4, 2);
    await assert.rejects(frame.map(columns("rows")), {
      code: "DENIED",
      message: /^map on node n1: columns\.mjs: this node runs no code of clients; start it with eau2 node --allow-run/,
    });
    await cluster.idle();
    await assertNothingLeft(cluster.eau2);
  });
});
