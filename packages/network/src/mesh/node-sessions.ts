/**
 * Sessions with other nodes, at most one each. Sessions that have ended are kept as long as the directory lists their
 * node as gone: they tell why. Those with nodes that never registered are not, else strangers could fill the table.
 */
import {
  type Directory,
  Eau2Error,
  type EventKind,
  type EventOf,
  type LinkHello,
  type NodeId,
  type NodeOffer,
} from "@eau2/protocol";
import type { DeadlineWheel } from "../session/deadline-wheel.js";
import type { ChannelPair } from "../session/outgoing-requests.js";
import type { RequestHandlers } from "../session/request-types.js";
import { Session } from "../session/session.js";
import type { DirectoryKeeper } from "./directory-keeper.js";
import type { Doubts } from "./doubts.js";
import type { MeshOptions } from "./mesh-options.js";
import type { NodeDialer } from "./node-dialer.js";

/** A peer that was found gone is tried again after this, unless the master says that it has gone. */
const RETRY_GONE_AFTER_MS = 5_000;

/** Whom a session is with. */
export interface NodeContact {
  readonly id: NodeId;
  readonly incarnation: number;
  readonly name: string;
  readonly address: string;
}

export interface NodeSessionsParts {
  readonly options: MeshOptions;
  readonly wheel: DeadlineWheel;
  readonly handlers: RequestHandlers<Session>;
  readonly directory: DirectoryKeeper;
  readonly doubts: Doubts;
  readonly dialer: NodeDialer;
}

export class NodeSessions {
  readonly #sessions = new Map<NodeId, Session>();

  constructor(private readonly parts: NodeSessionsParts) {}

  get size(): number {
    return this.#sessions.size;
  }

