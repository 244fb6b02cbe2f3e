/**
 * The first half of loading files: runs of blocks are read by tasks where the file can be seen, or get their bytes sent.
 * What a format makes of them is its own task's affair.
 */
import type { Block } from "@eau2/dataframe";
import { Eau2Error, type FileFingerprint, type TaskRun } from "@eau2/protocol";
import { z } from "zod";
import type { JobContext, JobShard } from "./job.js";
import type { SplitBlock, SplitRun } from "./loaded-runs.js";
import { type LocatedFiles, probeFiles, unchanged } from "./locate-files.js";
import { type BlockRun, planRuns, type RowShape } from "./plan-runs.js";
import { runAll } from "./run-all.js";
import { sendBlocks } from "./send-blocks.js";

/** Tasks of one node that are under way: one for each shard, and one more each so that none waits for the network. */
const TASKS_PER_SHARD = 2;

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

/** What a split task is given, whatever the format. */
interface SplitInput {
  readonly file: { readonly path: string; readonly bytes: number };
  readonly inputStart: number | null;
  readonly blocks: { index: number; start: number; end: number }[];
}

export interface SplitFormat<Read extends SplitBlock> {
  readonly task: string;
  /** What is read of each run lies under `prefix/INDEX`. */
  readonly prefix: string;
  readonly shape: RowShape;
  /** Dictionaries of each segment, before its chunks. */
  readonly dictionaryCount: number;
  /** Whether the bytes of a run can be sent to a shard whose node does not see the file. @defaultValue all can */
  canSend?(run: BlockRun): boolean;
  argsOf(input: SplitInput, run: BlockRun): unknown;
  /** Checks what the task answered. */
  segmentsOf(value: unknown, run: BlockRun): SplitRun<Read>["segments"];
}

/** Intermediate values of a job lie under its own prefix. */
export const workPrefix = ({ id }: Pick<JobContext, "id">): string => `x/${id}`;

/** Reads all blocks; results in origin order. */
export const splitRuns = async <Read extends SplitBlock>(
  format: SplitFormat<Read>,
  paths: readonly string[],
  located: LocatedFiles,
  blocks: readonly Block[],
  context: JobContext,
): Promise<SplitRun<Read>[]> => {
  const runs = planRuns(blocks, context.shards.length, format.shape);
  const total = runs.reduce((sum, run) => sum + runBytes(run), 0);
  let done = 0;
  context.progress({ phase: "read", done, total });
  const split = async (run: BlockRun): Promise<SplitRun<Read>> => {
    const result = await splitRun(format, run, paths, located, context);
    done += runBytes(run);
    context.progress({ phase: "read", done, total });
    return result;
  };
  return runAll(runs, (run) => String(run.shard), TASKS_PER_SHARD, split, context.abort);
};

const runBytes = ({ blocks }: BlockRun): number => blocks.reduce((sum, { start, end }) => sum + end - start, 0);

/** Reads one run: on its shard, if that sees the file or is sent the bytes. */
export const splitRun = async <Read extends SplitBlock>(
  format: SplitFormat<Read>,
  planned: BlockRun,
  paths: readonly string[],
  located: LocatedFiles,
  context: JobContext,
): Promise<SplitRun<Read>> => {
  const run = format.canSend?.(planned) === false ? seenRun(planned, located, context) : planned;
  const shard = context.shards[run.shard]!;
  const path = paths[run.file]!;
  const bytes = located.fingerprints[run.file]!.bytes;
  const sees = located.sees(shard.nodeId, run.file);
  const sent = sees ? undefined : await sendBlocks(run, path, bytes, format.shape.mode, shard, context);
  const prefix = `${format.prefix}/${run.index}`;
  const input: SplitInput = {
    file: { path, bytes },
    inputStart: sent?.start ?? null,
    blocks: run.blocks.map(({ index, start, end }) => ({ index, start, end })),
  };
  const { value, outputBytes } = await context.runTask(shard.nodeId, {
    name: format.task,
    args: format.argsOf(input, run),
    shard: shard.home as TaskRun["shard"],
    inputs: sent === undefined ? [] : [sent.key.toRecord()],
    outputs: { kind: "numbered", prefix, home: shard.home as TaskRun["shard"], first: 0 },
    release: sent === undefined ? [] : [sent.key.toRecord()],
  });
  const { dictionaryCount } = format;
  const sentBytes = sent?.bytes ?? 0;
  return { run, shard, prefix, segments: format.segmentsOf(value, run), dictionaryCount, outputBytes, sentBytes };
};

/** The run on a shard that sees its file, as this node's do. */
const seenRun = (run: BlockRun, { sees }: LocatedFiles, { shards }: JobContext): BlockRun =>
  sees(shards[run.shard]!.nodeId, run.file)
    ? run
    : { ...run, shard: shards.findIndex(({ nodeId }) => sees(nodeId, run.file)) };

/** Every node that read must see the same bytes as before. @throws {@link Eau2Error} `FILE_CHANGED` */
export const checkUnchanged = async (
  paths: readonly string[],
  located: LocatedFiles,
  context: JobContext,
): Promise<void> => {
  const probes = await probeFiles(paths, context, located.sees);
  paths.forEach((path, file) => {
    const before: FileFingerprint = located.fingerprints[file]!;
    for (const { fingerprint } of probes[file]!.values()) {
      if (fingerprint !== undefined && unchanged(before, fingerprint)) continue;
      throw new Eau2Error("FILE_CHANGED", `read "${path}": it changed while it was read; load it again`, { path });
    }
  });
};

export const shardShares = (runs: readonly SplitRun[], shards: readonly JobShard[]): ShardShare[] =>
  shards.map(({ home, nodeName }) => {
    const mine = runs.filter((run) => run.shard.home === home);
    const blocks = mine.flatMap(({ run }) => run.blocks);
    const chunks = mine.flatMap(({ segments }) =>
      segments.flatMap((segment) => segment.blocks.flatMap((block) => block.chunks)),
    );
    return {
      home,
      node: nodeName,
      blocks: blocks.length,
      bytes: blocks.reduce((sum, block) => sum + block.end - block.start, 0),
      rows: chunks.reduce((sum, count) => sum + count, 0),
      sentBytes: mine.reduce((sum, run) => sum + run.sentBytes, 0),
    };
  });
