/** Groups over batches of every kind against one loop over rows; and the same bytes however rows are split, gathered and merged. */
import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import fc from "fast-check";
import type { Accumulator } from "../../src/aggregates/accumulator.js";
import { accessOf } from "../../src/aggregates/column-access.js";
import { floatGrid } from "../../src/aggregates/float-grid.js";
import { stateLayout } from "../../src/aggregates/state-layout.js";
import { floatSum } from "../../src/aggregates/sum-of-state.js";
import { columnFromValues } from "../../src/column/column-from-values.js";
import type { GroupBatch } from "../../src/group/group-batch.js";
import {
  type GroupBlock,
  layRows,
  readGroupBlock,
  rowsBlockBytes,
  statesBlockBytes,
  writeStates,
} from "../../src/group/group-block.js";
import type { GroupSpec } from "../../src/group/group-spec.js";
import { groupStates } from "../../src/group/group-states.js";
import { type KeyField, keyLayout } from "../../src/group/key-layout.js";
import { GroupMerge } from "../../src/group/merge-groups.js";
import { hashPartitioner, RowScatter } from "../../src/group/scatter-rows.js";
import { unpackKey } from "../../src/group/unpack-keys.js";

const SEED = 20_261_125;

interface Row {
  readonly k: number | null;
  readonly f: number | null;
  readonly x: number | null;
  readonly n: number | null;
}

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 5 });
const row: fc.Arbitrary<Row> = fc.record({
  k: maybe(fc.integer({ min: -3, max: 3 })),
  f: maybe(fc.constantFrom(0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, -2)),
  x: maybe(fc.double({ min: -1e6, max: 1e6, noNaN: true })),
  n: maybe(fc.integer({ min: -1000, max: 1000 })),
});

const KEYS: Readonly<Record<string, KeyField[]>> = {
  none: [],
  direct: [{ kind: "small", min: -3, count: 7, isNullable: true }],
  hashed: [
    { kind: "small", min: -3, count: 7, isNullable: true },
    { kind: "float", isNullable: true },
  ],
};

const grid = floatGrid(1000, 1e6, 1e-300) ?? null;
const ACCUMULATORS: Accumulator[] = [
  { kind: "rows" },
  { kind: "values", inputs: [0] },
  { kind: "sumFloat", inputs: [0], term: "value", grid, isFinite: true },
  { kind: "sumFloat", inputs: [0], term: "square", grid: null, isFinite: false },
  { kind: "sumExact", inputs: [1], term: "value" },
  { kind: "sumExact", inputs: [1], term: "square" },
  { kind: "min", inputs: [0], isWide: false },
  { kind: "max", inputs: [1], isWide: false },
  { kind: "first", inputs: [1], isWide: false },
  { kind: "last", inputs: [0], isWide: false },
  { kind: "minBy", inputs: [0, 1], isWide: false },
  { kind: "maxBy", inputs: [1, 0], isWide: false },
  { kind: "top", inputs: [0], count: 3 },
  { kind: "bottom", inputs: [1], count: 2 },
];

const specOf = (keys: readonly KeyField[], partitionCount: number): GroupSpec => ({
  keys,
  accumulators: ACCUMULATORS,
  inputs: [
    { array: "Float64Array", isWide: false, hasValidity: true },
    { array: "Int16Array", isWide: false, hasValidity: true },
  ],
  partitionCount,
  needsRows: false,
});

const batchOf = (rows: readonly Row[], keys: readonly KeyField[], firstRow: number): GroupBatch => {
  const access = (type: "int32" | "float64", name: keyof Row) => {
    const layout = columnFromValues(
      type,
      rows.map((one) => one[name]),
    );
    return accessOf({ kind: "column", rowCount: rows.length, layout, dictionary: undefined }, undefined, false);
  };
  return {
    rowCount: rows.length,
    keys: keys.map(({ kind }) => (kind === "float" ? access("float64", "f") : access("int32", "k"))),
    inputs: [access("float64", "x"), access("int32", "n")],
    firstRow,
    rows: undefined,
  };
};

