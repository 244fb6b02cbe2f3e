import assert from "node:assert/strict";
import { boolean, count, DataFrame, float64, int64, type Query, schema, type Term, utf8 } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { failsWith } from "../kit/failing.js";
import { meddledJobs } from "../kit/meddled-jobs.js";
import { testCluster } from "../kit/test-cluster.js";
import { trips } from "./trips.js";

/** Values of a chunk of ten lie together, so that conditions rule chunks out; and each kind of value is there. */
const Row = schema({ i: int64, x: float64, b: boolean, t: utf8 });
const rows = Array.from({ length: 200 }, (_, row) => ({
  i: row % 10 === 9 && row % 20 > 10 ? null : row,
  x: [row / 8, Number.NaN, -row, Number.POSITIVE_INFINITY, -0][Math.floor(row / 20) % 5]!,
  b: row % 60 < 10 ? null : row % 60 < 30,
  t: `${"abcdefghij"[Math.floor(row / 20)]} ${row}`,
}));
type Cell = (typeof rows)[number];

/** NaN comes after every number; whatever meets a null is not true. */
const above = (a: number | null, b: number) => a !== null && (Number.isNaN(a) ? !Number.isNaN(b) : a > b);
// biome-ignore lint/suspicious/noExplicitAny: columns of any type
type Columns = any;
const CONDITIONS: readonly (readonly [string, (row: Columns) => Term<boolean>, (row: Cell) => boolean])[] = [
  ["i > 150", (row) => row.i.gt(150), ({ i }) => above(i, 150)],
  ["i is null", (row) => row.i.isNull(), ({ i }) => i === null],
  ["i in (3, 77)", (row) => row.i.isIn([3, 77]), ({ i }) => i === 3 || i === 77],
  ["x > 10", (row) => row.x.gt(10), ({ x }) => above(x, 10)],
  ["x < -100", (row) => row.x.lt(-100), ({ x }) => x < -100],
  ["x = 0", (row) => row.x.eq(0), ({ x }) => x === 0],
  ["b", (row) => row.b, ({ b }) => b === true],
  ["not b", (row) => row.b.not(), ({ b }) => b === false],
  ["t < c", (row) => row.t.lt("c"), ({ t }) => t < "c"],
  ["i + 1 <= 20", (row) => row.i.add(1).le(20), ({ i }) => i !== null && i + 1 <= 20],
];

testSuite("chunks that cannot match", (test) => {
  test("are not read, and the answer is that of all rows", async () => {
    await using cluster = await testCluster({ dataRoots: [[], []], shardCount: 1 });
    const frame = await DataFrame.fromRows(cluster.eau2.store, Row, rows, { chunkRows: 10 });
    const readOf = async (query: Query): Promise<number> => {
      const { source } = (await query.explained()).stages[0]!;
      assert.equal(source.kind, "frame");
      return source.kind === "frame" ? source.chunksRead : -1;
    };
    for (const [left, leftTerm, leftHolds] of CONDITIONS) {
      const alone = await readOf(frame.filter(leftTerm).untyped);
      // Text that has a dictionary has no bounds.
      assert.equal(alone < 20, left !== "t < c", `${left}: ${alone} chunks are read`);
      for (const [right, rightTerm, rightHolds] of CONDITIONS) {
        const query = frame.filter(leftTerm).filter(rightTerm).agg({ n: count() });
        const expected = rows.filter((row) => leftHolds(row) && rightHolds(row)).length;
        assert.deepEqual(await query.collect(), [{ n: expected }], `${left}, ${right}`);
      }
    }
    // Rows keep their numbers: a sample is the same whether chunks are left out or not.
    const sampled = frame.sample(0.5, { seed: 5 });
    const all = (await sampled.collect()).filter(({ i }) => i !== null && i > 150);
    assert.ok(all.length > 5);
    assert.deepEqual(
      await frame.filter((row) => row.i.gt(150)).collect(),
      rows.filter(({ i }) => above(i, 150)),
    );
    assert.deepEqual(await sampled.filter((row) => row.i.gt(150)).collect(), all);
  });

  test("a row that ends the query with an error does so whatever the conditions behind it", async () => {
    await using cluster = await testCluster({ dataRoots: [[]] });
    const frame = await trips(cluster.eau2, 100, 10);
    const nothing = frame.filter((row) => row.day.lt(0));
    assert.deepEqual(await nothing.collect(), []);
    const failing = frame.filter((row) => row.note.cast(int64).gt(0)).filter((row) => row.day.lt(0));
    await failsWith(failing.collect(), "CAST_FAILED", /cast to int64/);
    // Behind a condition that nothing passes it is never computed.
    assert.deepEqual(await nothing.filter((row) => row.note.cast(int64).gt(0)).collect(), []);
  });

  test("no rows at all are an answer for every kind of query, with one row only where there are no keys", async () => {
    await using cluster = await testCluster({ dataRoots: [[], []] });
    const none = (await trips(cluster.eau2, 100, 10)).filter((row) => row.day.lt(0));
    assert.deepEqual(await none.agg({ n: count() }).collect(), [{ n: 0 }]);
    for (const query of [
      none.groupBy("carrier").agg({ n: count() }),
      none.groupBy("note").agg({ n: count() }),
      none.sort("delay"),
      none.top(3, "note"),
      none.distinct("carrier"),
      none.limit(5),
      none.union(none),
    ] as readonly { collect(): Promise<unknown[]> }[]) {
      assert.deepEqual(await query.collect(), []);
    }
  });

  test("statistics are asked for once on a node, for planning and pruning together", async () => {
    const asked: string[] = [];
    const jobs = meddledJobs({ beforeTask: (_, name) => void (name === "query.facts" && asked.push(name)) });
    await using cluster = await testCluster({ dataRoots: [[], []], jobs });
    const frame = await trips(cluster.eau2, 200, 10);
    const query = frame
      .filter((row) => row.day.ge(5))
      .groupBy("carrier")
      .agg({ n: count("delay") });
    const first = await query.collect();
    assert.equal(asked.length, 2, "a task for each node");
    assert.deepEqual(await query.collect(), first);
    assert.equal(asked.length, 2);
    await frame.filter((row) => row.late.eq(true)).collect();
    assert.equal(asked.length, 4, "another column");
  });
});