  get all(): Session[] {
    return [...this.#sessions.values()];
  }

  entries(): [NodeId, Session][] {
    return [...this.#sessions];
  }

  get(id: NodeId): Session | undefined {
    return this.#sessions.get(id);
  }

  /**
   * The session with a node of the directory; its links are opened by the first request.
   * @throws {@link Eau2Error} `NODE_GONE` when the directory does not list it or says that it has gone, `PEER_GONE` when it
   * was found gone a short time ago.
   */
  reach(id: NodeId): Session {
    const existing = this.#sessions.get(id);
    if (existing !== undefined && existing.state !== "gone") return existing;
    const node = this.parts.directory.current.nodes.find((candidate) => candidate.id === id);
    if (node === undefined || node.state === "gone") {
      throw new Eau2Error("NODE_GONE", `node ${node?.name ?? id} has gone`, { node: id });
    }
    if (existing !== undefined && this.parts.options.clock.now() - existing.goneAtMs < RETRY_GONE_AFTER_MS) {
      throw new Eau2Error("PEER_GONE", `node ${node.name}: ${existing.goneReason ?? "it has gone"}`, { node: id });
    }
    return this.open(node);
  }

  /** A new session without links, in place of one that has ended. */
  open(contact: NodeContact): Session {
    const session = this.#newSession(contact);
    this.#sessions.set(contact.id, session);
    return session;
  }

  /** Links that a node has dialed. */
  attach(hello: LinkHello, pair: ChannelPair): void {
    const { nodeId: id, incarnation, name } = hello;
    let session = this.#sessions.get(id);
    if (session !== undefined && (session.state === "gone" || session.options.incarnation !== incarnation)) {
      session.end("it was started again");
      session = undefined;
    }
    const address = this.parts.directory.nodeOf(id)?.address ?? pair.control.remote;
    session ??= this.open({ id, incarnation, name, address });
    session.attach(pair);
  }

  /** Links that this node has dialed for no session. */
  attachDialed(contact: NodeContact, pair: ChannelPair): void {
    // It may have come to us meanwhile: two sessions with one peer would take the links from each other.
    const existing = this.#sessions.get(contact.id);
    const session = existing === undefined || existing.state === "gone" ? this.open(contact) : existing;
    session.attach(pair);
  }

  /**
   * A peer may say where it is and what it has, not be somebody else: its links are those of the node in its hello.
   * @throws {@link Eau2Error} `DENIED` unless `peer` is the session with the node of that id and incarnation.
   */
  assertOwn(peer: Session, { id, name, incarnation }: NodeOffer): void {
    if (this.#sessions.get(id) === peer && peer.options.incarnation === incarnation) return;
    throw new Eau2Error(
      "DENIED",
      `${peer.remote} cannot register as "${name}" (id ${id}, incarnation ${incarnation}); each node registers itself, as it says hello`,
      { node: id },
    );
  }

  tellAll<K extends EventKind>(kind: K, control: EventOf<K>): void {
    for (const session of this.#sessions.values()) session.event(kind, control);
  }

  /** Ends and forgets what a new directory has made obsolete. */
  follow(directory: Directory, before: Directory | undefined): void {
    const earlier = new Map(before?.nodes.map((node) => [node.id, node]));
    for (const node of directory.nodes) {
      const was = earlier.get(node.id);
      const isBack = was?.incarnation !== node.incarnation || (was.state !== "up" && node.state === "up");
      if (isBack) this.parts.doubts.clear(node.id);
      const session = this.#sessions.get(node.id);
      // The master's word ends sessions with nodes that have gone, and with earlier starts of nodes that came back.
      if (session === undefined || session.state === "gone") continue;
      if (session.options.incarnation !== undefined && session.options.incarnation < node.incarnation)
        session.end("it was started again");
      else if (node.state === "gone" && !this.parts.directory.isMaster && session.state !== "up")
        session.end("the master says that it has gone");
    }
    for (const [id, session] of this.#sessions) {
      const node = directory.nodes.find((candidate) => candidate.id === id);
      // A session that has ended does not stand in the way of a node that is back.
      if (
        session.state === "gone" &&
        (node === undefined || node.incarnation !== session.options.incarnation || node.state === "up")
      ) {
        this.#sessions.delete(id);
      }
    }
  }

  #newSession({ id, incarnation, name, address }: NodeContact): Session {
    const { options, wheel, handlers, directory, dialer } = this.parts;
    const { clock } = options;
    const remote = `node ${name} (${address})`;
    return new Session({
      remote,
      incarnation,
      clock,
      wheel,
      handlers,
      // The master watches everybody, everybody watches the master; other pairs meet when they have something to say.
      keepAlive: directory.known === undefined || directory.isMaster || (directory.nodeOf(id)?.master ?? false),
      dial: async (_session, signal) => {
        // Whoever came to us came from a port where nobody listens; until it has registered it can only come again.
        const at = directory.nodeOf(id)?.address ?? (directory.known === undefined ? address : undefined);
        if (at === undefined) throw new Eau2Error("PEER_GONE", `${remote} has not registered`, { node: id });
        return (await dialer.dial(at, { nodeId: id, incarnation }, signal)).pair;
      },
      onEvent: (session, kind, control) => this.#event(session, kind, control),
      onUp: (session) => this.#up(id, session),
      onGone: (session, reason) => this.#gone(id, session, reason),
    });
  }

  #event(session: Session, kind: EventKind, control: unknown): void {
    if (kind === "cluster.directory") {
      this.parts.directory.announced((control as EventOf<"cluster.directory">).directory);
    } else if (kind === "cluster.complete") {
      session.hasLeft = true;
      session.end(`${session.remote} has drained and ended`);
    }
    this.parts.options.onEvent?.(session, kind, control);
  }

  #up(id: NodeId, session: Session): void {
    const { directory, doubts } = this.parts;
    doubts.clear(id);
    if (!directory.isMaster) return;
    directory.setState(id, "up");
    // It may have missed a broadcast while its links were down.
    session.event("cluster.directory", { directory: directory.current });
  }

  #gone(id: NodeId, session: Session, reason: string): void {
    const { options, directory, doubts } = this.parts;
    const listed = directory.nodeOf(id);
    if (listed === undefined) {
      if (this.#sessions.get(id) === session) this.#sessions.delete(id);
    } else if (listed.incarnation === session.options.incarnation) {
      doubts.foundGone(id, options.clock.now());
      directory.setState(id, "gone");
    }
    options.onPeerGone?.(id, reason);
    options.log(session.hasLeft ? "info" : "warn", `${session.remote} has gone: ${reason}`);
  }
}
