/** What loading rows of any format as a job does it has in common, from tasks alone. */
import { type ColumnType, decodeChunk, decodeDictionary, validateChunk } from "@eau2/serialization";
import { Column } from "../../src/column/column.js";
import { sealColumnsTask } from "../../src/tasks/seal-columns.js";
import type { OpenFile } from "../../src/tasks/split-blocks.js";
import { UnifyResult, unifyDictionariesTask } from "../../src/tasks/unify-dictionaries.js";
import type { BadRowReport } from "../../src/text/bad-rows.js";
import { runTask } from "./task-bench.js";

export interface RowFrame {
  readonly chunks: readonly { readonly bytes: Uint8Array; readonly rowCount: number }[];
  /** One a column; undefined for one without. */
  readonly dictionaries: readonly (Uint8Array | undefined)[];
  readonly report: BadRowReport;
  /** What the dictionary rule is asked with, by block and column of strings. */
  readonly strings: readonly unknown[];
}

/** What a split task has made of a segment of blocks. */
export interface StagedRowSegment {
  readonly dictionaries: readonly Uint8Array[];
  readonly staged: readonly { readonly bytes: Uint8Array; readonly rowCount: number }[];
}

/** Files by their index, as tasks open them. Used up, all must be closed. */
export const openFiles = (files: readonly Uint8Array[]) => {
  let open = 0;
  return {
    open: (path: string, bytes: number): OpenFile => {
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
    },
    assertClosed: () => {
      if (open !== 0) throw new Error(`${open} files were left open`);
    },
  };
};

/** The outputs of a split task, by segment. */
export const segmentsOf = (
  segments: readonly {
    readonly dictionarySizes: readonly number[];
    readonly blocks: readonly { readonly chunks: readonly number[] }[];
  }[],
  outputs: readonly Uint8Array[],
): StagedRowSegment[] => {
  let next = 0;
  const staged = segments.map(({ dictionarySizes, blocks }): StagedRowSegment => {
    const dictionaries = dictionarySizes.map((size) => {
      const dictionary = outputs[next++]!;
      if (decodeDictionary(dictionary).count !== size) throw new Error("another size than said");
      return dictionary;
    });
    const chunks = blocks.flatMap((block) => block.chunks.map((rowCount) => ({ bytes: outputs[next++]!, rowCount })));
    return { dictionaries, staged: chunks };
  });
  if (next !== outputs.length) throw new Error("outputs are left");
  return staged;
};

/** @param isCoded - columns of strings that get a dictionary; the others stay plain. */
export const sealRows = async (
  types: readonly ColumnType[],
  segments: readonly StagedRowSegment[],
  isCoded: (column: number) => boolean,
): Promise<Pick<RowFrame, "chunks" | "dictionaries">> => {
  const textColumns = types.flatMap((type, column) => (type === "utf8" ? [column] : []));
  const dictionaries: (Uint8Array | undefined)[] = types.map(() => undefined);
  const sizes: (number | null)[] = types.map(() => null);
  const mappings = segments.map((segment) => [...segment.dictionaries]);
  for (const [at, column] of textColumns.entries()) {
    if (!isCoded(column)) continue;
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
  return { chunks, dictionaries };
};

/** The frame's rows; text as one character a byte, int64 and timestamps as bigints, dates as days. */
export const frameRows = ({ chunks, dictionaries }: Pick<RowFrame, "chunks" | "dictionaries">): unknown[][] =>
  chunks.flatMap(({ bytes }) => {
    const { columns, rowCount } = decodeChunk(bytes);
    const readers = columns.map((layout, index) => {
      const dictionary = dictionaries[index];
      return new Column(`c${index}`, layout, dictionary === undefined ? undefined : decodeDictionary(dictionary));
    });
    return Array.from({ length: rowCount }, (_, row) =>
      readers.map((column) => {
        if (column.type === "int64" || column.type === "timestamp" || column.type === "date")
          return column.bigintAt(row);
        if (column.type !== "utf8") return column.get(row);
        const text = column.bytesAt(row);
        return text === null ? null : Buffer.from(text).toString("latin1");
      }),
    );
  });
