/** What benchmarks of kernels of rows share: feeding one, comparing it with its plain reference, running its split task. */
import { crc32 } from "@eau2/serialization";
import type { RowColumnType, RowKernel } from "../src/kernels/row-kernel-types.js";
import { callTask, type Task } from "../src/task/task.js";
import type { OpenFile } from "../src/tasks/split-blocks.js";

const PIECE_BYTES = 512 * 1024;
const BLOCK_BYTES = 16 * 1024 ** 2;
export const CHUNK_ROWS = 262_144;
const ROUNDS = 5;
const PART_BYTES = 2_000_000;

/** A kernel of rows that has its layout. */
export interface Fed {
  readonly kernel: RowKernel;
  reset(): void;
  parse(added: number, final: boolean): boolean;
}

/** Feeds a kernel piece by piece. @returns the milliseconds. */
const feed = ({ kernel, reset, parse }: Fed, file: Uint8Array, onChunk: () => void): number => {
  const began = performance.now();
  reset();
  for (let at = 0; at < file.length; at += PIECE_BYTES) {
    const piece = file.subarray(at, at + PIECE_BYTES);
    kernel.space(piece.length).set(piece);
    const isLast = at + piece.length === file.length;
    let isFull = parse(piece.length, isLast);
    while (isFull) {
      onChunk();
      kernel.clearRows();
      isFull = parse(0, isLast);
    }
  }
  onChunk();
  return performance.now() - began;
};

/** Checksums of all that a kernel makes of the file. */
const answer = (fed: Fed, file: Uint8Array, types: readonly RowColumnType[]): string => {
  const { kernel } = fed;
  const sums: number[] = [];
  const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  feed(fed, file, () => {
    sums.push(kernel.rowCount);
    for (const { values, validity } of kernel.takeRows()) {
      sums.push(crc32(bytesOf(values)), validity === undefined ? 0 : crc32(validity));
    }
  });
  types.forEach((type, column) => {
    if (type !== "utf8") return;
    const { offsets, values } = kernel.dictionary(column);
    sums.push(crc32(bytesOf(offsets)), crc32(values));
  });
  return [...sums, kernel.lineCount, kernel.badRowCount].join(" ");
};

/** A file in memory, as tasks open it. */
export const openMemory =
  (file: Uint8Array) =>
  (name: string, bytes: number): OpenFile => ({
    name,
    bytes,
    read: (offset, into) => {
      const part = file.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
    close: () => {},
  });

/** The whole task that a shard runs, staged chunks included. @param args - but those about the file. */
const splitTask = async <Args>(task: Task<Args>, args: object, file: Uint8Array): Promise<number> => {
  const began = performance.now();
  const blocks = Array.from({ length: Math.ceil(file.length / BLOCK_BYTES) }, (_, index) => ({
    index,
    start: index * BLOCK_BYTES,
    end: Math.min(file.length, (index + 1) * BLOCK_BYTES),
  }));
  const about = { chunkRows: CHUNK_ROWS, file: { path: "bench", bytes: file.length }, inputStart: null, blocks };
  await callTask(
    task,
    { ...args, ...about },
    {
      inputs: [],
      timeLeftMs: undefined,
      allocate: async (bytes) => ({
        ref: { slabId: 0, offset: 0, bytes },
        view: new Uint8Array(new SharedArrayBuffer(bytes)),
      }),
      progress: () => {},
      reclaim: () => {},
      cancelled: () => false,
    },
  );
  return performance.now() - began;
};

export interface RowInput<Args> {
  readonly name: string;
  readonly file: Uint8Array;
  readonly types: readonly RowColumnType[];
  readonly kernel: Fed;
  readonly reference: Fed;
  readonly task: Task<Args>;
  readonly args: object;
}

/**
 * Compares the answers of a part, then prints best rates of interleaved rounds.
 * @param asJson - only of the first input, in one line.
 */
export const runRowBench = async <Args>(inputs: readonly RowInput<Args>[], asJson: boolean): Promise<void> => {
  for (const { name, file, types, kernel, reference, task, args } of inputs.slice(0, asJson ? 1 : inputs.length)) {
    // The plain references take minutes for what kernels do in a second.
    const part = file.subarray(0, PART_BYTES);
    if (answer(kernel, part, types) !== answer(reference, part, types)) throw new Error(`${name}: the answers differ`);
    let rows = 0;
    feed(kernel, file, () => {
      rows += kernel.kernel.rowCount;
    });
    const rates = new Map<string, number>();
    const note = (what: string, bytes: number, ms: number): void =>
      void rates.set(what, Math.max(bytes / 1e3 / ms, rates.get(what) ?? 0));
    for (let round = 0; round < ROUNDS; round++) {
      note(
        "reference in TypeScript",
        part.length,
        feed(reference, part, () => {}),
      );
      note(
        "kernel",
        file.length,
        feed(kernel, file, () => {}),
      );
      note("kernel, staging included", file.length, await splitTask(task, args, file));
    }
    const referenceRate = rates.get("reference in TypeScript")!;
    if (asJson) {
      const kernelMbPerSecond = Math.round(rates.get("kernel")!);
      const referenceMbPerSecond = Math.round(referenceRate);
      console.log(JSON.stringify({ mb: Math.round(file.length / 1e6), kernelMbPerSecond, referenceMbPerSecond }));
      break;
    }
    console.log(
      `${name}: ${(file.length / 1e6).toFixed(0)} MB, ${rows} rows of ${types.length} columns; answers agree`,
    );
    const fieldBytes = file.length / rows / types.length;
    for (const [what, rate] of rates) {
      console.log(
        `  ${what.padEnd(28)}${rate.toFixed(0).padStart(5)} MB/s ${((fieldBytes / rate) * 1000).toFixed(1).padStart(7)} ns/field ` +
          `${(rate / referenceRate).toFixed(1).padStart(5)} x the reference`,
      );
    }
  }
};
