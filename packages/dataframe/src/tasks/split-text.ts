/**
 * Reads consecutive blocks of a file into codes: the first half of loading text. All blocks of a task share one dictionary
 * (a segment), whose strings stand in order of first appearance; codes become those of the frame when it is sealed.
 * Outputs, segment by segment: its dictionary, then its chunks of plain uint32 codes.
 */
import type { RangeRef } from "@eau2/kvstore";
import { encodeDictionary } from "@eau2/serialization";
import { z } from "zod";
import { CHUNK_ROWS_MAX } from "../frame/chunk-rows.js";
import type { SplitMode } from "../kernels/text-kernel-types.js";
import { defineTask, type Task } from "../task/task.js";
import { type ByteSource, scanBlock } from "../text/scan-block.js";
import { withTextKernel } from "./shelf.js";
import { StagedCodes } from "./staged-codes.js";

/** A kernel that has grown to this closes its segment after the block, so a task's memory does not follow the file's size. */
const SEGMENT_KERNEL_BYTES_MAX = 64 * 1024 ** 2;

export const SplitTextArgs = z.strictObject({
  mode: z.enum(["words", "lines"]),
  chunkRows: z.int().min(1).max(CHUNK_ROWS_MAX),
  file: z.strictObject({ path: z.string(), bytes: z.int().min(0) }),
  /** Where the bytes are: the file itself, or the task's one input, which begins at this offset of the file. */
  inputStart: z.int().min(0).nullable(),
  blocks: z.array(z.strictObject({ index: z.int().min(0), start: z.int().min(0), end: z.int().min(0) })).min(1),
});
export type SplitTextArgs = z.infer<typeof SplitTextArgs>;

const Count = z.strictObject({ rowCount: z.int().min(0), distinct: z.int().min(0) });
export const SplitTextResult = z.strictObject({
  segments: z.array(
    z.strictObject({
      dictionarySize: z.int().min(0),
      blocks: z.array(
        z.strictObject({
          index: z.int().min(0),
          ...Count.shape,
          half: Count,
          /** Rows of each of its chunks. */
          chunks: z.array(z.int().min(1)),
        }),
      ),
    }),
  ),
  bytesRead: z.number().min(0),
});
export type SplitTextResult = z.infer<typeof SplitTextResult>;

/** A file that a worker may read from anywhere. */
export interface OpenFile extends ByteSource {
  close(): void;
}

/** Bytes that were sent along, standing for a part of the file. */
export const inputSource = (path: string, bytes: number, input: Uint8Array, inputStart: number): OpenFile => ({
  name: path,
  bytes,
  read: (offset, into) => {
    const from = offset - inputStart;
    if (from < 0 || from > input.length) throw new Error(`invariant: byte ${offset} was not sent along`);
    const part = input.subarray(from, from + into.length);
    into.set(part);
    return part.length;
  },
  close: () => {},
});

/** A word and the space behind it have two bytes, an empty line has one; the last one may lack its end. */
const rowsMax = ({ start, end }: { readonly start: number; readonly end: number }, mode: SplitMode): number =>
  mode === "words" ? Math.ceil((end - start) / 2) : end - start;

/**
 * @param openFile - opens a file under the data roots of this node.
 * @throws from the task: `FILE_MISSING`, `FILE_CHANGED`, `DENIED`, `MEMORY_EXCEEDED`.
 */
export const splitTextTask = (openFile: (path: string, bytes: number) => OpenFile): Task<SplitTextArgs> =>
  defineTask({
    name: "text.split",
    args: SplitTextArgs,
    run: ({ mode, chunkRows, file, inputStart, blocks }, context) =>
      withTextKernel(context, async (kernel) => {
        const outputs: RangeRef[] = [];
        const segments: SplitTextResult["segments"] = [];
        let current: SplitTextResult["segments"][number]["blocks"] = [];
        let held: RangeRef[] = [];
        let bytesRead = 0;
        const staged = new StagedCodes(context, chunkRows);
        const source =
          inputStart === null
            ? openFile(file.path, file.bytes)
            : inputSource(file.path, file.bytes, context.inputs[0]!, inputStart);

        const closeSegment = async () => {
          if (current.length === 0) return;
          const dictionary = encodeDictionary({
            count: kernel.dictionarySize,
            offsets: kernel.dictionaryOffsets().slice(),
            values: kernel.dictionaryBytes(),
          });
          const { ref, view } = await context.allocate(dictionary.byteLength);
          dictionary.write(view);
          outputs.push(ref, ...held);
          segments.push({ dictionarySize: kernel.dictionarySize, blocks: current });
          current = [];
          held = [];
          kernel.reset();
        };

        try {
          for (const block of blocks) {
            staged.begin(rowsMax(block, mode));
            const {
              rowCount,
              distinct,
              half,
              bytesRead: read,
            } = await scanBlock(source, block, kernel, mode, (codes) => staged.add(codes));
            const { refs, rowCounts: chunks } = staged.end();
            held.push(...refs);
            bytesRead += read;
            current.push({ index: block.index, rowCount, distinct, half, chunks });
            context.progress({ bytes: block.end - block.start });
            if (kernel.bytes > SEGMENT_KERNEL_BYTES_MAX) await closeSegment();
          }
          await closeSegment();
        } finally {
          source.close();
        }
        return { value: { segments, bytesRead } satisfies SplitTextResult, outputs };
      }),
  });
