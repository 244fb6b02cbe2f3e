/**
 * A node's place in the cluster: it listens, lets in who proves the token, registers with the first node (or is it), knows
 * the directory and who is still there, and has one session for every other process it talks to. Data never passes
 * through the master unless it is the home: {@link Mesh.session} dials the node that is meant.
 *
 * Here its parts are put together: admission (links that come in), the sessions, the directory, and liveness.
 */
import {
  ClusterId as ClusterIdSchema,
  type Directory,
  type DirectoryNode,
  Eau2Error,
  type NodeId,
  toEau2Error,
} from "@eau2/protocol";
import { randomHex } from "../clock.js";
import { foundDirectory, ownerOfShard, type ShardOwner } from "../membership/directory-rules.js";
import { DeadlineWheel } from "../session/deadline-wheel.js";
import type { RequestHandlers } from "../session/request-types.js";
import type { Session } from "../session/session.js";
import type { Listener } from "../transport/transport.js";
import { Admission } from "./admission.js";
import { ClientSessions } from "./client-sessions.js";
import { DirectoryKeeper } from "./directory-keeper.js";
import { Doubts } from "./doubts.js";
import { Liveness } from "./liveness.js";
import { type MeshOptions, warnOfBuild } from "./mesh-options.js";
import { NodeDialer } from "./node-dialer.js";
import { NodeSessions } from "./node-sessions.js";

/** Nodes that a newcomer asks, one naming the next as the master, before it gives up. */
const JOIN_HOPS_MAX = 3;

export class Mesh {
  readonly wheel: DeadlineWheel;
  readonly #directory: DirectoryKeeper;
  readonly #doubts = new Doubts();
  readonly #dialer: NodeDialer;
  readonly #nodes: NodeSessions;
  readonly #clients: ClientSessions;
  readonly #admission: Admission;
  readonly #liveness: Liveness;
  #listener: Listener | undefined;
  #advertised = "";
  #closed = false;

  constructor(readonly options: MeshOptions) {
    const wheel = new DeadlineWheel(options.clock);
    const handlers: RequestHandlers<Session> = {
      ...options.handlers,
      "cluster.register": {
        handle: ({ control: { offer }, peer }) => {
          this.#nodes.assertOwn(peer, offer);
          return { control: { directory: this.#directory.register(offer) } };
        },
      },
    };
    const directory = new DirectoryKeeper(options, {
      learned: (now, before) => {
        this.#nodes.follow(now, before);
        options.onDirectory?.(now);
      },
      changed: (now) => this.#nodes.tellAll("cluster.directory", { directory: now }),
    });
    const doubts = this.#doubts;
    const dialer = new NodeDialer(options, directory);
    const nodes = new NodeSessions({ options, wheel, handlers, directory, doubts, dialer });
    const clients = new ClientSessions(options, wheel, handlers);
    this.wheel = wheel;
    this.#directory = directory;
    this.#dialer = dialer;
    this.#nodes = nodes;
    this.#clients = clients;
    this.#admission = new Admission({ options, directory, nodes, clients, dialer });
    this.#liveness = new Liveness({ clock: options.clock, directory, doubts, nodes, clients, dialer });
  }

  /**
   * Starts listening; nobody is let in before {@link found} or {@link join} has succeeded.
   * @param advertise - `host:port` (or `host`, or `host:0`) that others use to reach this node. @defaultValue where it listens
   * @returns the address that others use.
   */
  async listen(address: string, advertise?: string): Promise<string> {
    this.#listener = await this.options.transport.listen(address, (link) => {
      void this.#admission.accept(link);
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
    this.#directory.found(foundDirectory(clusterId, this.#dialer.offer(this.#advertised)));
    this.#liveness.start();
    return this.directory;
  }

  /**
   * Registers with the master of the cluster that `address` belongs to.
   * @throws {@link Eau2Error} `PEER_GONE`, `DENIED`, `VERSION_MISMATCH`, `CLUSTER_MISMATCH`, `USAGE` (the name is taken).
   */
  async join(address: string): Promise<Directory> {
    let at = address;
    for (let hops = 0; hops < JOIN_HOPS_MAX; hops++) {
      const { pair, welcome } = await this.#dialer.dial(at);
      const { nodeId, incarnation, name } = welcome;
      const session = this.#nodes.open({ id: nodeId, incarnation, name, address: at });
      warnOfBuild(this.options, name, welcome.build);
      session.attach(pair);
      try {
        const offer = this.#dialer.offer(this.#advertised);
        const { control } = await session.request("cluster.register", { offer });
        this.#directory.registered(control.directory);
        this.#liveness.start();
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
    return this.#directory.current;
  }

  /** `host:port` where it listens, as this machine sees it; others use {@link self}'s address. */
  get boundAddress(): string | undefined {
    return this.#listener?.address;
  }

  get epoch(): number {
    return this.#directory.epoch;
  }

  get self(): DirectoryNode {
    return this.#directory.self;
  }

  get isMaster(): boolean {
    return this.#directory.isMaster;
  }

  /** The directory with what this node itself has seen: the master's word is stale when the master has gone. */
  view(): Directory {
    return this.#doubts.appliedTo(this.directory, this.options.id);
  }

  owner(shard: number): ShardOwner {
    return ownerOfShard(this.directory, shard);
  }

  /**
   * The session with another node; its links are opened by the first request.
   * @throws {@link Eau2Error} `NODE_GONE` when the directory does not list it or says that it has gone, `PEER_GONE` when it
   * was found gone a short time ago.
   */
  session(id: NodeId): Session {
    return this.#nodes.reach(id);
  }

  /** Every session with a node or a client that has not ended. */
  get sessions(): Session[] {
    return [...this.#nodes.all, ...this.#clients.all].filter((session) => session.state !== "gone");
  }

  /**
   * Says goodbye to all and stops listening. Resolves when nobody can reach this node any more; the links send what is
   * queued and have ended 2 s later, so a process with nothing else to do ends by itself.
   */
  async close(reason: string): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#admission.refuseAll();
    this.#liveness.close();
    this.#dialer.close();
    for (const session of this.sessions) session.leave(reason);
    this.#admission.close(reason);
    await this.#listener?.close();
    this.wheel.close();
  }
}
