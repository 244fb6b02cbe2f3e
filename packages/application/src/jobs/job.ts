import type { KVStore } from "@eau2/kvstore";
import type { Clock, Random } from "@eau2/network";
import type { JobProgress, TaskRun, TaskRunReply } from "@eau2/protocol";
import type { z } from "zod";
import type { DataRoots } from "../platform/data-roots.js";
import type { FrameFacts } from "./frame-facts.js";

/** A shard that a job may use. */
export interface JobShard {
  readonly home: number;
  readonly nodeId: string;
  readonly nodeName: string;
}

/** What a job reaches: the cluster as it is when the job starts, and nothing of the machine it runs on but its files. */
export interface JobContext {
  readonly id: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: KVStore;
  readonly files: DataRoots;
  /** What this node remembers of frames. */
  readonly facts: FrameFacts;
  /** The node that runs the job, and the shards of all nodes that are up, in order of home. */
  readonly nodeId: string;
  readonly shards: readonly JobShard[];
  /** Aborted when the job is cancelled or a part of it has failed. */
  readonly signal: AbortSignal;
  /** Ends what is under way: a part of the job has failed. */
  abort(error: unknown): void;
  /** Runs a task on a node; a failure names the node. */
  runTask(nodeId: string, task: Omit<TaskRun, "id">): Promise<TaskRunReply>;
  /** What a file is on each of the nodes. */
  probe(nodeId: string, path: string): Promise<ProbeResult>;
  /** Runs the job on another node instead, for whoever asked. */
  handOver(nodeId: string, name: string, args: unknown): Promise<unknown>;
  progress(progress: Omit<JobProgress, "id">): void;
  /** Bulk that goes to whoever asked, beside the result. */
  attach(bytes: Uint8Array): void;
}

/** What whoever asked for a job gets. */
export interface JobAnswer {
  readonly value: unknown;
  readonly bytes: Uint8Array | undefined;
}

export interface ProbeResult {
  readonly fingerprint?: { readonly bytes: number; readonly modifiedMs: number; readonly sample: string } | undefined;
  readonly problem?: { readonly code: string; readonly message: string } | undefined;
}

/** Work on a whole cluster, driven from one node: registered by name like a task, arguments checked where it runs. */
export interface Job<Args, Result> {
  readonly name: string;
  readonly args: z.ZodType<Args>;
  readonly result: z.ZodType<Result>;
  run(args: Args, context: JobContext): Promise<Result>;
}

export const defineJob = <Args, Result>(job: Job<Args, Result>): Job<Args, Result> => job;
