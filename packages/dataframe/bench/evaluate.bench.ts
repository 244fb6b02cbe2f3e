/**
 * Expressions over 10 million rows in chunks, against loops written by hand for the same arrays, on one thread.
 * Run: node --import tsx bench/evaluate.bench.ts [rows]
 * Answers are compared first; arms take turns, and the best of their rounds is printed.
 */
import { encodeCodes, encodeFloat64s, encodeIntegers } from "@eau2/serialization";
import { evaluate, selectRows } from "../src/evaluate/evaluate.js";
import type { Expression } from "../src/expression/expression.js";
import type { FunctionName } from "../src/expression/functions.js";
import type { Batch, CodedVector, ColumnVector, NumberVector } from "../src/vector/vector.js";

const CHUNK = 262_144;
const ROUNDS = 25;
const rowsWanted = Number(process.argv[2] ?? 1e7);

const column = (name: string): Expression => ({ kind: "column", name });
const literal = (type: "float64" | "int64", value: number | string): Expression => ({ kind: "literal", type, value });
const call = (name: FunctionName, ...args: Expression[]): Expression => ({ kind: "call", name, args });

let state = 1;
/** xorshift32: the same rows in every run. */
const unit = (): number => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
};

const words = Array.from({ length: 1000 }, (_, index) => `word number ${index}`);
const wordBytes = words.map((word) => Buffer.from(word));
const wordOffsets = new Uint32Array(words.length + 1);
for (const [index, bytes] of wordBytes.entries()) wordOffsets[index + 1] = wordOffsets[index]! + bytes.length;
const dictionary = { count: words.length, offsets: wordOffsets, values: new Uint8Array(Buffer.concat(wordBytes)) };

const chunk = (): Batch => {
  const v1 = Int32Array.from({ length: CHUNK }, () => 1 + Math.floor(unit() * 5));
  const v2 = Int32Array.from({ length: CHUNK }, () => 1 + Math.floor(unit() * 15));
  const v3 = Float64Array.from({ length: CHUNK }, () => unit() * 100);
  const codes = Uint16Array.from({ length: CHUNK }, () => Math.floor(unit() * words.length));
  const vector = (layout: ColumnVector["layout"]): ColumnVector => ({
    kind: "column",
    rowCount: CHUNK,
    layout,
    dictionary: layout.type === "utf8" ? dictionary : undefined,
  });
  return {
    rowCount: CHUNK,
    columns: [
      { name: "v1", vector: vector(encodeIntegers("int64", v1, CHUNK)) },
      { name: "v2", vector: vector(encodeIntegers("int64", v2, CHUNK)) },
      { name: "v3", vector: vector(encodeFloat64s(v3, CHUNK)) },
      { name: "word", vector: vector(encodeCodes(codes, words.length, CHUNK)) },
    ],
  };
};

const chunks = Array.from({ length: Math.max(1, Math.round(rowsWanted / CHUNK)) }, chunk);

const valuesOf = <Values>(batch: Batch, index: number): Values => {
  const { layout } = batch.columns[index]!.vector as ColumnVector;
  return (layout as unknown as { values: Values }).values;
};

interface Arm {
  readonly name: string;
  /** @returns something that tells wrong answers from right ones. */
  engine(batch: Batch): number;
  plain(batch: Batch): number;
}

const filter = call(
  "and",
  call("gt", column("v3"), literal("float64", 50)),
  call("eq", column("v1"), literal("int64", "3")),
);
const product = call("add", column("v3"), call("multiply", column("v2"), literal("int64", "2")));
const integers = call("add", column("v1"), call("multiply", column("v2"), literal("int64", "2")));

const ENCODER = new TextEncoder();
const scratch = new Uint32Array(CHUNK);

const arms: readonly Arm[] = [
  {
    name: "v3 > 50 and v1 = 3",
    engine: (batch) => {
      const rows = selectRows(filter, batch);
      return typeof rows === "string" ? -1 : rows.length + rows[rows.length - 1]!;
    },
    plain: (batch) => {
      const v3 = valuesOf<Float64Array>(batch, 2);
      const v1 = valuesOf<Int8Array>(batch, 0);
      let count = 0;
      for (let row = 0; row < v3.length; row++) {
        scratch[count] = row;
        count += +(v3[row]! > 50) & +(v1[row] === 3);
      }
      const rows = scratch.slice(0, count);
      return rows.length + rows[rows.length - 1]!;
    },
  },
  {
    name: "v3 + v2 * 2",
    engine: (batch) => (evaluate(product, batch) as NumberVector).values[CHUNK - 1]!,
    plain: (batch) => {
      const v3 = valuesOf<Float64Array>(batch, 2);
      const v2 = valuesOf<Int8Array>(batch, 1);
      const out = new Float64Array(v3.length);
      for (let row = 0; row < v3.length; row++) out[row] = v3[row]! + v2[row]! * 2;
      return out[CHUNK - 1]!;
    },
  },
  {
    name: "v1 + v2 * 2",
    engine: (batch) => (evaluate(integers, batch) as NumberVector).values[CHUNK - 1]!,
    plain: (batch) => {
      const v1 = valuesOf<Int8Array>(batch, 0);
      const v2 = valuesOf<Int8Array>(batch, 1);
      const out = new Int32Array(v1.length);
      for (let row = 0; row < v1.length; row++) out[row] = v1[row]! + v2[row]! * 2;
      return out[CHUNK - 1]!;
    },
  },
  {
    name: "upper(word)",
    engine: (batch) => {
      const { codes, dictionary: upper } = evaluate(call("upper", column("word")), batch) as CodedVector;
      return codes[CHUNK - 1]! + upper.values[upper.offsets[1]! - 1]!;
    },
    plain: (batch) => {
      // As if nobody had a dictionary: each distinct string once, then the codes are handed on.
      const upper = words.map((word) => ENCODER.encode(word.toUpperCase()));
      return valuesOf<Uint16Array>(batch, 3)[CHUNK - 1]! + upper[0]!.at(-1)!;
    },
  },
  {
    name: 'contains(word, "77")',
    engine: (batch) => {
      const rows = selectRows(call("contains", column("word"), { kind: "literal", type: "utf8", value: "77" }), batch);
      return rows.length;
    },
    plain: (batch) => {
      const codes = valuesOf<Uint16Array>(batch, 3);
      const isWanted = Uint8Array.from(words, (word) => (word.includes("77") ? 1 : 0));
      let count = 0;
      for (let row = 0; row < codes.length; row++) {
        scratch[count] = row;
        count += isWanted[codes[row]!]!;
      }
      return scratch.slice(0, count).length;
    },
  },
];

console.log(`${chunks.length * CHUNK} rows; milliseconds, best of ${ROUNDS}`);
for (const { name, engine, plain } of arms) {
  const wrong = chunks.findIndex((batch) => engine(batch) !== plain(batch));
  if (wrong >= 0) throw new Error(`${name}: chunk ${wrong} differs`);
  let [engineMs, plainMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    for (const batch of chunks) engine(batch);
    const middle = performance.now();
    for (const batch of chunks) plain(batch);
    engineMs = Math.min(engineMs, middle - begin);
    plainMs = Math.min(plainMs, performance.now() - middle);
  }
  const ratio = (engineMs / plainMs).toFixed(2);
  console.log(`${name}: eau2 ${engineMs.toFixed(1)}, by hand ${plainMs.toFixed(1)}, ratio ${ratio}`);
}
