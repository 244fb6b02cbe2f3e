/**
 * Text files to a frame of words or lines. Every node that sees a file reads its share of the blocks; to the others this
 * node, which sees them all, sends theirs. Each run of blocks is split into codes of a dictionary of its own; then
 * the dictionaries become one, in order of first appearance, and the codes are rewritten once, where they lie. So chunk
 * and dictionary bytes depend on the input, the block size and the rows a chunk alone.
 */
import {
  type Block,
  CHUNK_ROWS,
  CHUNK_ROWS_MAX,
  dictionaryName,
  encodeFrameRecord,
  FrameId,
  type FrameRecord,
  frameChunkPrefix,
  frameGivesUp,
  framePrefix,
  frameRecordName,
  planBlocks,
  type SplitTextArgs,
  SplitTextResult,
  UnifyResult,
} from "@eau2/dataframe";
import { hashName, Key } from "@eau2/kvstore";
import { randomHex } from "@eau2/network";
import { Eau2Error, type FileFingerprint, KeyRecord, type TaskRun } from "@eau2/protocol";
import { z } from "zod";
import { defineJob, type JobContext, type JobShard } from "./job.js";
import { chunksOfRun, type SealPlan, type SplitRun } from "./loaded-runs.js";
import { type LocatedFiles, locateFiles, probeFiles, unchanged } from "./locate-files.js";
import { type BlockRun, planRuns } from "./plan-runs.js";
import { runAll } from "./run-all.js";
import { sendBlocks } from "./send-blocks.js";

/** Tasks of one node that are under way: one for each shard, and one more each so that none waits for the network. */
const TASKS_PER_SHARD = 2;
/** Chunks that one sealing task rewrites: few, because old and new codes are both in memory until it ends. */
const SEAL_CHUNKS_MAX = 8;
/** Dictionaries that one task makes into one: their keys, and those of as many outputs, fit one message. */
const UNIFY_INPUTS_MAX = 1_000;
/** A column whose exact share of distinct values is above this is stored plain after all. */
const FRAME_DISTINCT_SHARE_MAX = 0.5;
const FRAME_ROWS_SURE = 65_536;

export const LoadTextArgs = z.strictObject({
  /** Absolute paths; equal on every node that sees the file. */
  paths: z.array(z.string().min(1).max(4096)).min(1).max(10_000),
  mode: z.enum(["words", "lines"]),
  chunkRows: z.int().min(1).max(CHUNK_ROWS_MAX).default(CHUNK_ROWS),
  blockBytes: z.int().min(1).optional(),
});
export type LoadTextArgs = z.infer<typeof LoadTextArgs>;

/** How the reading was spread. */
export const ShardShare = z.strictObject({
  home: z.int(),
  node: z.string(),
  blocks: z.int(),
  bytes: z.number(),
  rows: z.number(),
  /** Bytes that were sent to it because its node does not see the file. */
  sentBytes: z.number(),
});
export type ShardShare = z.infer<typeof ShardShare>;
export const Phase = z.strictObject({ name: z.string(), ms: z.number() });
export type Phase = z.infer<typeof Phase>;

export const LoadTextResult = z.strictObject({
  frame: KeyRecord,
  rowCount: z.int(),
  inputBytes: z.number(),
  coded: z.boolean(),
  shares: z.array(ShardShare),
  phases: z.array(Phase),
});
export type LoadTextResult = z.infer<typeof LoadTextResult>;