/** Batches of so many rows, dealt to so many tasks in turn. */
const deal = (rows: readonly Row[], keys: readonly KeyField[], batchRows: number, tasks: number): GroupBatch[][] => {
  const dealt: GroupBatch[][] = Array.from({ length: tasks }, () => []);
  for (let from = 0, index = 0; from < rows.length; from += batchRows, index++) {
    dealt[index % tasks]!.push(batchOf(rows.slice(from, from + batchRows), keys, from));
  }
  return dealt;
};

const statesBlock = (spec: GroupSpec, batches: readonly GroupBatch[]): GroupBlock => {
  const states = groupStates(spec);
  for (const batch of batches) states.add(batch);
  const found = states.finish();
  const { stride } = stateLayout(spec.accumulators);
  const bytes = new Uint8Array(statesBlockBytes(found.groupCount, found.words.length, stride));
  writeStates(
    found,
    Uint32Array.from({ length: found.groupCount }, (_, group) => group),
    stride,
    bytes,
  );
  return readGroupBlock(bytes);
};

const rowsBlock = (spec: GroupSpec, batches: readonly GroupBatch[]): GroupBlock => {
  const scatter = new RowScatter(hashPartitioner(spec), spec.inputs);
  for (const batch of batches) scatter.count(batch);
  const bytes = new Uint8Array(rowsBlockBytes(scatter.counts[0]!, scatter.wordCount, spec.inputs));
  const block = layRows(scatter.counts[0]!, scatter.wordCount, spec.inputs, bytes);
  for (const batch of batches) scatter.scatter(batch, [block]);
  return readGroupBlock(bytes);
};

/** All that a result is made of, in order of the groups. */
const mergedBytes = (spec: GroupSpec, blocks: readonly GroupBlock[]) => {
  const merge = new GroupMerge(spec, 4, undefined);
  merge.addAll(blocks);
  const { found, order } = merge.finish();
  const layout = stateLayout(spec.accumulators);
  const keys = keyLayout(spec.keys);
  const unpacked = spec.keys.map((_, field) => unpackKey(keys, found.words, field, order));
  return Array.from(order, (group, index) => ({
    keys: unpacked.map(({ values, validity }) =>
      validity !== undefined && ((validity[index >> 3]! >> (index & 7)) & 1) === 0 ? null : Number(values[index]!),
    ),
    states: Array.from(found.states.subarray(group * layout.stride, (group + 1) * layout.stride)),
  }));
};

const keyOf = (one: Row, keys: readonly KeyField[]) =>
  keys.map(({ kind }) => {
    const value = kind === "float" ? one.f : one.k;
    return value === null ? null : Number.isNaN(value) ? Number.NaN : value + 0;
  });

/** Groups by one loop over rows, in order of first appearance. */
const plainGroups = (rows: readonly Row[], keys: readonly KeyField[]) => {
  const groups: { keys: (number | null)[]; rows: Row[] }[] = keys.length === 0 ? [{ keys: [], rows: [] }] : [];
  for (const one of rows) {
    const key = keyOf(one, keys);
    let group = groups.find((other) => other.keys.every((value, index) => Object.is(value, key[index])));
    if (group === undefined) {
      group = { keys: key, rows: [] };
      groups.push(group);
    }
    group.rows.push(one);
  }
  return groups;
};

const inputs = fc.record({
  rows: fc.array(row, { maxLength: 60 }),
  batchRows: fc.integer({ min: 1, max: 20 }),
  tasks: fc.integer({ min: 1, max: 4 }),
});

