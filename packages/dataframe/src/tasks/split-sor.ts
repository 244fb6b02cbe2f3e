/** Blocks of a SoR file become chunks of typed columns, as staged-columns.ts has them: see split-blocks.ts. */
import type { RangeRef } from "@eau2/kvstore";
import { encodeChunk } from "@eau2/serialization";
import { z } from "zod";
import { SCHEMA_COLUMNS_MAX } from "../column/schema-record.js";
import { scanSorBlock } from "../sor/scan-sor-block.js";
import { SOR_COLUMN_TYPES } from "../sor/sor-types.js";
import { defineTask, type Task } from "../task/task.js";
import { BAD_ROW_POLICIES, BlockLines } from "../text/bad-rows.js";
import { withSorKernel } from "./shelf.js";
import {
  type OpenFiles,
  SEGMENT_BYTES_MAX,
  SplitBlock,
  SplitInput,
  StringCounts,
  splitBlocks,
  splitResult,
} from "./split-blocks.js";
import { assertChunkBytes, stagedColumn } from "./staged-columns.js";

export interface SplitSorOptions {
  /** Memory of all dictionaries that closes their segment. It never shows in a frame. @defaultValue 64 MiB */
  readonly segmentBytesMax?: number;
}

export const SplitSorArgs = z.strictObject({
  /** Of the schema's columns, in order. */
  types: z.array(z.enum(SOR_COLUMN_TYPES)).max(SCHEMA_COLUMNS_MAX),
  /** "error" leaves bad rows out and reports them, as "discard" does: only all blocks together know their line numbers. */
  badRows: z.enum(BAD_ROW_POLICIES),
  ...SplitInput.shape,
});
export type SplitSorArgs = z.infer<typeof SplitSorArgs>;

const SorBlock = z.strictObject({
  ...SplitBlock.shape,
  ...BlockLines.shape,
  /** For each column of strings what `frameGivesUp` asks for; nulls are not counted. */
  strings: z.array(z.strictObject({ ...StringCounts.shape, half: StringCounts })),
});
export const SplitSorResult = splitResult(SorBlock);
export type SplitSorResult = z.infer<typeof SplitSorResult>;

/** @throws from the task: `FILE_MISSING`, `FILE_CHANGED`, `DENIED`, `MEMORY_EXCEEDED`, `VALUE_TOO_LARGE`. */
export const splitSorTask = (
  openFile: OpenFiles,
  { segmentBytesMax = SEGMENT_BYTES_MAX }: SplitSorOptions = {},
): Task<SplitSorArgs> =>
  defineTask({
    name: "sor.split",
    args: SplitSorArgs,
    run: ({ types, badRows: policy, ...input }, context) => {
      const layout = { types, policy, chunkRows: input.chunkRows };
      const textColumns = types.flatMap((type, column) => (type === "utf8" ? [column] : []));
      return withSorKernel(layout, context, (kernel) => {
        let refs: RangeRef[] = [];
        let chunks: number[] = [];
        const stageRows = async () => {
          const { rowCount } = kernel;
          const columns = kernel.takeRows().map((column) => stagedColumn(column, rowCount));
          const chunk = encodeChunk(columns, rowCount);
          assertChunkBytes(chunk.byteLength, rowCount);
          const { ref, view } = await context.allocate(chunk.byteLength);
          chunk.write(view);
          kernel.clearRows();
          refs.push(ref);
          chunks.push(rowCount);
        };
        return splitBlocks<z.infer<typeof SorBlock>>(
          input,
          openFile,
          context,
          {
            read: async (source, block) => {
              refs = [];
              chunks = [];
              const { bytesRead, ...scan } = await scanSorBlock(source, block, kernel, textColumns, stageRows);
              return { block: { index: block.index, ...scan, chunks }, chunks: refs, bytesRead };
            },
            dictionaryBytes: () => kernel.dictionaryBytes,
            dictionaries: function* () {
              for (const column of textColumns) yield kernel.dictionary(column);
            },
            reset: () => kernel.reset(layout),
          },
          segmentBytesMax,
        );
      });
    },
  });
