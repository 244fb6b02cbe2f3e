/**
 * A node's place in the cluster: it listens, lets in who proves the token, registers with the first node (or is it), knows
 * the directory and who is still there, and has one session for every other process it talks to. Data never passes
 * through the master unless it is the home: {@link Mesh.session} dials the node that is meant.
 */
import {
  type ClusterId,
  ClusterId as ClusterIdSchema,
  type Directory,
  type DirectoryNode,
  Eau2Error,
  type EventKind,
  type LinkHello,
  type LinkPurpose,
  type NodeId,
  type NodeOffer,
  PROTOCOL_VERSION,
  toEau2Error,
} from "@eau2/protocol";
import { randomHex } from "../clock.js";
import { passGateAccepting } from "../gate/gate.js";
import {
  foundDirectory,
  newerDirectory,
  ownerOfShard,
  registerNode,
  type ShardOwner,
  withNodeState,
} from "../membership/directory-rules.js";
import { GONE_AFTER_MS, HEARTBEAT_MS, judgePeer, lostTime } from "../membership/failure-detector.js";
import { Channel } from "../session/channel.js";
import { DeadlineWheel } from "../session/deadline-wheel.js";
import type { ChannelPair } from "../session/outgoing-requests.js";
import type { RequestHandlers } from "../session/request-types.js";
import { Session } from "../session/session.js";
import type { Link, Listener } from "../transport/transport.js";
import { dialPair, type Endpoint } from "./endpoint.js";
import { awaitHello, refuseHello } from "./hello.js";

/** Sessions of one node, clients included. */
export const SESSIONS_MAX = 2_048;
/** First links of pairs whose second one has not come yet. */
const HALF_PAIRS_MAX = 256;
const HALF_PAIR_TIMEOUT_MS = 5_000;
/** A peer that was found gone is tried again after this, unless the master says that it has gone. */
const RETRY_GONE_AFTER_MS = 5_000;

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

const clientKey = (hello: LinkHello): string => `${hello.nodeId} ${hello.incarnation}`;

interface HalfPair {
  readonly channels: Partial<Record<LinkPurpose, Channel>>;
  readonly cancelTimer: () => void;
}

export class Mesh {
  readonly wheel: DeadlineWheel;
  #directory: Directory | undefined;
  #listener: Listener | undefined;
  #advertised = "";
  #sessions = new Map<NodeId, Session>();
  #clients = new Map<string, Session>();
  #halfPairs = new Map<string, HalfPair>();
  #handlers: RequestHandlers<Session>;
  #cancelTick: (() => void) | undefined;
  #lastTickMs = 0;
  /** What this node itself thinks of others, where that is worse than "up". */
  #doubts = new Map<NodeId, { readonly state: "suspect" | "gone"; readonly sinceMs: number }>();
  /** The newest directory that was announced before the own registration was answered. */
  #announced: Directory | undefined;
  /** Links that have not said who they are. */
  #strangers = new Set<Link>();
  #isRevisiting = false;
  /** Ends dials that no session owns. */
  readonly #closing = new AbortController();
  #closed = false;

