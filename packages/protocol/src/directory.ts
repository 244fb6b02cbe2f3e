import { z } from "zod";
import { Address, ClusterId, Incarnation, NODE_NAME_MAX, NODE_SHARDS_MAX, NodeId, ShardIndex } from "./ids.js";
import { DIRECTORY_NODES_MAX } from "./limits.js";

export const NodeState = z.enum(["up", "suspect", "gone"]);
export type NodeState = z.infer<typeof NodeState>;

export const DirectoryNode = z.strictObject({
  id: NodeId,
  name: z.string().min(1).max(NODE_NAME_MAX),
  incarnation: Incarnation,
  /** Where other nodes reach it. */
  address: Address,
  /** Global shard indices; never used twice in the life of a cluster. */
  shards: z.array(ShardIndex).min(1).max(NODE_SHARDS_MAX),
  master: z.boolean(),
  state: NodeState,
  build: z.string().max(64),
});
export type DirectoryNode = z.infer<typeof DirectoryNode>;

/** Who is in the cluster. The master writes it, everybody reads it; a higher epoch replaces a lower one. */
export const Directory = z.strictObject({
  clusterId: ClusterId,
  epoch: z.int().min(0).max(0xffff_ffff),
  /** Shards of the first node when it started: the range over which keys without a home are hashed. */
  hashShards: z.int().min(1).max(NODE_SHARDS_MAX),
  /** The next index to hand out; every index below it has (or had) a home. */
  nextShard: z.int().min(1),
  nodes: z.array(DirectoryNode).max(DIRECTORY_NODES_MAX),
});
export type Directory = z.infer<typeof Directory>;