/** Measures the phases of a job by the handed-in clock. */
export class Stopwatch {
  readonly phases: Phase[] = [];
  #startMs: number;
  constructor(private readonly context: Pick<JobContext, "clock">) {
    this.#startMs = context.clock.now();
  }
  lap(name: string): void {
    const nowMs = this.context.clock.now();
    this.phases.push({ name, ms: Math.round((nowMs - this.#startMs) * 10) / 10 });
    this.#startMs = nowMs;
  }
}

export const loadTextJob = defineJob<LoadTextArgs, LoadTextResult>({
  name: "text.load",
  args: LoadTextArgs as z.ZodType<LoadTextArgs>,
  result: LoadTextResult,
  run: async (args, context) => {
    const located = await locateFiles(args.paths, context);
    if (located.handOverTo !== undefined) {
      return LoadTextResult.parse(await context.handOver(located.handOverTo, "text.load", args));
    }
    const id = FrameId.parse(randomHex(context.random, 8));
    try {
      return await load(args, located, id, context);
    } catch (error) {
      context.abort(error);
      await Promise.allSettled([context.store.drop(framePrefix(id)), context.store.drop(dictionaryName(id, 0))]);
      throw error;
    } finally {
      await context.store.drop(workPrefix(context)).catch(() => {});
    }
  },
});

/** Intermediate values of a job lie under its own prefix. */
const workPrefix = ({ id }: Pick<JobContext, "id">): string => `x/${id}`;

const load = async (
  args: LoadTextArgs,
  located: LocatedFiles,
  id: FrameId,
  context: JobContext,
): Promise<LoadTextResult> => {
  const watch = new Stopwatch(context);
  const { shards } = context;
  const blocks = planBlocks(
    located.fingerprints.map(({ bytes }) => bytes),
    args.blockBytes === undefined ? {} : { blockBytes: args.blockBytes },
  );
  const inputBytes = located.fingerprints.reduce((sum, { bytes }) => sum + bytes, 0);
  const runs = await splitRuns(args, located, blocks, context);
  watch.lap("split");
  await checkUnchanged(args.paths, located, context);

  const counts = runs.flatMap((run) => run.segments.flatMap((segment) => segment.blocks));
  const rowCount = counts.reduce((sum, block) => sum + block.rowCount, 0);
  let dictionary: FrameRecord["dictionaries"][number] = null;
  let newCodes: Key[] = [];
  if (!frameGivesUp(counts)) {
    const unified = await unify(runs, id, context);
    const worthIt = rowCount <= FRAME_ROWS_SURE || unified.size / rowCount <= FRAME_DISTINCT_SHARE_MAX;
    if (worthIt) {
      newCodes = unified.newCodes;
      dictionary = { key: unified.key.toRecord(), size: unified.size };
    } else await context.store.drop(unified.key.name);
  }
  watch.lap("unify");
  const { chunks, bytes } = await seal(runs, newCodes, dictionary, id, context);
  watch.lap("seal");
  const record: FrameRecord = {
    id,
    schema: { columns: [{ name: args.mode === "words" ? "word" : "line", type: "utf8" }] },
    rowCount,
    chunks,
    dictionaries: [dictionary],
    bytes,
  };
  const name = frameRecordName(id);
  const key = new Key(name, shards[hashName(name) % shards.length]!.home);
  await context.store.put(key, encodeFrameRecord(record), { signal: context.signal });
  return {
    frame: key.toRecord(),
    rowCount,
    inputBytes,
    coded: dictionary !== null,
    shares: shardShares(runs, shards),
    phases: watch.phases,
  };
};

/** Reads all blocks; results in origin order. */
const splitRuns = async (
  args: LoadTextArgs,
  located: LocatedFiles,
  blocks: readonly Block[],
  context: JobContext,
): Promise<SplitRun[]> => {
  const { shards } = context;
  const runs = planRuns(blocks, shards.length, args);
  const total = blocks.reduce((sum, block) => sum + block.end - block.start, 0);
  let done = 0;
  context.progress({ phase: "read", done, total });
  const split = async (run: BlockRun): Promise<SplitRun> => {
    const shard = shards[run.shard]!;
    const path = args.paths[run.file]!;
    const bytes = located.fingerprints[run.file]!.bytes;
    const sees = located.sees(shard.nodeId, run.file);
    const sent = sees ? undefined : await sendBlocks(run, path, bytes, args.mode, shard, context);
    const taskArgs: SplitTextArgs = {
      mode: args.mode,
      chunkRows: args.chunkRows,
      file: { path, bytes },
      inputStart: sent?.start ?? null,
      blocks: run.blocks.map(({ index, start, end }) => ({ index, start, end })),
    };
    const prefix = `${workPrefix(context)}/s/${run.index}`;
    const task: Omit<TaskRun, "id"> = {
      name: "text.split",
      args: taskArgs,
      shard: shard.home as TaskRun["shard"],
      inputs: sent === undefined ? [] : [sent.key.toRecord()],
      outputs: { kind: "numbered", prefix, home: shard.home as TaskRun["shard"], first: 0 },
      release: sent === undefined ? [] : [sent.key.toRecord()],
    };
    const { value } = await context.runTask(shard.nodeId, task);
    const { segments } = SplitTextResult.parse(value);
    done += run.blocks.reduce((sum, block) => sum + block.end - block.start, 0);
    context.progress({ phase: "read", done, total });
    return { run, shard, prefix, segments, sentBytes: sent?.bytes ?? 0 };
  };
  return runAll(runs, (run) => String(run.shard), TASKS_PER_SHARD, split, context.abort);
};

/** Every node that read must see the same bytes as before. */
const checkUnchanged = async (paths: readonly string[], located: LocatedFiles, context: JobContext): Promise<void> => {
  const probes = await probeFiles(paths, context, located.sees);
  paths.forEach((path, file) => {
    const before: FileFingerprint = located.fingerprints[file]!;
    for (const { fingerprint } of probes[file]!.values()) {
      if (fingerprint !== undefined && unchanged(before, fingerprint)) continue;
      throw new Eau2Error("FILE_CHANGED", `read "${path}": it changed while it was read; load it again`, { path });
    }
  });
};

/**
 * Makes one dictionary of those of all segments. Codes are in order of first appearance, so a dictionary that goes on from
 * another keeps its codes: with very many segments (files), several tasks follow one another.
 */
const unify = async (
  runs: readonly SplitRun[],
  id: FrameId,
  context: JobContext,
): Promise<{ key: Key; size: number; newCodes: Key[] }> => {
  const { shards } = context;
  const name = dictionaryName(id, 0);
  const shard = shards[hashName(name) % shards.length]!;
  const key = new Key(name, shard.home);
  const inputs = runs.flatMap((run) => dictionaryKeysOf(run));
  const newCodes = inputs.map((_, index) => new Key(`${workPrefix(context)}/n/${index}`, shard.home));
  let size = 0;
  let soFar: { readonly dictionary: Key; readonly codes: Key }[] = [];
  let start = 0;
  do {
    const end = Math.min(inputs.length, start + UNIFY_INPUTS_MAX);
    context.progress({ phase: "unify", done: start, total: inputs.length });
    const step = new Key(`${workPrefix(context)}/u/${start}`, shard.home);
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
    soFar = [{ dictionary: step, codes: new Key(`${workPrefix(context)}/o/${start}`, shard.home) }];
    start = end;
  } while (start < inputs.length);
  context.progress({ phase: "unify", done: inputs.length, total: inputs.length });
  return { key, size, newCodes };
};

/** Where the dictionaries of a run's segments lie: each stands before its chunks. */
const dictionaryKeysOf = (run: SplitRun): Key[] => {
  const keys: Key[] = [];
  let output = 0;
  for (const segment of run.segments) {
    keys.push(new Key(`${run.prefix}/${output}`, run.shard.home));
    output += 1 + segment.blocks.reduce((sum, block) => sum + block.chunks.length, 0);
  }
  return keys;
};

/** Turns staged codes into the frame's chunks, each where it lies. */
const seal = async (
  runs: readonly SplitRun[],
  newCodes: readonly Key[],
  dictionary: FrameRecord["dictionaries"][number],
  id: FrameId,
  context: JobContext,
): Promise<{ chunks: FrameRecord["chunks"]; bytes: number }> => {
  const plans: SealPlan[] = [];
  let segmentIndex = 0;
  let firstChunk = 0;
  for (const run of runs) {
    const dictionaries = dictionaryKeysOf(run);
    for (const [index, chunks] of chunksOfRun(run).entries()) {
      const mapping = dictionary === null ? dictionaries[index]! : newCodes[segmentIndex]!;
      for (let start = 0; start < chunks.length; start += SEAL_CHUNKS_MAX) {
        const some = chunks.slice(start, start + SEAL_CHUNKS_MAX);
        plans.push({ shard: run.shard, mapping, chunks: some, firstChunk });
        firstChunk += some.length;
      }
      segmentIndex++;
    }
  }
  let done = 0;
  context.progress({ phase: "seal", done, total: firstChunk });
  const results = await runAll(
    plans,
    ({ shard }) => String(shard.home),
    TASKS_PER_SHARD,
    async ({ shard, mapping, chunks, firstChunk: first }) => {
      const home = shard.home as TaskRun["shard"];
      const { outputBytes } = await context.runTask(shard.nodeId, {
        name: dictionary === null ? "text.seal-plain" : "text.seal-coded",
        args: dictionary === null ? {} : { dictionarySize: dictionary.size },
        shard: home,
        inputs: [mapping.toRecord(), ...chunks.map(({ key }) => key.toRecord())],
        outputs: { kind: "numbered", prefix: frameChunkPrefix(id), home, first },
        release: chunks.map(({ key }) => key.toRecord()),
      });
      done += chunks.length;
      context.progress({ phase: "seal", done, total: firstChunk });
      const records = chunks.map(({ rowCount }, index) => ({
        key: new Key(`${frameChunkPrefix(id)}/${first + index}`, shard.home).toRecord(),
        rowCount,
      }));
      return { records, bytes: outputBytes.reduce((sum, bytes) => sum + bytes, 0) };
    },
    context.abort,
  );
  return {
    chunks: results.flatMap(({ records }) => records),
    bytes: results.reduce((sum, { bytes }) => sum + bytes, 0),
  };
};

const shardShares = (runs: readonly SplitRun[], shards: readonly JobShard[]): ShardShare[] =>
  shards.map(({ home, nodeName }) => {
    const mine = runs.filter((run) => run.shard.home === home);
    const blocks = mine.flatMap(({ run }) => run.blocks);
    const rows = mine.flatMap(({ segments }) =>
      segments.flatMap((segment) => segment.blocks.map((block) => block.rowCount)),
    );
    return {
      home,
      node: nodeName,
      blocks: blocks.length,
      bytes: blocks.reduce((sum, block) => sum + block.end - block.start, 0),
      rows: rows.reduce((sum, count) => sum + count, 0),
      sentBytes: mine.reduce((sum, run) => sum + run.sentBytes, 0),
    };
  });
