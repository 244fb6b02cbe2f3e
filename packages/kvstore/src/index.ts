export { allocateSharedBuffer, collectGarbage, freeSharedBuffers } from "./platform/memory.js";
export { runShardWorker } from "./platform/run-shard-worker.js";
export { WorkerShardHost, type WorkerShardHostOptions } from "./platform/worker-shard-host.js";
export type { ShardClock, ShardHost } from "./shard/shard-host.js";
export type {
  TaskAllocation,
  TaskContext,
  TaskFunction,
  TaskRegistry,
  TaskRequest,
  TaskResult,
} from "./shard/task-types.js";
export type { Range, RangeRef } from "./slab/range.js";
export { SLAB_BYTES, SlabPool, type SlabPoolOptions } from "./slab/slab-pool.js";
export { hashName, isUnderPrefix, Key } from "./store/key.js";
export { type KVHandlers, kvHandlers } from "./store/kv-handlers.js";
export { type CallOptions, KVStore, type KVStoreOptions } from "./store/kv-store.js";
export { KVStoreNode, type StoredValue } from "./store/kv-store-node.js";
