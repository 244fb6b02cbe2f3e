/**
 * The second half of loading files: the dictionaries of all segments become one for each text column, in order of first
 * appearance over the whole input, and staged chunks become the frame's, each where it lies.
 */
import {
  type BlockDistinctCount,
  dictionaryName,
  type FrameId,
  type FrameRecord,
  frameChunkPrefix,
  frameGivesUp,
  UnifyResult,
} from "@eau2/dataframe";
import { hashName, Key } from "@eau2/kvstore";
import { TASK_KEYS_MAX, type TaskRun } from "@eau2/protocol";
import type { JobContext } from "./job.js";
import type { StagedChunk, StagedSegment } from "./loaded-runs.js";
import { runAll } from "./run-all.js";
import { workPrefix } from "./split-runs.js";

/** Dictionaries that one task makes into one: their keys, and those of as many outputs, fit one message. */
const UNIFY_INPUTS_MAX = 1_000;
/**
 * What one sealing task rewrites, unless a single chunk is larger: little, because until it ends staged and sealed chunks are
 * both in memory, and so are those of the few tasks that began before it.
 */
const SEAL_BYTES_MAX = 4 * 1024 ** 2;
const SEAL_CHUNKS_MAX = 8;
/** One after another, so that a segment's last part runs when its others are done. */
const SEAL_TASKS_PER_SHARD = 1;
/** A column whose exact share of distinct values is above this is stored plain after all. */
const FRAME_DISTINCT_SHARE_MAX = 0.5;
const FRAME_ROWS_SURE = 65_536;

/** What becomes of a text column. */
export interface SealedText {
  /** Its dictionary in the frame; null for a plain column. */
  readonly dictionary: FrameRecord["dictionaries"][number];
  /** What the sealing of each segment needs: its new codes, or its own dictionary where the column stays plain. */
  readonly mappings: readonly Key[];
}

/**
 * Makes one dictionary of a text column, or decides that it stays plain.
 * @param column - position in the frame.
 * @param dictionaries - of the segments, in origin order.
 * @param blocks - what the dictionary rule asks for, in origin order.
 */
export const unifyColumn = async (
  column: number,
  dictionaries: readonly Key[],
  blocks: readonly BlockDistinctCount[],
  id: FrameId,
  context: JobContext,
): Promise<SealedText> => {
  const plain: SealedText = { dictionary: null, mappings: dictionaries };
  if (frameGivesUp(blocks)) return plain;
  const rowCount = blocks.reduce((sum, block) => sum + block.rowCount, 0);
  const unified = await unifyDictionaries(column, dictionaries, id, context);
  if (rowCount > FRAME_ROWS_SURE && unified.size / rowCount > FRAME_DISTINCT_SHARE_MAX) {
    await context.store.drop(unified.key.name);
    return plain;
  }
  return { dictionary: { key: unified.key.toRecord(), size: unified.size }, mappings: unified.newCodes };
};

/**
 * Codes are in order of first appearance, so a dictionary that goes on from another keeps its codes: with very many
 * segments (files), several tasks follow one another.
 * @param work - prefix of what lies between.
 */
export const unifyDictionaries = async (
  column: number,
  inputs: readonly Key[],
  id: FrameId,
  context: JobContext,
  work = workPrefix(context),
): Promise<{ key: Key; size: number; newCodes: Key[] }> => {
  const { shards } = context;
  const name = dictionaryName(id, column);
  const shard = shards[hashName(name) % shards.length]!;
  const key = new Key(name, shard.home);
  const scratch = (kind: string, index: number) => new Key(`${work}/${kind}/${column}/${index}`, shard.home);
  const newCodes = inputs.map((_, index) => scratch("n", index));
  let size = 0;
  let soFar: { readonly dictionary: Key; readonly codes: Key }[] = [];
  let start = 0;
  do {
    const end = Math.min(inputs.length, start + UNIFY_INPUTS_MAX);
    context.progress({ phase: "unify", done: start, total: inputs.length });
    const step = scratch("u", start);
    const dictionary = end === inputs.length ? key : step;
    const { value } = await context.runTask(shard.nodeId, {
      name: "text.unify",
      args: {},
      shard: shard.home as TaskRun["shard"],
      inputs: [...soFar.map((before) => before.dictionary), ...inputs.slice(start, end)].map((input) =>
        input.toRecord(),
      ),
      outputs: {
        kind: "listed",
        keys: [...soFar.map((before) => before.codes), ...newCodes.slice(start, end), dictionary].map((output) =>
          output.toRecord(),
        ),
      },
      release: soFar.map((before) => before.dictionary.toRecord()),
    });
    size = UnifyResult.parse(value).dictionarySize;
    soFar = [{ dictionary: step, codes: scratch("o", start) }];
    start = end;
  } while (start < inputs.length);
  context.progress({ phase: "unify", done: inputs.length, total: inputs.length });
  return { key, size, newCodes };
};

