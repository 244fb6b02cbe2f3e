/** Blocks of text become plain uint32 codes of one column of strings: see split-blocks.ts. */
import { z } from "zod";
import type { SplitMode } from "../kernels/text-kernel-types.js";
import { defineTask, type Task } from "../task/task.js";
import { scanBlock } from "../text/scan-block.js";
import { withTextKernel } from "./shelf.js";
import { type OpenFiles, SplitBlock, SplitInput, StringCounts, splitBlocks, splitResult } from "./split-blocks.js";
import { StagedCodes } from "./staged-codes.js";

export const SplitTextArgs = z.strictObject({ mode: z.enum(["words", "lines"]), ...SplitInput.shape });
export type SplitTextArgs = z.infer<typeof SplitTextArgs>;

const TextBlock = z.strictObject({ ...SplitBlock.shape, ...StringCounts.shape, half: StringCounts });
export const SplitTextResult = splitResult(TextBlock);
export type SplitTextResult = z.infer<typeof SplitTextResult>;

/** A word and the space behind it have two bytes, an empty line has one; the last one may lack its end. */
const rowsMax = ({ start, end }: { readonly start: number; readonly end: number }, mode: SplitMode): number =>
  mode === "words" ? Math.ceil((end - start) / 2) : end - start;

/** @throws from the task: `FILE_MISSING`, `FILE_CHANGED`, `DENIED`, `MEMORY_EXCEEDED`. */
export const splitTextTask = (openFile: OpenFiles): Task<SplitTextArgs> =>
  defineTask({
    name: "text.split",
    args: SplitTextArgs,
    run: ({ mode, ...input }, context) =>
      withTextKernel(context, (kernel) => {
        const staged = new StagedCodes(context, input.chunkRows);
        return splitBlocks<z.infer<typeof TextBlock>>(input, openFile, context, {
          read: async (source, block) => {
            staged.begin(rowsMax(block, mode));
            const { bytesRead, ...counts } = await scanBlock(source, block, kernel, mode, (codes) => staged.add(codes));
            const { refs, rowCounts: chunks } = staged.end();
            return { block: { index: block.index, ...counts, chunks }, chunks: refs, bytesRead };
          },
          dictionaryBytes: () => kernel.bytes,
          dictionaries: () => [
            {
              count: kernel.dictionarySize,
              offsets: kernel.dictionaryOffsets().slice(),
              values: kernel.dictionaryBytes(),
            },
          ],
          reset: () => kernel.reset(),
        });
      }),
  });
