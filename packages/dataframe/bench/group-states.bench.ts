/**
 * Partial group-by of one thread: the states of db-benchmark's questions over chunks in memory, against the plainest loop that gives
 * the same sums. `npx tsx bench/group-states.bench.ts [ROWS]`.
 */

import type { Accumulator } from "../src/aggregates/accumulator.js";
import type { Access } from "../src/aggregates/column-access.js";
import { floatGrid } from "../src/aggregates/float-grid.js";
import type { GroupSpec } from "../src/group/group-spec.js";
import { groupStates } from "../src/group/group-states.js";

const ROWS = Number(process.argv[2] ?? 5_000_000);
const CHUNK = 262_144;
let seed = 1;
const next = (): number => {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 0) / 2 ** 32;
};
const fill = <T extends Uint8Array | Uint32Array | Int8Array | Int32Array | Float64Array>(
  array: T,
  value: () => number,
): T => {
  for (let row = 0; row < array.length; row++) array[row] = value();
  return array;
};
const groupsOf100 = 100;
const many = 100_000;
const columns = {
  id1: fill(new Uint8Array(ROWS), () => next() * groupsOf100),
  id2: fill(new Uint8Array(ROWS), () => next() * groupsOf100),
  id3: fill(new Uint32Array(ROWS), () => next() * many),
  id4: fill(new Int8Array(ROWS), () => 1 + next() * groupsOf100),
  id5: fill(new Int8Array(ROWS), () => 1 + next() * groupsOf100),
  id6: fill(new Int32Array(ROWS), () => 1 + next() * many),
  v1: fill(new Int8Array(ROWS), () => 1 + next() * 5),
  v2: fill(new Int8Array(ROWS), () => 1 + next() * 15),
  v3: fill(new Float64Array(ROWS), () => Math.round(next() * 1e8) / 1e6),
};
type Name = keyof typeof columns;
const access = (name: Name, from: number, to: number): Access => {
  const values = columns[name].subarray(from, to);
  return {
    values,
    validity: undefined,
    base: 0,
    baseLow: 0,
    table: undefined,
    shape: { array: values.constructor.name, hasOffset: false, validity: "none", hasTable: false },
  };
};
const small = (min: number, count: number) => ({ kind: "small", min, count, isNullable: false }) as const;
const FIELDS = {
  id1: small(0, 100),
  id2: small(0, 100),
  id3: small(0, many),
  id4: small(1, 100),
  id5: small(1, 100),
  id6: small(1, many),
} as const;
const grid = floatGrid(10_000_000, 100, 1e-6)!;
const squares = floatGrid(10_000_000, 10_000, 1e-12);
const sum = (input: number): Accumulator => ({ kind: "sumExact", inputs: [input], term: "value" });
const float = (input: number): Accumulator => ({
  kind: "sumFloat",
  inputs: [input],
  term: "value",
  grid,
  isFinite: true,
});
const plain = (input: number): Accumulator => ({ kind: "sumPlain", inputs: [input], term: "value" });
const sliding = (input: number): Accumulator => ({
  kind: "sumFloat",
  inputs: [input],
  term: "value",
  grid: null,
  isFinite: true,
});
const rows: Accumulator = { kind: "rows" };
const QUESTIONS: Record<string, { keys: (keyof typeof FIELDS)[]; inputs: Name[]; accumulators: Accumulator[] }> = {
  q1: { keys: ["id1"], inputs: ["v1"], accumulators: [rows, sum(0)] },
  q2: { keys: ["id1", "id2"], inputs: ["v1"], accumulators: [rows, sum(0)] },
  q3: { keys: ["id3"], inputs: ["v1", "v3"], accumulators: [rows, sum(0), float(1)] },
  q3plain: { keys: ["id3"], inputs: ["v1", "v3"], accumulators: [rows, sum(0), plain(1)] },
  q3sliding: { keys: ["id3"], inputs: ["v1", "v3"], accumulators: [rows, sum(0), sliding(1)] },
  q4: { keys: ["id4"], inputs: ["v1", "v2", "v3"], accumulators: [rows, sum(0), sum(1), float(2)] },
  q5: { keys: ["id6"], inputs: ["v1", "v2", "v3"], accumulators: [rows, sum(0), sum(1), float(2)] },
  q5plain: { keys: ["id6"], inputs: ["v1", "v2", "v3"], accumulators: [rows, sum(0), sum(1), plain(2)] },
  q7: {
    keys: ["id3"],
    inputs: ["v1", "v2"],
    accumulators: [rows, { kind: "max", inputs: [0], isWide: false }, { kind: "min", inputs: [1], isWide: false }],
  },
  q8: { keys: ["id6"], inputs: ["v3"], accumulators: [rows, { kind: "top", inputs: [0], count: 2 }] },
  q9: {
    keys: ["id2", "id4"],
    inputs: ["v1", "v2"],
    accumulators: [
      rows,
      sum(0),
      sum(1),
      { kind: "sumExact", inputs: [0], term: "square" },
      { kind: "sumExact", inputs: [1], term: "square" },
      { kind: "sumExact", inputs: [0, 1], term: "product" },
    ],
  },
  sd: {
    keys: ["id4", "id5"],
    inputs: ["v3"],
    accumulators: [
      rows,
      float(0),
      { kind: "sumFloat", inputs: [0], term: "square", grid: squares ?? null, isFinite: true },
    ],
  },
  none: { keys: [], inputs: ["v3"], accumulators: [rows, float(0)] },
};

console.log("bins", grid.quanta.length, "squares", squares?.quanta.length);
for (const [name, { keys, inputs, accumulators }] of Object.entries(QUESTIONS)) {
  const spec: GroupSpec = {
    keys: keys.map((key) => FIELDS[key]),
    accumulators,
    inputs: inputs.map(() => ({ array: "Float64Array" as const, isWide: false, hasValidity: false })),
    partitionCount: 1,
    needsRows: false,
  };
  const times: number[] = [];
  let groups = 0;
  for (let run = 0; run < 4; run++) {
    const start = performance.now();
    const states = groupStates(spec);
    for (let from = 0; from < ROWS; from += CHUNK) {
      const to = Math.min(ROWS, from + CHUNK);
      states.add({
        rowCount: to - from,
        keys: keys.map((key) => access(key, from, to)),
        inputs: inputs.map((input) => access(input, from, to)),
        firstRow: from,
        rows: undefined,
      });
    }
    groups = states.finish().groupCount;
    times.push(performance.now() - start);
  }
  console.log(name.padEnd(10), String(groups).padStart(7), times.map((time) => time.toFixed(0)).join(" "));
}
