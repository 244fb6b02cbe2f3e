/** Loading SoR as a job does it, from tasks alone: the caller says how blocks are spread over tasks. */
import { decodeChunk, decodeDictionary, validateChunk } from "@eau2/serialization";
import { Column } from "../../src/column/column.js";
import type { SorColumnType } from "../../src/sor/sor-types.js";
import { sealColumnsTask } from "../../src/tasks/seal-columns.js";
import type { OpenFile } from "../../src/tasks/split-blocks.js";
import { SplitSorResult, splitSorTask } from "../../src/tasks/split-sor.js";
import { UnifyResult, unifyDictionariesTask } from "../../src/tasks/unify-dictionaries.js";
import { type BadRowPolicy, type BadRowReport, type BlockReport, mergeBadRows } from "../../src/text/bad-rows.js";
import type { Block } from "../../src/text/block-plan.js";
import { runTask } from "./task-bench.js";

export interface SorPlan {
  readonly types: readonly SorColumnType[];
  readonly badRows: BadRowPolicy;
  readonly chunkRows: number;
  /** Blocks of each task, neighbours of one file. */
  readonly runs: readonly (readonly Block[])[];
  /** Runs whose bytes are sent along instead of read from the file. */
  readonly isSent?: (run: number) => boolean;
  /** Dictionaries of this many bytes close a segment. */
  readonly segmentBytesMax?: number;
  /** Columns of strings that get a dictionary; the others stay plain. */
  readonly isCoded: (column: number) => boolean;
}

export interface SorFrame {
  readonly chunks: readonly { readonly bytes: Uint8Array; readonly rowCount: number }[];
  /** One a column; undefined for one without. */
  readonly dictionaries: readonly (Uint8Array | undefined)[];
  readonly report: BadRowReport;
  /** What the dictionary rule is asked with, by block and column of strings. */
  readonly strings: readonly unknown[];
}

/** What is sent of a run: from one byte before it to the end of its last line. */
const sentPart = (file: Uint8Array, run: readonly Block[]): { start: number; bytes: Uint8Array } => {
  const start = Math.max(0, run[0]!.start - 1);
  const lineEnd = file.indexOf(10, run.at(-1)!.end);
  return { start, bytes: file.slice(start, lineEnd < 0 ? file.length : lineEnd + 1) };
};

export const loadSor = async (files: readonly Uint8Array[], plan: SorPlan): Promise<SorFrame> => {
  const { types, badRows, chunkRows } = plan;
  let open = 0;
  const openFile = (path: string, bytes: number): OpenFile => {
    open++;
    return {
      name: path,
      bytes,
      read: (offset, into) => {
        const part = files[Number(path)]!.subarray(offset, offset + into.length);
        into.set(part);
        return part.length;
      },
      close: () => {
        open--;
      },
    };
  };
  const task = splitSorTask(
    openFile,
    plan.segmentBytesMax === undefined ? {} : { segmentBytesMax: plan.segmentBytesMax },
  );
  const textColumns = types.flatMap((type, column) => (type === "utf8" ? [column] : []));
  const segments: { dictionaries: Uint8Array[]; staged: { bytes: Uint8Array; rowCount: number }[] }[] = [];
  const reports: BlockReport[] = [];
  const strings: unknown[] = [];
  for (const [index, run] of plan.runs.entries()) {
    const file = files[run[0]!.file]!;
    const sent = plan.isSent?.(index) === true ? sentPart(file, run) : undefined;
    const args = {
      types: [...types],
      badRows,
      chunkRows,
      file: { path: String(run[0]!.file), bytes: file.length },
      inputStart: sent?.start ?? null,
      blocks: run.map(({ index: block, start, end }) => ({ index: block, start, end })),
    };
    const { value, outputs } = await runTask(task, args, sent === undefined ? [] : [sent.bytes]);
    let next = 0;
    for (const segment of SplitSorResult.parse(value).segments) {
      const dictionaries = textColumns.map(() => outputs[next++]!);
      dictionaries.forEach((dictionary, at) => {
        if (decodeDictionary(dictionary).count !== segment.dictionarySizes[at])
          throw new Error("another size than said");
      });
      const staged = segment.blocks.flatMap(({ chunks }) =>
        chunks.map((rowCount) => ({ bytes: outputs[next++]!, rowCount })),
      );
      segments.push({ dictionaries, staged });
      for (const { lineCount, badRowCount, badRows: first, strings: counts } of segment.blocks) {
        reports.push({ file: run[0]!.file, lineCount, badRowCount, badRows: first });
        strings.push(counts);
      }
    }
    if (next !== outputs.length) throw new Error("outputs are left");
  }
  if (open !== 0) throw new Error(`${open} files were left open`);

  const dictionaries: (Uint8Array | undefined)[] = types.map(() => undefined);
  const sizes: (number | null)[] = types.map(() => null);
  const mappings = segments.map((segment) => [...segment.dictionaries]);
  for (const [at, column] of textColumns.entries()) {
    if (!plan.isCoded(column)) continue;
    const { value, outputs } = await runTask(
      unifyDictionariesTask,
      {},
      segments.map((segment) => segment.dictionaries[at]!),
    );
    dictionaries[column] = outputs.at(-1)!;
    sizes[column] = UnifyResult.parse(value).dictionarySize;
    outputs.slice(0, -1).forEach((codes, segment) => {
      mappings[segment]![at] = codes;
    });
  }
  const columns = types.map((type, column) => ({ type, dictionarySize: sizes[column]! }));
  const chunks: { bytes: Uint8Array; rowCount: number }[] = [];
  for (const [index, { staged }] of segments.entries()) {
    const inputs = [...mappings[index]!, ...staged.map(({ bytes }) => bytes)];
    const { outputs } = await runTask(sealColumnsTask, { columns }, inputs);
    if (outputs.length !== staged.length) throw new Error("another number of chunks than were staged");
    staged.forEach(({ rowCount }, at) => {
      chunks.push({ bytes: outputs[at]!, rowCount });
    });
  }
  for (const { bytes } of chunks) {
    validateChunk(
      decodeChunk(bytes),
      sizes.map((size) => size ?? undefined),
    );
  }
  return { chunks, dictionaries, report: mergeBadRows(reports), strings };
};

/** The frame's rows; text as one character a byte, int64 as bigints. */
export const sorRows = ({ chunks, dictionaries }: SorFrame): unknown[][] =>
  chunks.flatMap(({ bytes }) => {
    const { columns, rowCount } = decodeChunk(bytes);
    const readers = columns.map((layout, index) => {
      const dictionary = dictionaries[index];
      return new Column(`c${index}`, layout, dictionary === undefined ? undefined : decodeDictionary(dictionary));
    });
    return Array.from({ length: rowCount }, (_, row) =>
      readers.map((column) => {
        if (column.type === "int64") return column.bigintAt(row);
        if (column.type !== "utf8") return column.get(row);
        const text = column.bytesAt(row);
        return text === null ? null : Buffer.from(text).toString("latin1");
      }),
    );
  });
