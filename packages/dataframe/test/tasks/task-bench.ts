/** Runs tasks in this process, on memory like that of a shard: shared, aligned, and full of what was there before. */
import type { RangeRef, TaskContext } from "@eau2/kvstore";
import { callTask, type Task } from "../../src/task/task.js";

export interface TaskOutcome {
  readonly value: unknown;
  readonly outputs: readonly Uint8Array[];
}

export const sharedCopy = (bytes: Uint8Array): Uint8Array => {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 64), 64, bytes.length);
  shared.set(bytes);
  return shared;
};

/** @throws when the task changed one of its inputs: other threads read the same bytes. */
export const runTask = async <Args>(
  task: Task<Args>,
  args: unknown,
  inputs: readonly Uint8Array[] = [],
): Promise<TaskOutcome> => {
  const ranges = new Map<number, Uint8Array>();
  const before = inputs.map((input) => Buffer.from(input));
  const context: TaskContext = {
    inputs,
    timeLeftMs: undefined,
    allocate: async (bytes) => {
      const slabId = ranges.size + 1;
      const view = sharedCopy(new Uint8Array(bytes).fill(0xa5));
      ranges.set(slabId, view);
      return { ref: { slabId, offset: 64, bytes }, view };
    },
    progress: () => {},
    reclaim: () => {},
    cancelled: () => false,
  };
  const { value, outputs } = await callTask(task, args, context);
  inputs.forEach((input, index) => {
    if (!before[index]!.equals(input)) throw new Error(`${task.name} wrote to its input ${index}`);
  });
  // An output is a range or its beginning.
  const kept = ({ slabId, bytes }: RangeRef): Uint8Array => {
    const view = ranges.get(slabId);
    if (view === undefined || bytes > view.length) throw new Error(`${task.name} returned a range that is not its own`);
    return view.subarray(0, bytes);
  };
  // A task's value crosses threads and the wire.
  return { value: structuredClone(value), outputs: outputs.map(kept) };
};
