import assert from "node:assert/strict";
import { decodeDictionary, encodeChunk, encodeDictionary } from "@eau2/serialization";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { dictionaryColumn, utf8Column } from "../../src/column/column-from-arrays.js";
import { columnFromValues, dictionaryFromStrings } from "../../src/column/column-from-values.js";
import type { SplitMode } from "../../src/kernels/text-kernel-types.js";
import { countMapTask } from "../../src/tasks/count-values.js";
import { type Block, planBlocks } from "../../src/text/block-plan.js";
import { textBytes } from "../kernels/text-bytes.js";
import { plainSplit } from "../text/plain-split.js";
import { runTask, sharedCopy } from "./task-bench.js";
import { countFrame, countOracle, loadText, pairsOf, rowsOf, type TextFrame } from "./text-pipeline.js";

const seed = seedFromEnv(41);
const MODES: readonly SplitMode[] = ["words", "lines"];

/** Cuts a list of blocks into runs: neighbours of one file, as long as `lengths` says, over and over. */
const runsOf = (blocks: readonly Block[], lengths: readonly number[]): Block[][] => {
  const runs: Block[][] = [];
  for (const block of blocks) {
    const run = runs.at(-1);
    const lengthMax = lengths[(runs.length - 1) % lengths.length] ?? 1;
    if (run === undefined || run.length >= lengthMax || run[0]!.file !== block.file) runs.push([block]);
    else run.push(block);
  }
  return runs;
};

const splitOracle = (files: readonly Uint8Array[], mode: SplitMode): string[] =>
  files.flatMap((file) => plainSplit(file, mode));

const allChunks = ({ chunks }: TextFrame): number[] => chunks.map((_, index) => index);

/** Deals the numbers below `count` out to groups, in an order that is not theirs. */
const dealt = (count: number, groupCount: number): number[][] => {
  const groups: number[][] = Array.from({ length: groupCount }, () => []);
  for (let index = count - 1; index >= 0; index--) groups[(index * 7) % groupCount]!.push(index);
  return groups.filter((group) => group.length > 0);
};

