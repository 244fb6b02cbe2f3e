import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { SplitTextResult, splitTextTask } from "../../src/tasks/split-text.js";
import { runTask } from "./task-bench.js";

/** A file of `bytes` bytes of which only `there` can be read. */
const fileOf = (text: Uint8Array, state: { open: number }) =>
  splitTextTask((path, bytes) => {
    state.open++;
    return {
      name: path,
      bytes,
      read: (offset, into) => {
        const part = text.subarray(offset, offset + into.length);
        into.set(part);
        return part.length;
      },
      close: () => {
        state.open--;
      },
    };
  });

const args = (bytes: number, blocks: readonly { index: number; start: number; end: number }[]) => ({
  mode: "words",
  chunkRows: 10,
  file: { path: "/data/text", bytes },
  inputStart: null,
  blocks,
});

testSuite("text.split", (test) => {
  test("a file that ends before its size is FILE_CHANGED, by name, and is closed", async () => {
    const state = { open: 0 };
    const running = runTask(
      fileOf(new TextEncoder().encode("one two"), state),
      args(100, [{ index: 0, start: 0, end: 100 }]),
    );
    await assert.rejects(running, { code: "FILE_CHANGED", message: /\/data\/text/ });
    assert.equal(state.open, 0);
  });

  test("counts of blocks do not depend on which blocks share a task", async () => {
    const text = new TextEncoder().encode("a b a c a b d e a a a f g a b c ".repeat(40));
    const blocks = Array.from({ length: 10 }, (_, index) => ({ index, start: index * 64, end: index * 64 + 64 }));
    const task = fileOf(text, { open: 0 });
    const countsOf = async (some: typeof blocks) =>
      SplitTextResult.parse((await runTask(task, args(text.length, some))).value).segments.flatMap((s) => s.blocks);
    const together = await countsOf(blocks);
    const apart = (await Promise.all(blocks.map((block) => countsOf([block])))).flat();
    assert.deepEqual(apart, together);
  });

  test("arguments that are not its own are refused by name and place", async () => {
    const task = fileOf(new Uint8Array(0), { open: 0 });
    await assert.rejects(runTask(task, { ...args(0, []), blocks: [] }), {
      code: "DATA_INVALID",
      message: /text\.split.*blocks/,
    });
    await assert.rejects(runTask(task, { ...args(1, [{ index: 0, start: 0, end: 1 }]), mode: "letters" }), {
      code: "DATA_INVALID",
      message: /mode/,
    });
    await assert.rejects(runTask(task, { ...args(1, [{ index: 0, start: 0, end: 1 }]), more: 1 }), {
      code: "DATA_INVALID",
      message: /text\.split/,
    });
    await assert.rejects(runTask(task, undefined), { code: "DATA_INVALID" });
  });
});
