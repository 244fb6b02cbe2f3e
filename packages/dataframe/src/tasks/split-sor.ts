/** Blocks of a SoR file become chunks of typed columns: see split-blocks.ts. */
import { z } from "zod";
import { SCHEMA_COLUMNS_MAX } from "../column/schema-record.js";
import { scanSorBlock } from "../sor/scan-sor-block.js";
import { SOR_COLUMN_TYPES } from "../sor/sor-types.js";
import { defineTask, type Task } from "../task/task.js";
import { BAD_ROW_POLICIES, BlockLines } from "../text/bad-rows.js";
import { withSorKernel } from "./shelf.js";
import {
  ColumnStrings,
  type OpenFiles,
  SEGMENT_BYTES_MAX,
  SplitBlock,
  SplitInput,
  splitBlocks,
  splitResult,
} from "./split-blocks.js";
import { StagedRows } from "./staged-rows.js";

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

const SorBlock = z.strictObject({ ...SplitBlock.shape, ...BlockLines.shape, strings: ColumnStrings });
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
        const staged = new StagedRows(kernel, textColumns, context);
        return splitBlocks<z.infer<typeof SorBlock>>(
          input,
          openFile,
          context,
          {
            read: async (source, block) => {
              staged.begin();
              const { bytesRead, ...scan } = await scanSorBlock(source, block, kernel, textColumns, staged.add);
              const { refs, rowCounts: chunks } = staged.end();
              return { block: { index: block.index, ...scan, chunks }, chunks: refs, bytesRead };
            },
            dictionaryBytes: () => kernel.dictionaryBytes,
            dictionaries: () => staged.dictionaries(),
            reset: () => kernel.reset(layout),
          },
          segmentBytesMax,
        );
      });
    },
  });
