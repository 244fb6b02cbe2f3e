/**
 * Parsing CSV on one thread. Run: node --import tsx bench/csv.bench.ts [megabytes] [--json]
 * Checks the kernel's columns against those of the plain reference first.
 */
import type { CsvColumnType } from "../src/csv/csv-types.js";
import { createCsvKernel } from "../src/kernels/csv-kernel.js";
import type { CsvKernel, CsvLayout } from "../src/kernels/csv-kernel-types.js";
import { splitCsvTask } from "../src/tasks/split-csv.js";
import { ReferenceCsvKernel } from "../test/kernels/reference-csv-kernel.js";
import { GROUP_BY_ROW_BYTES, groupByCsv } from "./group-by-csv.js";
import { randomOf } from "./random.js";
import { CHUNK_ROWS, type Fed, openMemory, type RowInput, runRowBench } from "./row-bench.js";

const fileBytes = Number(process.argv[2] ?? 50) * 1e6;

/** Everything in quotes, dates and times, missing values, exponents, text with quotes and line breaks. */
const mixedCsv = (bytes: number): Uint8Array => {
  const random = randomOf(2);
  const file = Buffer.allocUnsafe(bytes);
  const two = (number: number): string => String(number).padStart(2, "0");
  for (let at = 0; ; ) {
    const day = `20${two(Math.floor(random() * 24))}-${two(1 + Math.floor(random() * 12))}-${two(1 + Math.floor(random() * 28))}`;
    const time = `${two(Math.floor(random() * 24))}:${two(Math.floor(random() * 60))}:${two(Math.floor(random() * 60))}`;
    const id = `"${Math.floor(random() * 1e6)}"`;
    const ratio = random() < 0.1 ? "" : (random() * 1e-3).toExponential(6);
    const name = `"user ""${Math.floor(random() ** 2 * 1_000)}"""`;
    const note = random() < 0.2 ? `"two lines,\nof ${Math.floor(random() * 50)}"` : "none";
    const row = `${id},${day},${day} ${time},${ratio},${random() < 0.5},${name},${note}\r\n`;
    if (at + row.length > bytes) return file.subarray(0, at);
    at += file.write(row, at, "latin1");
  }
};

const input = (name: string, file: Uint8Array, types: readonly CsvColumnType[]): RowInput<never> => {
  const columns = types.map((type) => ({ type, isGuessed: true, format: null }));
  const layout: CsvLayout = {
    dialect: { delimiter: ",", quote: '"', newLine: "\n" },
    nulls: { texts: [""], inText: false },
    columns,
    policy: "discard",
    chunkRows: CHUNK_ROWS,
  };
  const fed = (kernel: CsvKernel): Fed => ({
    kernel,
    reset: () => kernel.reset(layout),
    parse: (added, final) => kernel.parse(added, final, false),
  });
  const open = openMemory(file);
  const task = splitCsvTask({ openFile: open, openInflated: open }) as RowInput<never>["task"];
  const { dialect, nulls } = layout;
  const order = types.map((_, column) => column);
  const args = { dialect, nulls, columns, order, badRows: "discard", from: 0, inflatedBlockBytes: null };
  return { name, file, types, kernel: fed(createCsvKernel()), reference: fed(new ReferenceCsvKernel()), task, args };
};

await runRowBench(
  [
    input("group-by", groupByCsv(Math.floor(fileBytes / GROUP_BY_ROW_BYTES), 1, false), [
      ...(["utf8", "utf8", "utf8"] as const),
      ...(["int64", "int64", "int64", "int64", "int64"] as const),
      "float64",
    ]),
    input("mixed", mixedCsv(fileBytes / 2), ["int64", "date", "timestamp", "float64", "boolean", "utf8", "utf8"]),
  ],
  process.argv.includes("--json"),
);
