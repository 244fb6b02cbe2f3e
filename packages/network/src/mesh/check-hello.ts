/** Who is let in. Pure: what the node knows comes in, a refusal is thrown. */
import { type ClusterId, Eau2Error, type LinkHello, type NodeId } from "@eau2/protocol";
import type { SessionState } from "../session/session.js";

/** Sessions of one node, clients included. */
export const SESSIONS_MAX = 2_048;

export interface HelloFacts {
  /** Of the node that was dialed. */
  readonly id: NodeId;
  readonly clusterId: ClusterId;
  readonly closed: boolean;
  readonly sessionCount: number;
  /** There is a session for this peer, ended or not. */
  readonly isKnown: boolean;
  /** The session with the node of that id, if there is one. */
  readonly session: { readonly state: SessionState; readonly incarnation: number | undefined } | undefined;
}

/** @throws {@link Eau2Error} `PEER_GONE`, `CLUSTER_MISMATCH`, `BUSY` or `USAGE`: what the peer is told. */
export const checkHello = (hello: LinkHello, facts: HelloFacts): void => {
  const { id, clusterId, session } = facts;
  const { name } = hello;
  if (facts.closed) throw new Eau2Error("PEER_GONE", "this node is shutting down");
  if (hello.clusterId !== undefined && hello.clusterId !== clusterId) {
    throw new Eau2Error(
      "CLUSTER_MISMATCH",
      `this node belongs to cluster ${clusterId}, not to ${hello.clusterId}; check the address or --cluster-id`,
      { ours: clusterId, theirs: hello.clusterId },
    );
  }
  if (!facts.isKnown && facts.sessionCount >= SESSIONS_MAX) {
    throw new Eau2Error("BUSY", `this node has ${SESSIONS_MAX} sessions and no room for more; close some`);
  }
  if (hello.role === "client") return;
  if (hello.nodeId === id) throw nameTaken(name);
  if (session === undefined || session.state === "gone") return;
  const known = session.incarnation;
  if (known !== undefined && known > hello.incarnation) {
    throw new Eau2Error("PEER_GONE", `a newer start of node "${name}" is in the cluster; end this one`, { name });
  }
  if (known !== undefined && known < hello.incarnation && session.state === "up") throw nameTaken(name);
  // Both dial each other at once: the pair of the lower id is used. (A dial to an earlier start leads nowhere.)
  if (session.state === "dialing" && known === hello.incarnation && id < hello.nodeId)
    throw new Eau2Error("BUSY", "the links are being opened from this side");
};

const nameTaken = (name: string): Eau2Error =>
  new Eau2Error("USAGE", `a node named "${name}" is in the cluster and up; choose another --name`, { name });
