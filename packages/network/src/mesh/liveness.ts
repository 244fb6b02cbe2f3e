/**
 * Once a heartbeat: asks every peer for a sign of life, judges it by the last one ({@link judgePeer} decides), and acts on
 * that: a doubt of this node's own, the master's word, the end of a session. A node that has lost its master looks for it.
 */
import type { DirectoryNode, NodeId } from "@eau2/protocol";
import type { Clock } from "../clock.js";
import { HEARTBEAT_MS, judgePeer, lostTime } from "../membership/failure-detector.js";
import type { Session } from "../session/session.js";
import type { ClientSessions } from "./client-sessions.js";
import type { DirectoryKeeper } from "./directory-keeper.js";
import type { Doubts } from "./doubts.js";
import type { NodeDialer } from "./node-dialer.js";
import type { NodeSessions } from "./node-sessions.js";

export interface LivenessParts {
  readonly clock: Clock;
  readonly directory: DirectoryKeeper;
  readonly doubts: Doubts;
  readonly nodes: NodeSessions;
  readonly clients: ClientSessions;
  readonly dialer: NodeDialer;
}

const SILENT = "it has been silent for too long";

export class Liveness {
  #cancelTick: (() => void) | undefined;
  #lastTickMs = 0;
  #isRevisiting = false;
  #closed = false;

  constructor(private readonly parts: LivenessParts) {}

  /** Does nothing when it has begun already, or was closed. */
  start(): void {
    if (this.#cancelTick !== undefined || this.#closed) return;
    const { clock } = this.parts;
    this.#lastTickMs = clock.now();
    const tick = () => {
      this.#cancelTick = clock.after(HEARTBEAT_MS, tick);
      this.#tick();
    };
    this.#cancelTick = clock.after(HEARTBEAT_MS, tick);
  }

  close(): void {
    this.#closed = true;
    this.#cancelTick?.();
  }

  #tick(): void {
    const { clock, directory, doubts, nodes, clients } = this.parts;
    const nowMs = clock.now();
    const lostMs = lostTime(this.#lastTickMs, nowMs);
    this.#lastTickMs = nowMs;
    for (const [id, session] of nodes.entries()) {
      if (session.state === "gone") {
        this.#revisit(id);
        continue;
      }
      const unused = session.outgoing.count === 0 && session.incoming.count === 0;
      if (session.state === "idle" || (session.state === "down" && !session.options.keepAlive && unused)) {
        doubts.clearSuspicion(id);
        continue;
      }
      this.#judged(id, session, this.#judge(session, lostMs));
    }
    for (const session of clients.all) {
      if (this.#judge(session, lostMs) === "gone") session.end(SILENT);
      else session.ping();
    }
    // Without a master, what this node has seen itself is all there is.
    const { master } = directory;
    if (master !== undefined && doubts.stateOf(master.id) !== "gone") doubts.clearOldGone(nowMs);
  }

  #judge(session: Session, lostMs: number): DirectoryNode["state"] {
    session.forgive(lostMs);
    const { state, lastHeardMs, downSinceMs } = session;
    const signs = { up: state === "up", lastHeardMs, downSinceMs, dialable: !session.isClient };
    return judgePeer(signs, this.parts.clock.now());
  }

  #judged(id: NodeId, session: Session, state: DirectoryNode["state"]): void {
    const { clock, directory, doubts } = this.parts;
    if (state === "gone") {
      session.end(SILENT);
      return;
    }
    session.ping();
    if (state === "suspect") doubts.suspect(id, clock.now());
    else doubts.clearSuspicion(id);
    if (directory.nodeOf(id)?.state !== "gone") directory.setState(id, state);
  }

  /** A node that has lost its master keeps asking for it; other nodes that have gone are asked again when they are used. */
  #revisit(id: NodeId): void {
    const { directory, nodes, dialer } = this.parts;
    const node = directory.nodeOf(id);
    if (node === undefined || directory.isMaster || !node.master || this.#closed || this.#isRevisiting) return;
    this.#isRevisiting = true;
    void dialer.dial(node.address, { nodeId: id, incarnation: node.incarnation }).then(
      ({ pair }) => {
        this.#isRevisiting = false;
        nodes.attachDialed(node, pair);
      },
      () => {
        this.#isRevisiting = false; // asked again at the next tick
      },
    );
  }
}
