import { z } from "zod";
import { Directory, NodeState } from "./directory.js";
import {
  Address,
  ClusterId,
  Incarnation,
  KeyRecord,
  NODE_NAME_MAX,
  NodeId,
  ShardIndex,
  WAITER_NAME_MAX,
} from "./ids.js";
import { DIRECTORY_NODES_MAX } from "./limits.js";
import { NodeOffer } from "./messages-link.js";

export const ClusterRegister = z.strictObject({ offer: NodeOffer });
export type ClusterRegister = z.infer<typeof ClusterRegister>;
export const ClusterRegisterReply = z.strictObject({ directory: Directory });
export const ClusterDirectory = z.strictObject({ directory: Directory });

/** Who waits for what since when. */
export const WaitRecord = z.strictObject({
  key: KeyRecord.shape.name,
  home: ShardIndex,
  waiter: z.string().max(WAITER_NAME_MAX),
  sinceMs: z.number().min(0),
});
export type WaitRecord = z.infer<typeof WaitRecord>;

/** Waits that one status lists at most, fewer when their names are long; the longest waits are kept. */
export const STATUS_WAITS_MAX = 500;

/** What one node says of itself. */
export const NodeStatus = z.strictObject({
  id: NodeId,
  bytes: z.number().min(0),
  budget: z.number().min(0),
  /** Of the cluster: the shards over which keys without a home are hashed. */
  hashShards: z.int().min(1),
  waits: z.array(WaitRecord).max(STATUS_WAITS_MAX),
});
export type NodeStatus = z.infer<typeof NodeStatus>;

export const ClusterStatusRequest = z.strictObject({
  /** `node`: only the node that is asked; `cluster`: it asks every node it can reach. */
  scope: z.enum(["node", "cluster"]),
});
const ClusterNodeStatus = z.strictObject({
  id: NodeId,
  name: z.string().max(NODE_NAME_MAX),
  incarnation: Incarnation,
  address: Address,
  shards: z.array(ShardIndex),
  master: z.boolean(),
  state: NodeState,
  /** -1 when the node did not answer. */
  bytes: z.number(),
  budget: z.number(),
});
/** `eau2 status --json` prints exactly this. */
export const ClusterStatus = z.strictObject({
  cluster: ClusterId,
  epoch: z.int().min(0),
  nodes: z.array(ClusterNodeStatus).max(DIRECTORY_NODES_MAX),
  waits: z.array(WaitRecord).max(STATUS_WAITS_MAX),
});
export type ClusterStatus = z.infer<typeof ClusterStatus>;

/** Ends the node that gets it after draining, or, with scope `cluster`, all nodes. */
export const ClusterTeardown = z.strictObject({
  scope: z.enum(["node", "cluster"]),
  /** With scope `node`: which; the one that is asked when absent. */
  nodeId: NodeId.optional(),
});
export type ClusterTeardown = z.infer<typeof ClusterTeardown>;
/** A node says to all it knows that it has drained and is about to end. */
export const ClusterComplete = z.strictObject({ nodeId: NodeId });
export const ClusterTeardownReply = z.strictObject({ ended: z.array(NodeId).max(DIRECTORY_NODES_MAX) });
