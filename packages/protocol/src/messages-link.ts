import { z } from "zod";
import { ERROR_CODES } from "./errors.js";
import { Address, ClusterId, Incarnation, NODE_NAME_MAX, NODE_SHARDS_MAX, NodeId } from "./ids.js";

/** What a link is for: heartbeats and small requests, or bulk. */
export const LinkPurpose = z.enum(["control", "data"]);
export type LinkPurpose = z.infer<typeof LinkPurpose>;

/**
 * The first frame on a link whose token is proved. Loose on purpose: a peer of another version must get far enough to
 * be told so, therefore `protocolVersion` is read first and unknown fields are ignored.
 */
export const LinkHello = z.looseObject({
  protocolVersion: z.int(),
  build: z.string().max(64),
  /** A client has no address and is in no directory. */
  role: z.enum(["node", "client"]),
  nodeId: NodeId,
  name: z.string().min(1).max(NODE_NAME_MAX),
  incarnation: Incarnation,
  /** The cluster that the dialer insists on; absent for a newcomer that takes what it finds. */
  clusterId: ClusterId.optional(),
  purpose: LinkPurpose,
  /** Two links with the same number make a pair. */
  pair: z.int().min(0).max(0xffff_ffff),
});
export type LinkHello = z.infer<typeof LinkHello>;

export const LinkWelcome = z.looseObject({
  build: z.string().max(64),
  nodeId: NodeId,
  name: z.string().min(1).max(NODE_NAME_MAX),
  incarnation: Incarnation,
  clusterId: ClusterId,
});
export type LinkWelcome = z.infer<typeof LinkWelcome>;

/** An error on the wire: code, message and stack of the far side. */
export const ErrorRecord = z.strictObject({
  code: z.enum(ERROR_CODES),
  message: z.string().max(4096),
  details: z.record(z.string().max(128), z.union([z.string().max(2048), z.number()])),
  stack: z.string().max(8192),
});
export type ErrorRecord = z.infer<typeof ErrorRecord>;

export const LinkPing = z.strictObject({});
export const LinkBye = z.strictObject({ reason: z.string().max(256) });
export const RequestCancel = z.strictObject({});
export const StreamData = z.strictObject({});
/** How many more bytes of the stream its sender may send. */
export const StreamCredit = z.strictObject({
  bytes: z
    .int()
    .min(1)
    .max(2 ** 30),
});

/** Used by `cluster.register`: where and what the newcomer is. */
export const NodeOffer = z.strictObject({
  id: NodeId,
  name: z.string().min(1).max(NODE_NAME_MAX),
  incarnation: Incarnation,
  address: Address,
  shardCount: z.int().min(1).max(NODE_SHARDS_MAX),
  build: z.string().max(64),
});
export type NodeOffer = z.infer<typeof NodeOffer>;