testSuite("groups", (test) => {
  for (const [name, keys] of Object.entries(KEYS)) {
    test(`${name} keys: states and rows of any tasks give the same bytes`, () => {
      fc.assert(
        fc.property(inputs, ({ rows, batchRows, tasks }) => {
          const spec = specOf(keys, 1);
          const whole = mergedBytes(spec, [statesBlock(spec, deal(rows, keys, 1000, 1)[0]!)]);
          const dealt = deal(rows, keys, batchRows, tasks);
          assert.deepEqual(
            mergedBytes(
              spec,
              dealt.map((batches) => statesBlock(spec, batches)),
            ),
            whole,
          );
          assert.deepEqual(
            mergedBytes(
              spec,
              dealt.map((batches) => rowsBlock(spec, batches)),
            ),
            whole,
          );
          const mixed = dealt.map((batches, task) => (task % 2 === 0 ? rowsBlock : statesBlock)(spec, batches));
          assert.deepEqual(mergedBytes(spec, mixed), whole);
        }),
        { seed: SEED, numRuns: 60, endOnFailure: true },
      );
    });

    test(`${name} keys: the groups and what is in them are those of a loop over rows`, () => {
      fc.assert(
        fc.property(inputs, ({ rows, batchRows, tasks }) => {
          const spec = specOf(keys, 1);
          const blocks = deal(rows, keys, batchRows, tasks).map((batches) => statesBlock(spec, batches));
          const found = mergedBytes(spec, blocks);
          const plain = plainGroups(rows, keys);
          assert.deepEqual(
            found.map((group) => group.keys),
            plain.map((group) => group.keys),
          );
          for (const [index, { states }] of found.entries()) assertStates(states, plain[index]!.rows);
        }),
        { seed: SEED, numRuns: 60, endOnFailure: true },
      );
    });
  }
});

const present = (rows: readonly Row[], name: "x" | "n"): number[] =>
  rows.flatMap((one) => (one[name] === null ? [] : [one[name]]));

const assertStates = (states: number[], rows: readonly Row[]): void => {
  const { starts, accumulators } = stateLayout(ACCUMULATORS);
  const slots = (index: number) => states.slice(starts[index], starts[index + 1]);
  const [xs, ns] = [present(rows, "x"), present(rows, "n")];
  assert.deepEqual(slots(0), [rows.length]);
  assert.deepEqual(slots(1), [xs.length]);
  const size = xs.reduce((sum, x) => sum + Math.abs(x), 0);
  const plainSum = xs.reduce((sum, x) => sum + x, 0);
  const sum = floatSum(accumulators[2]!, Float64Array.from(states), starts[2]!).high;
  assert.ok(Math.abs(sum - plainSum) <= size * 1e-13 + 1e-270);
  const squares = floatSum(accumulators[3]!, Float64Array.from(states), starts[3]!).high;
  const plainSquares = xs.reduce((total, x) => total + x * x, 0);
  assert.ok(Math.abs(squares - plainSquares) <= plainSquares * 1e-13 + 1e-270);
  assert.deepEqual(slots(4), [ns.reduce((total, n) => total + n, 0)]);
  assert.deepEqual(slots(5), [ns.reduce((total, n) => total + n * n, 0)]);
  if (xs.length > 0) assert.equal(slots(6)[0], Math.min(...xs));
  if (ns.length > 0) {
    assert.equal(slots(7)[0], Math.max(...ns));
    assert.equal(slots(8)[1], ns[0]);
  }
  if (xs.length > 0) assert.equal(slots(9)[1], xs.at(-1));
  const withN = rows.filter(({ n }) => n !== null);
  const least = withN.find(({ n }) => n === Math.min(...ns));
  if (least !== undefined)
    assert.deepEqual([slots(10)[3], slots(10)[3] === 1 ? slots(10)[1] : null], [least.x === null ? 0 : 1, least.x]);
  const withX = rows.filter(({ x }) => x !== null);
  const greatest = withX.find(({ x }) => x === Math.max(...xs));
  if (greatest !== undefined)
    assert.deepEqual(
      [slots(11)[3], slots(11)[3] === 1 ? slots(11)[1] : null],
      [greatest.n === null ? 0 : 1, greatest.n],
    );
  assert.deepEqual(slots(12).slice(1, 1 + slots(12)[0]!), xs.toSorted((a, b) => b - a).slice(0, 3));
  assert.deepEqual(slots(13).slice(1, 1 + slots(13)[0]!), ns.toSorted((a, b) => a - b).slice(0, 2));
};
