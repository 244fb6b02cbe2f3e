/** What the master decides about the directory: pure functions, each change a new directory with a higher epoch. */
import {
  type ClusterId,
  CONTROL_BYTES_MAX,
  DIRECTORY_NODES_MAX,
  type Directory,
  type DirectoryNode,
  Eau2Error,
  type NodeId,
  type NodeOffer,
  type NodeState,
  type ShardIndex,
} from "@eau2/protocol";
import { encodeControl } from "@eau2/serialization";

/**
 * A directory travels as one control part, and so does a status, which says a little more of each node; states and numbers
 * may still grow, too.
 */
const DIRECTORY_BYTES_MAX = CONTROL_BYTES_MAX - 32 * DIRECTORY_NODES_MAX;

/** Shards of a newcomer: the next indices, never used before. */
const shardRange = (first: number, count: number): ShardIndex[] =>
  Array.from({ length: count }, (_, index) => (first + index) as ShardIndex);

const nodeOf = (offer: NodeOffer, shards: ShardIndex[], master: boolean): DirectoryNode => ({
  id: offer.id,
  name: offer.name,
  incarnation: offer.incarnation,
  address: offer.address,
  shards,
  master,
  state: "up",
  build: offer.build,
});

/** The first node makes the cluster and is its master. */
export const foundDirectory = (clusterId: ClusterId, offer: NodeOffer): Directory => ({
  clusterId,
  epoch: 1,
  hashShards: offer.shardCount,
  nextShard: offer.shardCount,
  nodes: [nodeOf(offer, shardRange(0, offer.shardCount), true)],
});

/**
 * Adds a node, or replaces an earlier incarnation of the same id that is no longer up. The same offer again changes nothing.
 * @throws {@link Eau2Error} `USAGE` when a living node has that id, `BUSY` when the directory is full.
 */
export const registerNode = (directory: Directory, offer: NodeOffer): Directory => {
  const known = directory.nodes.find((node) => node.id === offer.id);
  if (known?.incarnation === offer.incarnation)
    return known.state === "up" ? directory : withNodeState(directory, known.id, "up");
  if (known !== undefined && known.state === "up") {
    throw new Eau2Error("USAGE", `a node named "${offer.name}" is in the cluster and up; choose another --name`, {
      name: offer.name,
    });
  }
  if (known !== undefined && known.incarnation > offer.incarnation) {
    throw new Eau2Error("USAGE", `a newer start of node "${offer.name}" has registered; end this one`, {
      name: offer.name,
    });
  }
  // Room is made by forgetting nodes that have gone; their shard indices stay used.
  let nodes = directory.nodes.filter((node) => node.id !== offer.id);
  if (nodes.length >= DIRECTORY_NODES_MAX) nodes = nodes.filter((node) => node.state !== "gone");
  if (nodes.length >= DIRECTORY_NODES_MAX) {
    throw new Eau2Error("BUSY", `the cluster has ${DIRECTORY_NODES_MAX} nodes, more are not supported`, {
      nodes: nodes.length,
    });
  }
  const shards = shardRange(directory.nextShard, offer.shardCount);
  const grown = {
    ...directory,
    epoch: directory.epoch + 1,
    nextShard: directory.nextShard + offer.shardCount,
    nodes: [...nodes, nodeOf(offer, shards, false)],
  };
  if (encodeControl(grown).length > DIRECTORY_BYTES_MAX) {
    throw new Eau2Error("BUSY", "the cluster has too many nodes and shards; start nodes with fewer shards", {
      nodes: nodes.length,
      shards: grown.nextShard,
    });
  }
  return grown;
};

/** The same directory when nothing changes. */
export const withNodeState = (directory: Directory, id: NodeId, state: NodeState): Directory => {
  const index = directory.nodes.findIndex((node) => node.id === id);
  if (index < 0 || directory.nodes[index]!.state === state) return directory;
  return {
    ...directory,
    epoch: directory.epoch + 1,
    nodes: directory.nodes.with(index, { ...directory.nodes[index]!, state }),
  };
};

/** What a node knows after it has heard from the master: the higher epoch. */
export const newerDirectory = (ours: Directory | undefined, theirs: Directory): Directory =>
  ours === undefined || theirs.epoch > ours.epoch ? theirs : ours;

export type ShardOwner =
  | { readonly kind: "node"; readonly node: DirectoryNode }
  /** It had a home once. */
  | { readonly kind: "gone" }
  /** No node ever had this index. */
  | { readonly kind: "unknown" };

export const ownerOfShard = (directory: Directory, shard: number): ShardOwner => {
  for (const node of directory.nodes) if (node.shards.includes(shard as ShardIndex)) return { kind: "node", node };
  return shard < directory.nextShard ? { kind: "gone" } : { kind: "unknown" };
};