/** What makes up the frame. */
interface SealedChunks {
  readonly chunks: FrameRecord["chunks"];
  readonly bytes: number;
}

/** Chunks that lie under the frame's prefix already and need no sealing. */
export const finalChunks = (segments: readonly StagedSegment[]): SealedChunks => {
  const all = segments.flatMap(({ chunks }) => chunks);
  return {
    chunks: all.map(({ key, rowCount }) => ({ key: key.toRecord(), rowCount })),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
};

/** The task that seals: given the mappings of a segment's text columns, then its staged chunks. */
export interface SealTask {
  readonly name: string;
  readonly args: unknown;
}

/** Neighbours of a segment that one task seals. */
const partsOf = (chunks: readonly StagedChunk[]): StagedChunk[][] => {
  const parts: StagedChunk[][] = [];
  let partBytes = 0;
  for (const chunk of chunks) {
    const part = parts.at(-1);
    if (part === undefined || part.length === SEAL_CHUNKS_MAX || partBytes + chunk.bytes > SEAL_BYTES_MAX) {
      parts.push([chunk]);
      partBytes = chunk.bytes;
    } else {
      part.push(chunk);
      partBytes += chunk.bytes;
    }
  }
  return parts;
};

/**
 * Turns staged chunks into the frame's, in origin order. What is staged is dropped as soon as nobody needs it, so that its
 * memory is used again for what is sealed next: a segment's old codes with its first part, its mappings with its last one.
 */
export const sealSegments = async (
  task: SealTask,
  segments: readonly StagedSegment[],
  texts: readonly SealedText[],
  id: FrameId,
  context: JobContext,
): Promise<SealedChunks> => {
  let firstChunk = 0;
  const plans = segments.flatMap(({ shard, chunks, dictionaries }, segment) => {
    const mappings = texts.map((text) => text.mappings[segment]!.toRecord());
    const coded = dictionaries.filter((_, index) => texts[index]!.dictionary !== null).map((key) => key.toRecord());
    return partsOf(chunks).map((part, index, { length }) => {
      const first = firstChunk;
      firstChunk += part.length;
      const staged = part.map(({ key }) => key.toRecord());
      // More than a task may name go with the job.
      const release = [...staged, ...(index === 0 ? coded : []), ...(index === length - 1 ? mappings : [])].slice(
        0,
        TASK_KEYS_MAX,
      );
      return { shard, inputs: [...mappings, ...staged], release, chunks: part, first };
    });
  });
  const prefix = frameChunkPrefix(id);
  let done = 0;
  context.progress({ phase: "seal", done, total: firstChunk });
  const seal = async ({ shard, inputs, release, chunks, first }: (typeof plans)[number]) => {
    const home = shard.home as TaskRun["shard"];
    const { outputBytes } = await context.runTask(shard.nodeId, {
      ...task,
      shard: home,
      inputs,
      outputs: { kind: "numbered", prefix, home, first },
      release,
    });
    done += chunks.length;
    context.progress({ phase: "seal", done, total: firstChunk });
    const records = chunks.map(({ rowCount }, index) => ({
      key: new Key(`${prefix}/${first + index}`, shard.home).toRecord(),
      rowCount,
    }));
    return { records, bytes: outputBytes.reduce((sum, bytes) => sum + bytes, 0) };
  };
  const results = await runAll(plans, ({ shard }) => String(shard.home), SEAL_TASKS_PER_SHARD, seal, context.abort);
  return {
    chunks: results.flatMap(({ records }) => records),
    bytes: results.reduce((sum, { bytes }) => sum + bytes, 0),
  };
};
