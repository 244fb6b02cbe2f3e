/**
 * Parsing SoR on one thread. Run: node --import tsx bench/sor.bench.ts [megabytes] [--json]
 * Checks the kernel's columns against those of the plain reference first.
 */
import { createSorKernel } from "../src/kernels/sor-kernel.js";
import type { SorKernel } from "../src/kernels/sor-kernel-types.js";
import type { SorColumnType } from "../src/sor/sor-types.js";
import { splitSorTask } from "../src/tasks/split-sor.js";
import { ReferenceSorKernel } from "../test/kernels/reference-sor-kernel.js";
import { MIXED_TYPES, mixedSor } from "./mixed-sor.js";
import { CHUNK_ROWS, type Fed, openMemory, type RowInput, runRowBench } from "./row-bench.js";

const fileBytes = Number(process.argv[2] ?? 50) * 1e6;

const idTriples = (bytes: number): Uint8Array => {
  const lines: string[] = [];
  for (let row = 0, length = 0; length < bytes; row++) {
    const line = `<${Math.floor(row / 3)}><${(row * 7919) % 4_000_037}><${(row * 31) % 65_537}>\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join(""));
};

const input = (name: string, file: Uint8Array, types: readonly SorColumnType[]): RowInput<never> => {
  const fed = (kernel: SorKernel): Fed => ({
    kernel,
    reset: () => kernel.reset({ types, policy: "discard", chunkRows: CHUNK_ROWS }),
    parse: (added, final) => kernel.parse(added, final),
  });
  const task = splitSorTask(openMemory(file)) as RowInput<never>["task"];
  const args = { types: [...types], badRows: "discard" };
  return { name, file, types, kernel: fed(createSorKernel()), reference: fed(new ReferenceSorKernel()), task, args };
};

await runRowBench(
  [
    input("mixed", mixedSor(fileBytes), MIXED_TYPES),
    input("three ids a row", idTriples(fileBytes / 2), ["int64", "int64", "int64"]),
  ],
  process.argv.includes("--json"),
);
