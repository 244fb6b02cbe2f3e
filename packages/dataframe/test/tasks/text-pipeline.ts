/** Loading and counting as jobs do it, from tasks alone: the caller says how blocks are spread over tasks. */
import { decodeChunk, decodeDictionary } from "@eau2/serialization";
import { Column } from "../../src/column/column.js";
import { partitionCount } from "../../src/frame/partition-rule.js";
import type { SplitMode } from "../../src/kernels/text-kernel-types.js";
import { countMapTask, countReduceTask, integersOf, ReduceResult } from "../../src/tasks/count-values.js";
import { sealCodedTextTask, sealPlainTextTask } from "../../src/tasks/seal-text.js";
import { SplitTextResult, splitTextTask } from "../../src/tasks/split-text.js";
import { UnifyResult, unifyDictionariesTask } from "../../src/tasks/unify-dictionaries.js";
import type { Block } from "../../src/text/block-plan.js";
import { runTask } from "./task-bench.js";

export interface TextFrame {
  readonly chunks: readonly { readonly bytes: Uint8Array; readonly rowCount: number }[];
  /** Undefined for a plain column. */
  readonly dictionary: Uint8Array | undefined;
  readonly dictionarySize: number | null;
}

export interface LoadPlan {
  readonly mode: SplitMode;
  readonly chunkRows: number;
  /** Blocks of each task, neighbours of one file. */
  readonly runs: readonly (readonly Block[])[];
  /** Runs whose bytes are sent along instead of read from the file. */
  readonly isSent?: (run: number) => boolean;
  readonly coded: boolean;
}

const delimiterOf = (mode: SplitMode, byte: number): boolean =>
  mode === "lines" ? byte === 10 : byte === 32 || (byte >= 9 && byte <= 13);

/** What is sent of a run: from one byte before it to the end of its last token. */
const sentPart = (file: Uint8Array, run: readonly Block[], mode: SplitMode): { start: number; bytes: Uint8Array } => {
  const start = Math.max(0, run[0]!.start - 1);
  let end = run.at(-1)!.end;
  while (end < file.length && !delimiterOf(mode, file[end]!)) end++;
  return { start, bytes: file.slice(start, Math.min(file.length, end + 1)) };
};

export const loadText = async (files: readonly Uint8Array[], plan: LoadPlan): Promise<TextFrame> => {
  let open = 0;
  const task = splitTextTask((path, bytes) => {
    open++;
    const file = files[Number(path)]!;
    return {
      name: path,
      bytes,
      read: (offset, into) => {
        const part = file.subarray(offset, offset + into.length);
        into.set(part);
        return part.length;
      },
      close: () => {
        open--;
      },
    };
  });
  const segments: { dictionary: Uint8Array; staged: { codes: Uint8Array; rowCount: number }[] }[] = [];
  for (const [index, run] of plan.runs.entries()) {
    const file = files[run[0]!.file]!;
    const sent = plan.isSent?.(index) === true ? sentPart(file, run, plan.mode) : undefined;
    const args = {
      mode: plan.mode,
      chunkRows: plan.chunkRows,
      file: { path: String(run[0]!.file), bytes: file.length },
      inputStart: sent?.start ?? null,
      blocks: run.map(({ index: block, start, end }) => ({ index: block, start, end })),
    };
    const { value, outputs } = await runTask(task, args, sent === undefined ? [] : [sent.bytes]);
    let next = 0;
    for (const segment of SplitTextResult.parse(value).segments) {
      const dictionary = outputs[next++]!;
      const staged = segment.blocks.flatMap(({ chunks }) =>
        chunks.map((rowCount) => ({ codes: outputs[next++]!, rowCount })),
      );
      segments.push({ dictionary, staged });
    }
  }
  if (open !== 0) throw new Error(`${open} files were left open`);

  let mappings = segments.map(({ dictionary }) => dictionary);
  let dictionary: Uint8Array | undefined;
  let dictionarySize: number | null = null;
  if (plan.coded) {
    const unified = await runTask(unifyDictionariesTask, {}, mappings);
    dictionary = unified.outputs.at(-1)!;
    mappings = unified.outputs.slice(0, -1);
    dictionarySize = UnifyResult.parse(unified.value).dictionarySize;
  }
  const chunks: { bytes: Uint8Array; rowCount: number }[] = [];
  for (const [index, { staged }] of segments.entries()) {
    const inputs = [mappings[index]!, ...staged.map(({ codes }) => codes)];
    const { outputs } = plan.coded
      ? await runTask(sealCodedTextTask, { dictionarySize }, inputs)
      : await runTask(sealPlainTextTask, {}, inputs);
    staged.forEach(({ rowCount }, at) => {
      chunks.push({ bytes: outputs[at]!, rowCount });
    });
  }
  return { chunks, dictionary, dictionarySize };
};

/**
 * @param groups - the chunks of each map task, in any order.
 * @param rowCount - what the number of partitions is taken from. @defaultValue the frame's
 */
export const countFrame = async (
  frame: TextFrame,
  groups: readonly (readonly number[])[],
  chunkRows: number,
  rowCount = frame.chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0),
): Promise<Uint8Array[]> => {
  const partitions = partitionCount(rowCount);
  const shape = { column: 0, dictionarySize: frame.dictionarySize };
  const firstRows: number[] = [];
  let row = 0;
  for (const chunk of frame.chunks) {
    firstRows.push(row);
    row += chunk.rowCount;
  }
  const partials: (readonly Uint8Array[])[] = [];
  for (const group of groups) {
    const args = { ...shape, partitionCount: partitions, firstRows: group.map((chunk) => firstRows[chunk]!) };
    const inputs = group.map((chunk) => frame.chunks[chunk]!.bytes);
    partials.push((await runTask(countMapTask, args, inputs)).outputs);
  }
  const result: Uint8Array[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const inputs = partials.map((outputs) => outputs[partition]!);
    const { value, outputs } = await runTask(countReduceTask, { ...shape, chunkRows }, inputs);
    const { chunks } = ReduceResult.parse(value);
    if (chunks.length !== outputs.length) throw new Error("the reduce task says another number of chunks than it made");
    outputs.forEach((bytes, index) => {
      if (decodeChunk(bytes).rowCount !== chunks[index])
        throw new Error("a chunk has another number of rows than said");
    });
    result.push(...outputs);
  }
  return result;
};

const textOf = (chunk: Uint8Array, dictionary: Uint8Array | undefined): (string | null)[] => {
  const { columns, rowCount } = decodeChunk(chunk);
  const column = new Column("word", columns[0]!, dictionary === undefined ? undefined : decodeDictionary(dictionary));
  return Array.from({ length: rowCount }, (_, row) => {
    const bytes = column.bytesAt(row);
    return bytes === null ? null : Buffer.from(bytes).toString("latin1");
  });
};

/** The frame's rows, one character a byte. */
export const rowsOf = ({ chunks, dictionary }: TextFrame): (string | null)[] =>
  chunks.flatMap(({ bytes }) => textOf(bytes, dictionary));

/** A result as sorted pairs. */
export const pairsOf = (chunks: readonly Uint8Array[], dictionary: Uint8Array | undefined): [string, number][] =>
  chunks
    .flatMap((chunk) => {
      const counts = integersOf(decodeChunk(chunk).columns[1]!);
      return textOf(chunk, dictionary).map((word, row): [string, number] => [word!, counts[row]!]);
    })
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

/** What counting must yield, in ten lines. */
export const countOracle = (rows: readonly (string | null)[]): [string, number][] => {
  const counts = new Map<string, number>();
  for (const row of rows) if (row !== null) counts.set(row, (counts.get(row) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
};