  constructor(readonly options: MeshOptions) {
    this.wheel = new DeadlineWheel(options.clock);
    this.#handlers = {
      ...options.handlers,
      "cluster.register": { handle: ({ control }) => ({ control: { directory: this.#register(control.offer) } }) },
    };
  }

  /**
   * Starts listening; nobody is let in before {@link found} or {@link join} has succeeded.
   * @param advertise - `host:port` (or `host`, or `host:0`) that others use to reach this node. @defaultValue where it listens
   * @returns the address that others use.
   */
  async listen(address: string, advertise?: string): Promise<string> {
    this.#listener = await this.options.transport.listen(address, (link) => {
      void this.#accept(link);
    });
    const bound = this.#listener.address;
    const port = bound.slice(bound.lastIndexOf(":") + 1);
    if (advertise === undefined) this.#advertised = bound;
    else if (/:\d+$/.test(advertise)) this.#advertised = advertise.replace(/:0$/, `:${port}`);
    else this.#advertised = `${advertise}:${port}`;
    return this.#advertised;
  }

  /** Becomes the first node of a new cluster. */
  found(): Directory {
    const clusterId = this.options.clusterId ?? ClusterIdSchema.parse(`eau2-${randomHex(this.options.random, 8)}`);
    this.#learn(foundDirectory(clusterId, this.#offer()));
    this.#startTicking();
    return this.directory;
  }

  /**
   * Registers with the master of the cluster that `address` belongs to.
   * @throws {@link Eau2Error} `PEER_GONE`, `DENIED`, `VERSION_MISMATCH`, `CLUSTER_MISMATCH`, `USAGE` (the name is taken).
   */
  async join(address: string): Promise<Directory> {
    let at = address;
    for (let hops = 0; hops < 3; hops++) {
      const { signal } = this.#closing;
      const { pair, welcome } = await dialPair(this.options, at, this.#hello(), this.#identity, undefined, signal);
      const session = this.#newSession(welcome.nodeId, welcome.incarnation, `node ${welcome.name} (${at})`, at);
      this.#sessions.set(welcome.nodeId, session);
      if (welcome.build !== this.options.build) {
        this.options.log(
          "warn",
          `${welcome.name} runs build ${welcome.build}, this node ${this.options.build}; the same everywhere is better`,
        );
      }
      session.attach(pair);
      try {
        const { control } = await session.request("cluster.register", { offer: this.#offer() });
        const announced = this.#announced;
        this.#announced = undefined;
        const ours = announced?.clusterId === control.directory.clusterId ? announced : undefined;
        this.#learn(newerDirectory(ours, control.directory));
        this.#startTicking();
        return this.directory;
      } catch (thrown) {
        const error = toEau2Error(thrown);
        session.leave("it did not register here");
        if (error.code !== "BUSY" || typeof error.details.master !== "string") throw error;
        at = error.details.master;
      }
    }
    throw new Eau2Error("PEER_GONE", `join ${address}: its nodes do not agree on who is master; try again`, {
      address,
    });
  }

  /** @throws {@link Eau2Error} `BUSY` before the node belongs to a cluster. */
  get directory(): Directory {
    if (this.#directory === undefined)
      throw new Eau2Error("BUSY", "this node has not joined its cluster yet; try again");
    return this.#directory;
  }

  /** `host:port` where it listens, as this machine sees it; others use {@link self}'s address. */
  get boundAddress(): string | undefined {
    return this.#listener?.address;
  }

  get epoch(): number {
    return this.#directory?.epoch ?? 0;
  }

  get self(): DirectoryNode {
    const self = this.directory.nodes.find((node) => node.id === this.options.id);
    // A full directory forgets nodes that have gone; one of them may have been cut off only.
    if (self === undefined) {
      throw new Eau2Error("NODE_GONE", "the cluster has given up this node and forgotten it; start it again", {
        node: this.options.id,
      });
    }
    return self;
  }

  get isMaster(): boolean {
    return this.#directory?.nodes.some((node) => node.master && node.id === this.options.id) ?? false;
  }

  /** The directory with what this node itself has seen: the master's word is stale when the master has gone. */
  view(): Directory {
    const nodes = this.directory.nodes.map((node): DirectoryNode => {
      if (node.id === this.options.id) return { ...node, state: "up" };
      const doubt = this.#doubts.get(node.id)?.state;
      if (doubt === "gone") return { ...node, state: "gone" };
      return doubt === "suspect" && node.state === "up" ? { ...node, state: "suspect" } : node;
    });
    return { ...this.directory, nodes };
  }

  owner(shard: number): ShardOwner {
    return ownerOfShard(this.directory, shard);
  }

  /**
   * The session with another node; its links are opened by the first request.
   * @throws {@link Eau2Error} `NODE_GONE` when the directory does not list it or says that it has gone.
   */
  session(id: NodeId): Session {
    const existing = this.#sessions.get(id);
    if (existing !== undefined && existing.state !== "gone") return existing;
    const node = this.directory.nodes.find((candidate) => candidate.id === id);
    if (node === undefined || node.state === "gone") {
      throw new Eau2Error("NODE_GONE", `node ${node?.name ?? id} has gone`, { node: id });
    }
    if (existing !== undefined && this.options.clock.now() - existing.goneAtMs < RETRY_GONE_AFTER_MS) {
      throw new Eau2Error("PEER_GONE", `node ${node.name}: ${existing.goneReason ?? "it has gone"}`, { node: id });
    }
    const session = this.#newSession(id, node.incarnation, `node ${node.name} (${node.address})`, node.address);
    this.#sessions.set(id, session);
    return session;
  }

  /** Every session with a node or a client that has not ended. */
  get sessions(): Session[] {
    return [...this.#sessions.values(), ...this.#clients.values()].filter((session) => session.state !== "gone");
  }

  /**
   * Says goodbye to all and stops listening. Resolves when nobody can reach this node any more; the links send what is
   * queued and have ended 2 s later, so a process with nothing else to do ends by itself.
   */
  async close(reason: string): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelTick?.();
    this.#closing.abort();
    for (const session of this.sessions) session.leave(reason);
    for (const link of this.#strangers) link.destroy(reason);
    for (const half of this.#halfPairs.values()) {
      half.cancelTimer();
      for (const channel of Object.values(half.channels)) channel.destroy(reason);
    }
    this.#halfPairs.clear();
    await this.#listener?.close();
    this.wheel.close();
  }

  readonly #identity = () => ({ epoch: this.epoch, incarnation: this.options.incarnation });

  #hello(): Omit<LinkHello, "purpose" | "pair"> {
    const { build, id, name, incarnation, clusterId } = this.options;
    const cluster = this.#directory?.clusterId ?? clusterId;
    return {
      protocolVersion: PROTOCOL_VERSION,
      build,
      role: "node",
      nodeId: id,
      name,
      incarnation,
      ...(cluster === undefined ? {} : { clusterId: cluster }),
    };
  }

  #offer(): NodeOffer {
    const { id, name, incarnation, shardCount, build } = this.options;
    return { id, name, incarnation, shardCount, build, address: this.#advertised };
  }

  #newSession(id: NodeId, incarnation: number, remote: string, address: string): Session {
    return new Session({
      remote,
      incarnation,
      clock: this.options.clock,
      wheel: this.wheel,
      handlers: this.#handlers,
      // The master watches everybody, everybody watches the master; other pairs meet when they have something to say.
      keepAlive: (this.#directory !== undefined && this.isMaster) || this.#isMasterNode(id),
      dial: async (_session, signal) => {
        const expected = { nodeId: id, incarnation };
        const listed = this.#directory?.nodes.find((node) => node.id === id);
        // Whoever came to us came from a port where nobody listens; until it has registered it can only come again.
        const at = listed?.address ?? (this.#directory === undefined ? address : undefined);
        if (at === undefined) throw new Eau2Error("PEER_GONE", `${remote} has not registered`, { node: id });
        return (await dialPair(this.options, at, this.#hello(), this.#identity, expected, signal)).pair;
      },
      onEvent: (session, kind, control) => this.#event(session, kind, control),
      onUp: (session) => this.#nodeUp(id, session),
      onGone: (session, reason) => {
        const listed = this.#directory?.nodes.find((node) => node.id === id);
        // Only sessions with nodes of the cluster are remembered, else strangers could fill the table.
        if (listed === undefined) {
          if (this.#sessions.get(id) === session) this.#sessions.delete(id);
        } else if (listed.incarnation === session.options.incarnation) {
          this.#doubts.set(id, { state: "gone", sinceMs: this.options.clock.now() });
          if (this.isMaster) this.#change(withNodeState(this.directory, id, "gone"));
        }
        this.options.onPeerGone?.(id, reason);
        this.options.log(session.hasLeft ? "info" : "warn", `${remote} has gone: ${reason}`);
      },
    });
  }

  #isMasterNode(id: NodeId): boolean {
    return this.#directory === undefined || (this.#directory.nodes.find((node) => node.id === id)?.master ?? false);
  }

  #nodeUp(id: NodeId, session: Session): void {
    this.#doubts.delete(id);
    if (!this.isMaster) return;
    this.#change(withNodeState(this.directory, id, "up"));
    // It may have missed a broadcast while its links were down.
    session.event("cluster.directory", { directory: this.directory });
  }

  #event(session: Session, kind: EventKind, control: unknown): void {
    if (kind === "cluster.directory") {
      const { directory } = control as { directory: Directory };
      if (this.#directory === undefined) this.#announced = newerDirectory(this.#announced, directory);
      else if (directory.clusterId === this.#directory.clusterId)
        this.#learn(newerDirectory(this.#directory, directory));
    } else if (kind === "cluster.complete") {
      session.hasLeft = true;
      session.end(`${session.remote} has drained and ended`);
    }
    this.options.onEvent?.(session, kind, control);
  }

  #register(offer: NodeOffer): Directory {
    if (!this.isMaster) {
      const master = this.directory.nodes.find((node) => node.master);
      throw new Eau2Error("BUSY", "this node is not the master; register with the master", {
        master: master?.address ?? "",
      });
    }
    const before = this.directory;
    const known = before.nodes.find((node) => node.id === offer.id);
    // An earlier start whose session is over but whose end is not yet in the directory must not block its successor.
    const earlier = this.#sessions.get(offer.id);
    const vacated =
      known !== undefined &&
      known.incarnation !== offer.incarnation &&
      earlier?.options.incarnation === offer.incarnation;
    const base = vacated ? withNodeState(before, offer.id, "gone") : before;
    this.#change(registerNode(base, offer));
    if (offer.build !== this.options.build) {
      this.options.log(
        "warn",
        `${offer.name} runs build ${offer.build}, this node ${this.options.build}; the same everywhere is better`,
      );
    }
    this.options.log("info", `${offer.name} (${offer.address}) has joined`);
    return this.directory;
  }

  /** The master's own decision: everybody is told. */
  #change(directory: Directory): void {
    if (directory === this.#directory) return;
    this.#learn(directory);
    for (const session of this.#sessions.values()) session.event("cluster.directory", { directory });
  }

  #learn(directory: Directory): void {
    if (directory === this.#directory) return;
    const before = new Map(this.#directory?.nodes.map((node) => [node.id, node]));
    this.#directory = directory;
    for (const node of directory.nodes) {
      const was = before.get(node.id);
      const isBack = was?.incarnation !== node.incarnation || (was.state !== "up" && node.state === "up");
      if (isBack) this.#doubts.delete(node.id);
      const session = this.#sessions.get(node.id);
      // The master's word ends sessions with nodes that have gone, and with earlier starts of nodes that came back.
      if (session === undefined || session.state === "gone") continue;
      if (session.options.incarnation !== undefined && session.options.incarnation < node.incarnation)
        session.end("it was started again");
      else if (node.state === "gone" && !this.isMaster && session.state !== "up")
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
    this.options.onDirectory?.(directory);
  }

  async #accept(link: Link): Promise<void> {
    this.#strangers.add(link);
    try {
      const channel = new Channel(await passGateAccepting(link, this.options), this.#identity);
      const hello = await awaitHello(channel, this.options.clock);
      this.#admit(channel, hello);
    } catch (error) {
      this.options.log("debug", `connection from ${link.remote} refused: ${toEau2Error(error).message}`);
    } finally {
      this.#strangers.delete(link);
    }
  }

  #admit(channel: Channel, hello: LinkHello): void {
    try {
      this.#checkHello(hello);
    } catch (error) {
      refuseHello(channel, error);
      throw error;
    }
    const key = `${hello.role} ${hello.nodeId} ${hello.incarnation} ${hello.pair}`;
    let half = this.#halfPairs.get(key);
    if (half === undefined) {
      if (this.#halfPairs.size >= HALF_PAIRS_MAX) {
        const full = new Eau2Error("BUSY", `${HALF_PAIRS_MAX} peers are connecting; try again`);
        refuseHello(channel, full);
        throw full;
      }
      const cancelTimer = this.options.clock.after(HALF_PAIR_TIMEOUT_MS, () => {
        this.#halfPairs.delete(key);
        channel.destroy("its pair was never completed");
      });
      half = { channels: {}, cancelTimer };
      this.#halfPairs.set(key, half);
    }
    if (half.channels[hello.purpose] !== undefined) {
      refuseHello(channel, new Eau2Error("DATA_INVALID", `a second ${hello.purpose} link of one pair`));
      return;
    }
    half.channels[hello.purpose] = channel;
    const { id, name, incarnation, build } = this.options;
    channel.send("link.welcome", {
      control: { build, nodeId: id, name, incarnation, clusterId: this.directory.clusterId },
    });
    const { control, data } = half.channels;
    if (control === undefined || data === undefined) return;
    half.cancelTimer();
    this.#halfPairs.delete(key);
    this.#attach(hello, { control, data });
  }

  #checkHello(hello: LinkHello): void {
    const { clusterId } = this.directory;
    if (this.#closed) throw new Eau2Error("PEER_GONE", "this node is shutting down");
    if (hello.clusterId !== undefined && hello.clusterId !== clusterId) {
      throw new Eau2Error(
        "CLUSTER_MISMATCH",
        `this node belongs to cluster ${clusterId}, not to ${hello.clusterId}; check the address or --cluster-id`,
        {
          ours: clusterId,
          theirs: hello.clusterId,
        },
      );
    }
    const isKnown = hello.role === "client" ? this.#clients.has(clientKey(hello)) : this.#sessions.has(hello.nodeId);
    if (!isKnown && this.#sessions.size + this.#clients.size >= SESSIONS_MAX) {
      throw new Eau2Error("BUSY", `this node has ${SESSIONS_MAX} sessions and no room for more; close some`);
    }
    if (hello.role === "client") return;
    if (hello.nodeId === this.options.id) {
      throw new Eau2Error("USAGE", `a node named "${hello.name}" is in the cluster and up; choose another --name`, {
        name: hello.name,
      });
    }
    const session = this.#sessions.get(hello.nodeId);
    if (session === undefined || session.state === "gone") return;
    const known = session.options.incarnation;
    if (known !== undefined && known > hello.incarnation) {
      throw new Eau2Error("PEER_GONE", `a newer start of node "${hello.name}" is in the cluster; end this one`, {
        name: hello.name,
      });
    }
    if (known !== undefined && known < hello.incarnation && session.state === "up") {
      throw new Eau2Error("USAGE", `a node named "${hello.name}" is in the cluster and up; choose another --name`, {
        name: hello.name,
      });
    }
    // Both dial each other at once: the pair of the lower id is used. (A dial to an earlier start leads nowhere.)
    if (session.dialing && known === hello.incarnation && this.options.id < hello.nodeId)
      throw new Eau2Error("BUSY", "the links are being opened from this side");
  }

  #attach(hello: LinkHello, pair: ChannelPair): void {
    if (hello.role === "client") {
      this.#client(hello).attach(pair);
      return;
    }
    let session = this.#sessions.get(hello.nodeId);
    if (session !== undefined && (session.state === "gone" || session.options.incarnation !== hello.incarnation)) {
      session.end("it was started again");
      session = undefined;
    }
    if (session === undefined) {
      const address = this.directory.nodes.find((node) => node.id === hello.nodeId)?.address ?? pair.control.remote;
      session = this.#newSession(hello.nodeId, hello.incarnation, `node ${hello.name} (${address})`, address);
      this.#sessions.set(hello.nodeId, session);
    }
    session.attach(pair);
  }

  #client(hello: LinkHello): Session {
    const key = clientKey(hello);
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const session: Session = new Session({
      remote: `client ${hello.name}`,
      incarnation: hello.incarnation,
      clock: this.options.clock,
      wheel: this.wheel,
      handlers: this.#handlers,
      keepAlive: false,
      client: true,
      dial: undefined,
      onEvent: (from, kind, control) => this.options.onEvent?.(from, kind, control),
      onGone: (_session, reason) => {
        this.#clients.delete(key);
        this.options.onPeerGone?.(hello.nodeId, reason);
      },
    });
    this.#clients.set(key, session);
    return session;
  }

  #startTicking(): void {
    if (this.#cancelTick !== undefined || this.#closed) return;
    this.#lastTickMs = this.options.clock.now();
    const tick = () => {
      this.#cancelTick = this.options.clock.after(HEARTBEAT_MS, tick);
      this.#tick();
    };
    this.#cancelTick = this.options.clock.after(HEARTBEAT_MS, tick);
  }

  #tick(): void {
    const nowMs = this.options.clock.now();
    const lostMs = lostTime(this.#lastTickMs, nowMs);
    this.#lastTickMs = nowMs;
    for (const [id, session] of [...this.#sessions]) {
      if (session.state === "gone") {
        this.#revisit(id);
        continue;
      }
      const unused = session.outgoing.count === 0 && session.incoming.count === 0;
      if (session.state === "idle" || (session.state === "down" && !session.options.keepAlive && unused)) {
        if (this.#doubts.get(id)?.state === "suspect") this.#doubts.delete(id);
        continue;
      }
      this.#judged(id, session, this.#judge(session, lostMs));
    }
    for (const session of [...this.#clients.values()]) {
      if (this.#judge(session, lostMs) === "gone") session.end("it has been silent for too long");
      else session.ping();
    }
    // What one pair of nodes has seen of each other is not the last word; without a master it is the only one.
    const master = this.directory.nodes.find((node) => node.master);
    if (master === undefined || this.#doubts.get(master.id)?.state === "gone") return;
    for (const [id, { state, sinceMs }] of this.#doubts)
      if (state === "gone" && nowMs - sinceMs >= GONE_AFTER_MS) this.#doubts.delete(id);
  }

  #judge(session: Session, lostMs: number): DirectoryNode["state"] {
    session.forgive(lostMs);
    const { state, lastHeardMs, downSinceMs } = session;
    const signs = { up: state === "up", lastHeardMs, downSinceMs, dialable: !session.isClient };
    return judgePeer(signs, this.options.clock.now());
  }

  #judged(id: NodeId, session: Session, state: DirectoryNode["state"]): void {
    if (state === "gone") {
      session.end("it has been silent for too long");
      return;
    }
    session.ping();
    if (state === "suspect" && !this.#doubts.has(id))
      this.#doubts.set(id, { state, sinceMs: this.options.clock.now() });
    else if (state === "up" && this.#doubts.get(id)?.state === "suspect") this.#doubts.delete(id);
    if (this.isMaster && this.directory.nodes.find((node) => node.id === id)?.state !== "gone") {
      this.#change(withNodeState(this.directory, id, state));
    }
  }

  /** A node that has lost its master keeps asking for it; other nodes that have gone are asked again when they are used. */
  #revisit(id: NodeId): void {
    const node = this.directory.nodes.find((candidate) => candidate.id === id);
    if (node === undefined || this.isMaster || !node.master || this.#closed || this.#isRevisiting) return;
    const { address, name, incarnation } = node;
    this.#isRevisiting = true;
    const expected = { nodeId: id, incarnation };
    void dialPair(this.options, address, this.#hello(), this.#identity, expected, this.#closing.signal).then(
      ({ pair }) => {
        this.#isRevisiting = false;
        // It may have come to us meanwhile: two sessions with one peer would take the links from each other.
        let session = this.#sessions.get(id);
        if (session === undefined || session.state === "gone") {
          session = this.#newSession(id, incarnation, `node ${name} (${address})`, address);
          this.#sessions.set(id, session);
        }
        session.attach(pair);
      },
      () => {
        this.#isRevisiting = false; // asked again at the next tick
      },
    );
  }
}
