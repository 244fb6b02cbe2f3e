/**
 * Parsing SoR on one thread. Run: node --import tsx bench/sor.bench.ts [megabytes] [--json]
 * Checks the kernel's columns against those of the plain reference first, then prints best times of interleaved rounds.
 */
import { crc32 } from "@eau2/serialization";
import { createSorKernel } from "../src/kernels/sor-kernel.js";
import type { SorKernel } from "../src/kernels/sor-kernel-types.js";
import type { SorColumnType } from "../src/sor/sor-types.js";
import { callTask } from "../src/task/task.js";
import { splitSorTask } from "../src/tasks/split-sor.js";
import { ReferenceSorKernel } from "../test/kernels/reference-sor-kernel.js";
import { MIXED_TYPES, mixedSor } from "./mixed-sor.js";

const PIECE_BYTES = 512 * 1024;
const CHUNK_ROWS = 262_144;
const ROUNDS = 5;
const fileBytes = Number(process.argv[2] ?? 50) * 1e6;

/** Feeds a kernel piece by piece. @returns what `onChunk` saw, or the milliseconds. */
const feed = (kernel: SorKernel, file: Uint8Array, types: readonly SorColumnType[], onChunk: () => void): number => {
  const began = performance.now();
  kernel.reset({ types, policy: "discard", chunkRows: CHUNK_ROWS });
  for (let at = 0; at < file.length; at += PIECE_BYTES) {
    const piece = file.subarray(at, at + PIECE_BYTES);
    kernel.space(piece.length).set(piece);
    const isLast = at + piece.length === file.length;
    let isFull = kernel.parse(piece.length, isLast);
    while (isFull) {
      onChunk();
      kernel.clearRows();
      isFull = kernel.parse(0, isLast);
    }
  }
  onChunk();
  return performance.now() - began;
};

/** Checksums of all that a kernel makes of the file. */
const answer = (kernel: SorKernel, file: Uint8Array, types: readonly SorColumnType[]): string => {
  const sums: number[] = [];
  const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  feed(kernel, file, types, () => {
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

/** The whole task that a shard runs, staged chunks included. */
const splitTask = async (file: Uint8Array, types: readonly SorColumnType[]): Promise<number> => {
  const task = splitSorTask((name, bytes) => ({
    name,
    bytes,
    read: (offset, into) => {
      const part = file.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
    close: () => {},
  }));
  const began = performance.now();
  const blockBytes = 16 * 1024 ** 2;
  const blocks = Array.from({ length: Math.ceil(file.length / blockBytes) }, (_, index) => ({
    index,
    start: index * blockBytes,
    end: Math.min(file.length, (index + 1) * blockBytes),
  }));
  const args = {
    types: [...types],
    badRows: "discard",
    chunkRows: CHUNK_ROWS,
    file: { path: "bench", bytes: file.length },
    inputStart: null,
    blocks,
  };
  await callTask(task, args, {
    inputs: [],
    timeLeftMs: undefined,
    allocate: async (bytes) => ({
      ref: { slabId: 0, offset: 0, bytes },
      view: new Uint8Array(new SharedArrayBuffer(bytes)),
    }),
    progress: () => {},
    reclaim: () => {},
    cancelled: () => false,
  });
  return performance.now() - began;
};

const idPairs = (bytes: number): Uint8Array => {
  const lines: string[] = [];
  for (let row = 0, length = 0; length < bytes; row++) {
    const line = `<${Math.floor(row / 3)}><${(row * 7919) % 4_000_037}><${(row * 31) % 65_537}>\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join(""));
};

const inputs: readonly {
  readonly name: string;
  readonly file: Uint8Array;
  readonly types: readonly SorColumnType[];
}[] = [
  { name: "mixed", file: mixedSor(fileBytes), types: MIXED_TYPES },
  { name: "three ids a row", file: idPairs(fileBytes / 2), types: ["int64", "int64", "int64"] },
];
const asJson = process.argv.includes("--json");
for (const { name, file, types } of inputs.slice(0, asJson ? 1 : inputs.length)) {
  const kernel = createSorKernel();
  const reference = new ReferenceSorKernel();
  if (answer(kernel, file, types) !== answer(reference, file, types)) throw new Error(`${name}: the answers differ`);
  let rows = 0;
  feed(kernel, file, types, () => {
    rows += kernel.rowCount;
  });
  const best = new Map<string, number>();
  const note = (what: string, ms: number): void => void best.set(what, Math.min(ms, best.get(what) ?? Infinity));
  for (let round = 0; round < ROUNDS; round++) {
    note(
      "reference in TypeScript",
      feed(reference, file, types, () => {}),
    );
    note(
      "kernel",
      feed(kernel, file, types, () => {}),
    );
    note("kernel, staging included", await splitTask(file, types));
  }
  const megabytes = file.length / 1e6;
  const referenceMs = best.get("reference in TypeScript")!;
  if (asJson) {
    const rate = (what: string) => Math.round((megabytes / best.get(what)!) * 1000);
    const kernelMbPerSecond = rate("kernel");
    const referenceMbPerSecond = rate("reference in TypeScript");
    console.log(JSON.stringify({ mb: Math.round(megabytes), kernelMbPerSecond, referenceMbPerSecond }));
    break;
  }
  console.log(`${name}: ${megabytes.toFixed(0)} MB, ${rows} rows of ${types.length} columns; answers agree`);
  for (const [what, ms] of best) {
    console.log(
      `  ${what.padEnd(28)}${ms.toFixed(0).padStart(6)} ms ${((megabytes / ms) * 1000).toFixed(0).padStart(5)} MB/s ` +
        `${((ms * 1e6) / rows / types.length).toFixed(1).padStart(6)} ns/field ${(referenceMs / ms).toFixed(1).padStart(5)} x the reference`,
    );
  }
}
