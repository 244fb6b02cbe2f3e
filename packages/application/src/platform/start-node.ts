/** A node with everything real: threads, shared memory, clock, randomness. Only the transport is the caller's choice. */

import { allocateSharedBuffer, WorkerShardHost } from "@eau2/kvstore";
import { type Log, systemClock, systemRandom, type Transport } from "@eau2/network";
import type { ClusterId } from "@eau2/protocol";
import { BUILD } from "../build.js";
import { ClusterNode, type Placement } from "../node/cluster-node.js";
import type { AnyJob } from "../node/job-runner.js";
import { standardJobs } from "../tasks/standard.js";
import { DataRoots } from "./data-roots.js";
import { startProgram } from "./start-program.js";
import type { WorkerData } from "./task-tools.js";

/** Heap of a shard's worker; values and columns are outside of it. */
const WORKER_HEAP_MEBIBYTES = 1_024;

export interface StartNodeOptions {
  readonly transport: Transport;
  readonly token: Uint8Array;
  readonly name: string;
  readonly shardCount: number;
  readonly memoryBytes: number;
  readonly dataRoots: readonly string[];
  readonly clusterId?: ClusterId | undefined;
  readonly valueBytesMax?: number;
  readonly log: Log;
  /** The module that worker threads start from, with tasks of its own. @defaultValue the standard tasks */
  readonly shardWorker?: URL | undefined;
  readonly jobs?: ReadonlyMap<string, AnyJob>;
  /** Whether programs of clients run on this node, as the user of this process: trust, not a sandbox. @defaultValue false */
  readonly allowRun?: boolean;
  /** Whether modules of clients run on the threads of this node. @defaultValue as `allowRun` */
  readonly allowModules?: boolean;
  /** Resident memory of one program, in bytes. @defaultValue 1 GiB */
  readonly programMemoryBytes?: number | undefined;
  onTeardown?(): void;
}

/** From source, worker threads start from a bundle of it. */
const workerEntry = async (entry: URL, workerData: WorkerData) => {
  if (!entry.pathname.endsWith(".ts")) return { url: entry, workerData };
  const { bundleWorker } = (await import(new URL("../../dev/bundle-worker.mjs", import.meta.url).href)) as {
    bundleWorker(entry: URL): Promise<URL>;
  };
  return { url: await bundleWorker(entry), workerData };
};

const ownWorker = (): URL => {
  const here = import.meta.url;
  if (here.endsWith(".ts")) return new URL("./shard-worker.ts", here);
  return new URL("./platform/shard-worker.js", here);
};

export const startNode = async (options: StartNodeOptions, placement: Placement): Promise<ClusterNode> => {
  const files = new DataRoots(options.dataRoots);
  const entry = await workerEntry(options.shardWorker ?? ownWorker(), {
    dataRoots: files.roots,
    allowModules: options.allowModules ?? options.allowRun ?? false,
  });
  return ClusterNode.start(
    {
      ...options,
      clock: systemClock,
      random: systemRandom,
      // A tenth of a second since an origin far enough back to outlive us in 32 bits.
      incarnation: Math.floor(Date.now() / 100 - 17_000_000_000) >>> 0,
      build: BUILD,
      files,
      jobs: options.jobs ?? standardJobs,
      startProgram: options.allowRun ? startProgram : undefined,
      allocateSlab: allocateSharedBuffer,
      startShards: (pool, clock) =>
        new WorkerShardHost({
          entry,
          shardCount: options.shardCount,
          pool,
          clock,
          resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MEBIBYTES },
          log: (message, details) => options.log("warn", `${message} ${JSON.stringify(details)}`),
        }),
    },
    placement,
  );
};
