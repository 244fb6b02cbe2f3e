import { z } from "zod";
import { KeyName, KeyRecord, ShardIndex } from "./ids.js";

/** Inputs or outputs of one task. */
export const TASK_KEYS_MAX = 4096;

/** A registered task or job; arguments are checked by its own schema where it is registered. */
const WorkName = z.string().regex(/^[a-z][a-zA-Z0-9.-]{0,63}$/);
export const WorkId = z.string().regex(/^[a-z0-9.-]{1,96}$/);

/** Where a task's outputs go, in order. */
export const TaskOutputs = z.discriminatedUnion("kind", [
  /** One key for each output. */
  z.strictObject({ kind: z.literal("listed"), keys: z.array(KeyRecord).max(TASK_KEYS_MAX) }),
  /** As many as there are, under `prefix/first`, `prefix/(first + 1)` and so on. */
  z.strictObject({ kind: z.literal("numbered"), prefix: KeyName, home: ShardIndex, first: z.int().min(0) }),
]);
export type TaskOutputs = z.infer<typeof TaskOutputs>;

export const TaskRun = z.strictObject({
  /** The same id is the same task: sent again after a reconnect it is not run again. */
  id: WorkId,
  name: WorkName,
  args: z.unknown(),
  /** The shard whose worker is preferred; an idle one of the same machine may take over. */
  shard: ShardIndex,
  inputs: z.array(KeyRecord).max(TASK_KEYS_MAX),
  outputs: TaskOutputs,
  /** Keys that the task's node drops once the outputs are stored: intermediate values that nobody asks for again. */
  release: z.array(KeyRecord).max(TASK_KEYS_MAX),
  /** Time from when a worker has it until `DEADLINE`, in ms. @defaultValue none */
  runMs: z.int().min(1).optional(),
});
export type TaskRun = z.infer<typeof TaskRun>;
export const TaskRunReply = z.strictObject({
  value: z.unknown(),
  /** Bytes of each output. */
  outputBytes: z.array(z.int().min(0)).max(TASK_KEYS_MAX),
});
export type TaskRunReply = z.infer<typeof TaskRunReply>;

export const JobRun = z.strictObject({ id: WorkId, name: WorkName, args: z.unknown() });
export type JobRun = z.infer<typeof JobRun>;
export const JobRunReply = z.strictObject({ value: z.unknown() });
/** Sent by the node that runs a job to whoever asked for it. */
export const JobProgress = z.strictObject({
  id: WorkId,
  phase: z.string().max(64),
  done: z.number().min(0),
  total: z.number().min(0),
});
export type JobProgress = z.infer<typeof JobProgress>;

const FilePath = z.string().min(1).max(4096);
export const FileProbe = z.strictObject({ path: FilePath });
/** What tells one version of a file from another: equal on two nodes means that both see the same bytes. */
export const FileFingerprint = z.strictObject({
  bytes: z.int().min(0),
  modifiedMs: z.number(),
  /** Hex digest over the first, the last and 16 spread pieces of 64 KiB. */
  sample: z.string().max(64),
});
export type FileFingerprint = z.infer<typeof FileFingerprint>;
export const FileProbeReply = z.strictObject({
  fingerprint: FileFingerprint.optional(),
  /** Why there is none: FILE_MISSING or DENIED, with the reason. */
  problem: z.strictObject({ code: z.string().max(64), message: z.string().max(4096) }).optional(),
});
