/**
 * Reads consecutive blocks of a SoR file into columns: the first half of loading one. All blocks of a task share the
 * dictionaries of their columns of strings (a segment), until these have grown large.
 * Outputs, segment by segment: the dictionary of each column of strings, in column order; then the segment's staged
 * chunks, block by block.
 */
import type { RangeRef } from "@eau2/kvstore";
import { encodeChunk, encodeDictionary } from "@eau2/serialization";
import { z } from "zod";
import { SCHEMA_COLUMNS_MAX } from "../column/schema-record.js";
import { CHUNK_ROWS_MAX } from "../frame/chunk-rows.js";
import { BlockLines } from "../sor/bad-rows.js";
import { scanSorBlock } from "../sor/scan-sor-block.js";
import { BAD_ROW_POLICIES, SOR_COLUMN_TYPES } from "../sor/sor-types.js";
import { defineTask, type Task } from "../task/task.js";
import { withSorKernel } from "./shelf.js";
import { inputSource, type OpenFile } from "./split-text.js";
import { assertChunkBytes, stagedColumn } from "./staged-columns.js";

export interface SplitSorOptions {
  /**
   * Memory of all dictionaries that closes their segment after a block, so that it does not follow the file's size. It
   * never shows in a frame. @defaultValue 64 MiB
   */
  readonly segmentBytesMax?: number;
}

const SEGMENT_DICTIONARY_BYTES_MAX = 64 * 1024 ** 2;

export const SplitSorArgs = z.strictObject({
  /** Of the schema's columns, in order. */
  types: z.array(z.enum(SOR_COLUMN_TYPES)).max(SCHEMA_COLUMNS_MAX),
  /** "error" leaves bad rows out and reports them, as "discard" does: only all blocks together know their line numbers. */
  badRows: z.enum(BAD_ROW_POLICIES),
  chunkRows: z.int().min(1).max(CHUNK_ROWS_MAX),
  file: z.strictObject({ path: z.string(), bytes: z.int().min(0) }),
  /** Where the bytes are: the file itself, or the task's one input, which begins at this offset of the file. */
  inputStart: z.int().min(0).nullable(),
  blocks: z.array(z.strictObject({ index: z.int().min(0), start: z.int().min(0), end: z.int().min(0) })).min(1),
});
export type SplitSorArgs = z.infer<typeof SplitSorArgs>;

const Count = z.strictObject({ rowCount: z.int().min(0), distinct: z.int().min(0) });
export const SplitSorResult = z.strictObject({
  segments: z.array(
    z.strictObject({
      /** Strings in the dictionary of each column of strings. */
      dictionarySizes: z.array(z.int().min(0)),
      blocks: z.array(
        z.strictObject({
          index: z.int().min(0),
          ...BlockLines.shape,
          rowCount: z.int().min(0),
          /** For each column of strings what `frameGivesUp` asks for; nulls are not counted. */
          strings: z.array(z.strictObject({ ...Count.shape, half: Count })),
          /** Rows of each of its chunks. */
          chunks: z.array(z.int().min(1)),
        }),
      ),
    }),
  ),
  bytesRead: z.number().min(0),
});
export type SplitSorResult = z.infer<typeof SplitSorResult>;

/**
 * @param openFile - opens a file under the data roots of this node.
 * @throws from the task: `FILE_MISSING`, `FILE_CHANGED`, `DENIED`, `MEMORY_EXCEEDED`, `VALUE_TOO_LARGE`.
 */
export const splitSorTask = (
  openFile: (path: string, bytes: number) => OpenFile,
  { segmentBytesMax = SEGMENT_DICTIONARY_BYTES_MAX }: SplitSorOptions = {},
): Task<SplitSorArgs> =>
  defineTask({
    name: "sor.split",
    args: SplitSorArgs,
    run: ({ types, badRows: policy, chunkRows, file, inputStart, blocks }, context) => {
      const layout = { types, policy, chunkRows };
      const textColumns = types.flatMap((type, column) => (type === "utf8" ? [column] : []));
      return withSorKernel(layout, context, async (kernel) => {
        const outputs: RangeRef[] = [];
        const segments: SplitSorResult["segments"] = [];
        let current: SplitSorResult["segments"][number]["blocks"] = [];
        let held: RangeRef[] = [];
        let chunks: number[] = [];
        let bytesRead = 0;
        const source =
          inputStart === null
            ? openFile(file.path, file.bytes)
            : inputSource(file.path, file.bytes, context.inputs[0]!, inputStart);

        const stageRows = async () => {
          const { rowCount } = kernel;
          const columns = kernel.takeRows().map((column) => stagedColumn(column, rowCount));
          const chunk = encodeChunk(columns, rowCount);
          assertChunkBytes(chunk.byteLength, rowCount);
          const { ref, view } = await context.allocate(chunk.byteLength);
          chunk.write(view);
          kernel.clearRows();
          held.push(ref);
          chunks.push(rowCount);
        };
        const closeSegment = async () => {
          if (current.length === 0) return;
          const dictionarySizes: number[] = [];
          for (const column of textColumns) {
            const dictionary = kernel.dictionary(column);
            const encoded = encodeDictionary(dictionary);
            const { ref, view } = await context.allocate(encoded.byteLength);
            encoded.write(view);
            outputs.push(ref);
            dictionarySizes.push(dictionary.count);
          }
          outputs.push(...held);
          segments.push({ dictionarySizes, blocks: current });
          current = [];
          held = [];
          kernel.reset(layout);
        };

        try {
          for (const block of blocks) {
            chunks = [];
            const { bytesRead: read, ...scan } = await scanSorBlock(source, block, kernel, textColumns, stageRows);
            bytesRead += read;
            current.push({
              index: block.index,
              ...scan,
              chunks,
            });
            context.progress({ bytes: block.end - block.start });
            if (kernel.dictionaryBytes > segmentBytesMax) await closeSegment();
          }
          await closeSegment();
        } finally {
          source.close();
        }
        return { value: { segments, bytesRead } satisfies SplitSorResult, outputs };
      });
    },
  });
