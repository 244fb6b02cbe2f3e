/**
 * From a link that came in to a pair of links with somebody known: the gate, the hello, and the wait for the second link of
 * the pair. Whoever stands between these has a bounded place and a bounded time.
 */
import { Eau2Error, type LinkHello, type LinkPurpose, toEau2Error } from "@eau2/protocol";
import { passGateAccepting } from "../gate/gate.js";
import { Channel } from "../session/channel.js";
import type { ChannelPair } from "../session/outgoing-requests.js";
import type { Link } from "../transport/transport.js";
import { checkHello } from "./check-hello.js";
import type { ClientSessions } from "./client-sessions.js";
import type { DirectoryKeeper } from "./directory-keeper.js";
import { awaitHello, refuseHello } from "./hello.js";
import type { MeshOptions } from "./mesh-options.js";
import type { NodeDialer } from "./node-dialer.js";
import type { NodeSessions } from "./node-sessions.js";

/** First links of pairs whose second one has not come yet. */
const HALF_PAIRS_MAX = 256;
const HALF_PAIR_TIMEOUT_MS = 5_000;

interface HalfPair {
  readonly channels: Partial<Record<LinkPurpose, Channel>>;
  readonly cancelTimer: () => void;
}

export interface AdmissionParts {
  readonly options: MeshOptions;
  readonly directory: DirectoryKeeper;
  readonly nodes: NodeSessions;
  readonly clients: ClientSessions;
  readonly dialer: NodeDialer;
}

export class Admission {
  /** Links that have not said who they are. */
  readonly #strangers = new Set<Link>();
  readonly #halfPairs = new Map<string, HalfPair>();
  #closed = false;

  constructor(private readonly parts: AdmissionParts) {}

  async accept(link: Link): Promise<void> {
    const { options, dialer } = this.parts;
    this.#strangers.add(link);
    try {
      const channel = new Channel(await passGateAccepting(link, options), dialer.identity);
      const hello = await awaitHello(channel, options.clock);
      this.#admit(channel, hello);
    } catch (error) {
      options.log("debug", `connection from ${link.remote} refused: ${toEau2Error(error).message}`);
    } finally {
      this.#strangers.delete(link);
    }
  }

  /** Nobody is let in any more. */
  refuseAll(): void {
    this.#closed = true;
  }

  /** Ends what has not become a session. */
  close(reason: string): void {
    this.refuseAll();
    for (const link of this.#strangers) link.destroy(reason);
    for (const half of this.#halfPairs.values()) {
      half.cancelTimer();
      for (const channel of Object.values(half.channels)) channel.destroy(reason);
    }
    this.#halfPairs.clear();
  }

  #admit(channel: Channel, hello: LinkHello): void {
    try {
      this.#check(hello);
    } catch (error) {
      refuseHello(channel, error);
      throw error;
    }
    const key = `${hello.role} ${hello.nodeId} ${hello.incarnation} ${hello.pair}`;
    const half = this.#halfPairs.get(key) ?? this.#firstHalf(key, channel);
    if (half.channels[hello.purpose] !== undefined) {
      refuseHello(channel, new Eau2Error("DATA_INVALID", `a second ${hello.purpose} link of one pair`));
      return;
    }
    half.channels[hello.purpose] = channel;
    const { id, name, incarnation, build } = this.parts.options;
    channel.send("link.welcome", {
      control: { build, nodeId: id, name, incarnation, clusterId: this.parts.directory.current.clusterId },
    });
    const { control, data } = half.channels;
    if (control === undefined || data === undefined) return;
    half.cancelTimer();
    this.#halfPairs.delete(key);
    this.#attach(hello, { control, data });
  }

  #check(hello: LinkHello): void {
    const { options, directory, nodes, clients } = this.parts;
    const session = nodes.get(hello.nodeId);
    checkHello(hello, {
      id: options.id,
      clusterId: directory.current.clusterId,
      closed: this.#closed,
      sessionCount: nodes.size + clients.size,
      isKnown: hello.role === "client" ? clients.has(hello) : session !== undefined,
      session: session && { state: session.state, incarnation: session.options.incarnation },
    });
  }

  #firstHalf(key: string, channel: Channel): HalfPair {
    if (this.#halfPairs.size >= HALF_PAIRS_MAX) {
      const full = new Eau2Error("BUSY", `${HALF_PAIRS_MAX} peers are connecting; try again`);
      refuseHello(channel, full);
      throw full;
    }
    const cancelTimer = this.parts.options.clock.after(HALF_PAIR_TIMEOUT_MS, () => {
      this.#halfPairs.delete(key);
      channel.destroy("its pair was never completed");
    });
    const half: HalfPair = { channels: {}, cancelTimer };
    this.#halfPairs.set(key, half);
    return half;
  }

  #attach(hello: LinkHello, pair: ChannelPair): void {
    if (hello.role === "client") this.parts.clients.attach(hello, pair);
    else this.parts.nodes.attach(hello, pair);
  }
}
