import type { ClusterId, Directory, EventKind, NodeId } from "@eau2/protocol";
import type { RequestHandlers } from "../session/request-types.js";
import type { Session } from "../session/session.js";
import type { Endpoint } from "./endpoint.js";

export type Log = (level: "debug" | "info" | "warn" | "error", message: string) => void;

export interface MeshOptions extends Endpoint {
  /** Unique among living nodes; the node's id. */
  readonly id: NodeId;
  readonly name: string;
  readonly incarnation: number;
  readonly build: string;
  readonly shardCount: number;
  /** Insist on this cluster. */
  readonly clusterId?: ClusterId | undefined;
  readonly handlers: RequestHandlers<Session>;
  readonly log: Log;
  onDirectory?(directory: Directory): void;
  onEvent?(session: Session, kind: EventKind, control: unknown): void;
  /** A peer (node or client) has gone. */
  onPeerGone?(peer: string, reason: string): void;
}

/** Two builds of one protocol version work together; that is worth a line in the log. */
export const warnOfBuild = (options: Pick<MeshOptions, "build" | "log">, name: string, build: string): void => {
  if (build === options.build) return;
  options.log("warn", `${name} runs build ${build}, this node ${options.build}; the same everywhere is better`);
};
