import assert from "node:assert/strict";
import type { TaskContext } from "@eau2/kvstore";
import { encodeChunk } from "@eau2/serialization";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { columnFromValues, listsFromValues } from "../../src/column/column-from-values.js";
import { type ColumnDescription, describeChunksTask, mergeDescriptions } from "../../src/tasks/describe-chunks.js";

type Values = readonly (number | bigint | string | boolean | Date | null)[];
type Type = "float64" | "int64" | "utf8" | "boolean" | "date";

const bound = (value: number) => ({ kind: "number", value });

const chunkOf = (type: Type, values: Values): Uint8Array => {
  const encoded = encodeChunk([columnFromValues(type, values as never)], values.length);
  const bytes = new Uint8Array(encoded.byteLength);
  encoded.write(bytes);
  return bytes;
};

const describe = async (type: Type, ...chunks: Values[]): Promise<ColumnDescription> => {
  const inputs = chunks.map((values) => chunkOf(type, values));
  const { value } = await describeChunksTask.run({}, { inputs } as unknown as TaskContext);
  return (value as { columns: ColumnDescription[] }).columns[0]!;
};

testSuite("frame.describe-chunks", (test) => {
  test("nulls add up, bounds widen, encodings are counted", async () => {
    assert.deepEqual(await describe("float64", [1, null, 3.5], [null, null], [-2, -2]), {
      nulls: 3,
      min: { kind: "number", value: -2 },
      max: { kind: "number", value: 3.5 },
      encodings: [
        { encoding: "constant", chunks: 1 },
        { encoding: "float64", chunks: 1 },
        { encoding: "null", chunks: 1 },
      ],
    });
  });

  test("integers beyond 2^53, NaN and infinities are exact, as text", async () => {
    const ints = await describe("int64", [1n, 2n ** 60n], [-(2n ** 63n), 5n]);
    assert.deepEqual(
      [ints.min, ints.max],
      [
        { kind: "bigint", value: String(-(2n ** 63n)) },
        { kind: "bigint", value: String(2n ** 60n) },
      ],
    );
    const floats = await describe("float64", [1, Number.NaN], [Number.NEGATIVE_INFINITY, 2]);
    assert.deepEqual([floats.min!.value, floats.max!.value], ["-Infinity", "NaN"]);
  });

  test("dates and timestamps have bounds as integers; lists have none, and are stored as their items are", async () => {
    const days = chunkOf("date", [new Date("2024-02-29"), -1]);
    const lists = encodeChunk([listsFromValues("int8", [[1, 2], null]), listsFromValues("utf8", [null, null])], 2);
    const bytes = new Uint8Array(lists.byteLength);
    lists.write(bytes);
    const run = async (inputs: Uint8Array[]) =>
      (await describeChunksTask.run({}, { inputs } as unknown as TaskContext)).value as {
        columns: ColumnDescription[];
      };
    const [day] = (await run([days])).columns;
    assert.deepEqual([day!.min, day!.max], [bound(-1), bound(19_782)]);
    assert.deepEqual((await run([bytes])).columns, [
      { nulls: 1, min: null, max: null, encodings: [{ encoding: "list<int8>", chunks: 1 }] },
      { nulls: 2, min: null, max: null, encodings: [{ encoding: "null", chunks: 1 }] },
    ]);
  });

  test("text is ordered by its bytes, booleans false before true", async () => {
    const text = await describe("utf8", ["\uff5e", "b"], ["\u{1f600}", "c"]);
    assert.deepEqual([text.min!.value, text.max!.value], ["b", "\u{1f600}"]);
    const flags = await describe("boolean", [true, true], [null, false]);
    assert.deepEqual([flags.min!.value, flags.max!.value], [false, true]);
  });

  test("whatever chunks are merged first, the answer is the same", async () => {
    const values = fc.array(fc.option(fc.double()), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(values, values, values, async (a, b, c) => {
        const parts = await Promise.all([a, b, c].map(async (chunk) => [await describe("float64", chunk)]));
        const left = mergeDescriptions([mergeDescriptions([parts[0]!, parts[1]!], 1), parts[2]!], 1);
        const right = mergeDescriptions([parts[0]!, mergeDescriptions([parts[2]!, parts[1]!], 1)], 1);
        assert.deepEqual(left, right);
        const all = [...a, ...b, ...c].filter((value) => value !== null);
        const numbers = all.filter((value) => !Number.isNaN(value));
        if (numbers.length === all.length && all.length > 0) {
          assert.deepEqual(
            [Number(left[0]!.min!.value), Number(left[0]!.max!.value)].map((x) => x + 0),
            [Math.min(...numbers), Math.max(...numbers)].map((x) => x + 0),
          );
        }
      }),
      { seed: seedFromEnv(62), numRuns: 100 },
    );
  });
});
