import { allocateSharedBuffer } from "../../src/platform/memory.js";
import type { WorkerEntry } from "../../src/platform/shard-worker.js";
import { WorkerShardHost, type WorkerShardHostOptions } from "../../src/platform/worker-shard-host.js";
import { SlabPool } from "../../src/slab/slab-pool.js";
import { ManualClock } from "./manual-clock.js";

/** Processes that tests start do not load the test wrapper, so the entry is handed in. */
export interface FixtureHostOptions extends Partial<WorkerShardHostOptions> {
  readonly entry: WorkerEntry;
  readonly budgetBytes?: number;
  readonly slabBytes?: number;
}

/** A host whose workers run the tasks of `fixtures/tasks.ts`, on a clock that stands still. */
export const fixtureHost = ({ budgetBytes = 1024 ** 2, slabBytes = 65_536, ...options }: FixtureHostOptions) => {
  const clock = new ManualClock();
  const logged: string[] = [];
  const pool = new SlabPool({
    budgetBytes,
    slabBytes,
    allocateSlab: allocateSharedBuffer,
    onRelease: (slabIds) => host.recycleIdle(slabIds),
  });
  const host: WorkerShardHost = new WorkerShardHost({
    shardCount: 1,
    pool,
    clock,
    log: (message) => logged.push(message),
    ...options,
  });
  return { clock, pool, host, logged, [Symbol.asyncDispose]: () => host.close() };
};

/** A promise with its resolver: what a progress message is waited for with. */
export const signalOf = (): { readonly promise: Promise<void>; readonly resolve: () => void } => {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};