testSuite("text tasks: split, unify, seal, count", (test) => {
  for (const mode of MODES) {
    for (const coded of [true, false]) {
      test(`${mode}, ${coded ? "coded" : "plain"}: any bytes, blocks, tasks and chunk rows give the rows of one plain split`, async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(textBytes, { minLength: 1, maxLength: 3 }),
            fc.integer({ min: 1, max: 200 }),
            fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
            fc.integer({ min: 1, max: 20 }),
            fc.boolean(),
            async (files, blockBytes, lengths, chunkRows, sendSome) => {
              const blocks = planBlocks(
                files.map(({ length }) => length),
                { blockBytes },
              );
              const one = await loadText(files, { mode, chunkRows, coded, runs: runsOf(blocks, [1_000]) });
              const rows = splitOracle(files, mode);
              assert.deepEqual(rowsOf(one), rows);
              assert.ok(one.chunks.every(({ rowCount }) => rowCount <= chunkRows));
              const isSent = (run: number) => sendSome && run % 2 === 1;
              const many = await loadText(files, { mode, chunkRows, coded, runs: runsOf(blocks, lengths), isSent });
              assert.deepEqual(many, one);
              const counts = await countFrame(one, [allChunks(one)], chunkRows);
              assert.deepEqual(pairsOf(counts, one.dictionary), countOracle(rows));
              const spread = await countFrame(many, dealt(many.chunks.length, lengths.length), chunkRows);
              assert.deepEqual(spread, counts);
            },
          ),
          { seed, numRuns: 60 },
        );
      });
    }
  }

  test("a dictionary has the strings in order of first appearance over all files", async () => {
    const files = ["b a\nc", "a d b", "e c"].map((text) => new TextEncoder().encode(text));
    const blocks = planBlocks(
      files.map(({ length }) => length),
      { blockBytes: 2 },
    );
    const { dictionary } = await loadText(files, {
      mode: "words",
      chunkRows: 2,
      coded: true,
      runs: runsOf(blocks, [1]),
    });
    const { count, offsets, values } = decodeDictionary(dictionary!);
    const words = Array.from({ length: count }, (_, code) =>
      Buffer.from(values.subarray(offsets[code], offsets[code + 1])).toString(),
    );
    assert.deepEqual(words, ["b", "a", "c", "d", "e"]);
  });

  for (const coded of [true, false]) {
    test(`${coded ? "coded" : "plain"}: with many partitions, every value is counted in one place only`, async () => {
      const words = Array.from({ length: 5_000 }, (_, index) => `w${(index * index) % 997}`);
      const file = new TextEncoder().encode(words.join(" "));
      const blocks = planBlocks([file.length], { blockBytes: 1_000 });
      const frame = await loadText([file], { mode: "words", chunkRows: 300, coded, runs: runsOf(blocks, [3]) });
      const one = await countFrame(frame, [allChunks(frame)], 50);
      // As if the frame were large: 64 partitions.
      const spread = await countFrame(frame, dealt(frame.chunks.length, 5), 50, 64 * 262_144);
      assert.deepEqual(pairsOf(spread, frame.dictionary), countOracle(words));
      assert.deepEqual(pairsOf(spread, frame.dictionary), pairsOf(one, frame.dictionary));
      const again = await countFrame(frame, [allChunks(frame)], 50, 64 * 262_144);
      assert.deepEqual(spread, again);
    });
  }

  test("rows without a value are not counted, coded or plain, whatever else is in their chunk", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(fc.option(fc.constantFrom("", "a", "b", "ab"), { freq: 2 }), { minLength: 1, maxLength: 12 }),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        async (chunks) => {
          const distinct: string[] = [...new Set(chunks.flat().filter((value) => value !== null))];
          const encoded = encodeDictionary(dictionaryFromStrings(distinct));
          const dictionary = sharedCopy(new Uint8Array(encoded.byteLength));
          encoded.write(dictionary);
          const bytesOf = (values: (string | null)[], coded: boolean): Uint8Array => {
            const bitmap = new Uint8Array(Math.ceil(values.length / 8));
            values.forEach((value, row) => {
              if (value !== null) bitmap[row >> 3]! |= 1 << (row & 7);
            });
            const codes = Uint32Array.from(values, (value) => (value === null ? 0 : distinct.indexOf(value)));
            const column = coded ? dictionaryColumn(codes, distinct.length, bitmap) : columnFromValues("utf8", values);
            const chunk = encodeChunk([column], values.length);
            const bytes = sharedCopy(new Uint8Array(chunk.byteLength));
            chunk.write(bytes);
            return bytes;
          };
          for (const coded of [true, false]) {
            const frame: TextFrame = {
              chunks: chunks.map((values) => ({ bytes: bytesOf(values, coded), rowCount: values.length })),
              dictionary: coded ? dictionary : undefined,
              dictionarySize: coded ? distinct.length : null,
            };
            const counts = await countFrame(frame, dealt(chunks.length, 2), 3);
            assert.deepEqual(pairsOf(counts, frame.dictionary), countOracle(chunks.flat()));
            assert.deepEqual(await countFrame(frame, [allChunks(frame)], 3), counts);
          }
        },
      ),
      { seed, numRuns: 150 },
    );
  });

  test("a chunk of another column is counted by the column that is asked for", async () => {
    const offsets = Uint32Array.of(0, 1, 2, 3);
    const chunk = encodeChunk(
      [columnFromValues("float64", [1, 2, 3]), utf8Column(offsets, new TextEncoder().encode("xyx"))],
      3,
    );
    const bytes = sharedCopy(new Uint8Array(chunk.byteLength));
    chunk.write(bytes);
    const args = { column: 1, dictionarySize: null, partitionCount: 1, firstRows: [0] };
    const { outputs } = await runTask(countMapTask, args, [bytes]);
    assert.deepEqual(pairsOf([outputs[0]!], undefined), [
      ["x", 2],
      ["y", 1],
    ]);
    await assert.rejects(runTask(countMapTask, { ...args, column: 0 }, [bytes]), { code: "TYPE_MISMATCH" });
    await assert.rejects(runTask(countMapTask, { ...args, column: 2 }, [bytes]), { code: "COLUMN_UNKNOWN" });
  });
});
