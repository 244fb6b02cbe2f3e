/**
 * Reads consecutive blocks of a file: the first half of loading one, whatever its format. All blocks of a task share their
 * dictionaries (a segment), until these have grown large; strings in them stand in order of first appearance, and codes
 * become those of the frame when it is sealed.
 * Outputs, segment by segment: the dictionary of each column of strings, in column order; then the segment's staged
 * chunks, block by block.
 */
import type { RangeRef, TaskContext, TaskResult } from "@eau2/kvstore";
import { type Dictionary, encodeDictionary } from "@eau2/serialization";
import { z } from "zod";
import { CHUNK_ROWS_MAX } from "../frame/chunk-rows.js";
import type { ByteSource } from "../text/byte-source.js";

/** Memory of dictionaries that closes their segment after a block, so that a task's memory does not follow the file's size. */
export const SEGMENT_BYTES_MAX = 64 * 1024 ** 2;

/** What every task that splits a file is told. */
export const SplitInput = z.strictObject({
  chunkRows: z.int().min(1).max(CHUNK_ROWS_MAX),
  file: z.strictObject({ path: z.string(), bytes: z.int().min(0) }),
  /** Where the bytes are: the file itself, or the task's one input, which begins at this offset of the file. */
  inputStart: z.int().min(0).nullable(),
  blocks: z.array(z.strictObject({ index: z.int().min(0), start: z.int().min(0), end: z.int().min(0) })).min(1),
});
type SplitInput = z.infer<typeof SplitInput>;

/** What the dictionary rule asks for. */
export const StringCounts = z.strictObject({ rowCount: z.int().min(0), distinct: z.int().min(0) });

/** The same of each column of strings; nulls are not counted. */
export const ColumnStrings = z.array(z.strictObject({ ...StringCounts.shape, half: StringCounts }));

/** What is told of every block. */
export const SplitBlock = z.strictObject({
  index: z.int().min(0),
  rowCount: z.int().min(0),
  /** Rows of each of its chunks. */
  chunks: z.array(z.int().min(1)),
});

/** What such a task answers. */
export const splitResult = <Block extends z.ZodType>(block: Block) =>
  z.strictObject({
    segments: z.array(
      z.strictObject({
        /** Strings in the dictionary of each column of strings. */
        dictionarySizes: z.array(z.int().min(0)),
        blocks: z.array(block),
      }),
    ),
    bytesRead: z.number().min(0),
  });

/** A file that a worker may read from anywhere. */
export interface OpenFile extends ByteSource {
  close(): void;
}
/** Opens a file under the data roots of a node. */
export type OpenFiles = (path: string, bytes: number) => OpenFile;

/** What a format does with its kernel. */
export interface SplitFormat<Block> {
  /** Reads a block into staged chunks. @returns also whether the source has ended, which only a stream need say. */
  read(
    source: ByteSource,
    block: SplitInput["blocks"][number],
  ): Promise<{
    readonly block: Block;
    readonly chunks: readonly RangeRef[];
    readonly bytesRead: number;
    readonly isLast?: boolean;
  }>;
  /** Memory of the dictionaries. */
  dictionaryBytes(): number;
  /** Of each column of strings. A view dies when the next one is asked for. */
  dictionaries(): Iterable<Dictionary>;
  /** Begins dictionaries anew. */
  reset(): void;
}

/** @throws what the file and the format throw, and `MEMORY_EXCEEDED`. */
export const splitBlocks = async <Block>(
  {
    file,
    inputStart,
    blocks,
  }: Pick<SplitInput, "file" | "inputStart"> & { readonly blocks: Iterable<SplitInput["blocks"][number]> },
  openFile: OpenFiles,
  context: TaskContext,
  format: SplitFormat<Block>,
  segmentBytesMax = SEGMENT_BYTES_MAX,
): Promise<TaskResult> => {
  const outputs: RangeRef[] = [];
  const segments: { dictionarySizes: number[]; blocks: Block[] }[] = [];
  let current: Block[] = [];
  let held: RangeRef[] = [];
  let bytesRead = 0;

  const closeSegment = async () => {
    if (current.length === 0) return;
    const dictionarySizes: number[] = [];
    for (const dictionary of format.dictionaries()) {
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
    format.reset();
  };

  const source =
    inputStart === null
      ? openFile(file.path, file.bytes)
      : inputSource(file.path, file.bytes, context.inputs[0]!, inputStart);
  try {
    for (const block of blocks) {
      const read = await format.read(source, block);
      bytesRead += read.bytesRead;
      held.push(...read.chunks);
      current.push(read.block);
      context.progress({ bytes: block.end - block.start });
      if (format.dictionaryBytes() > segmentBytesMax) await closeSegment();
      if (read.isLast === true) break;
    }
    await closeSegment();
  } finally {
    source.close();
  }
  return { value: { segments, bytesRead }, outputs };
};

/** Bytes that were sent along, standing for a part of the file. */
const inputSource = (path: string, bytes: number, input: Uint8Array, inputStart: number): OpenFile => ({
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
