/** A client's way into a cluster: one session with one node, which asks the others on its behalf. */
import { type ClusterId, type EventKind, type LinkHello, NodeId, PROTOCOL_VERSION } from "@eau2/protocol";
import { randomHex, randomUint32 } from "../clock.js";
import { HEARTBEAT_MS, judgePeer, lostTime } from "../membership/failure-detector.js";
import { DeadlineWheel } from "../session/deadline-wheel.js";
import { Session } from "../session/session.js";
import { dialPair, type Endpoint } from "./endpoint.js";

export interface ClientOptions extends Endpoint {
  /** Who asks, for people. */
  readonly name: string;
  readonly build: string;
  readonly clusterId?: ClusterId;
  onEvent?(kind: EventKind, control: unknown): void;
}

export interface Client {
  readonly session: Session;
  readonly clusterId: ClusterId;
  close(): void;
}

/**
 * Connects to the node at `address`. Broken links are made again by themselves; when the node has gone, requests fail.
 * @throws {@link Eau2Error} `PEER_GONE`, `DENIED`, `VERSION_MISMATCH`, `CLUSTER_MISMATCH`.
 */
export const connectClient = async (address: string, options: ClientOptions): Promise<Client> => {
  const { clock, random, name, build, clusterId } = options;
  const wheel = new DeadlineWheel(clock);
  const incarnation = randomUint32(random);
  const nodeId = NodeId.parse(`client-${randomHex(random, 8)}`);
  const hello: Omit<LinkHello, "purpose" | "pair"> = {
    protocolVersion: PROTOCOL_VERSION,
    build,
    role: "client",
    nodeId,
    name,
    incarnation,
    ...(clusterId === undefined ? {} : { clusterId }),
  };
  const identity = () => ({ epoch: 0, incarnation });
  const { pair, welcome } = await dialPair(options, address, hello, identity);
  const session = new Session({
    remote: `node ${welcome.name} (${address})`,
    incarnation: welcome.incarnation,
    clock,
    wheel,
    keepAlive: true,
    handlers: {},
    dial: async (_session, signal) => (await dialPair(options, address, hello, identity, welcome, signal)).pair,
    onEvent: (_session, kind, control) => options.onEvent?.(kind, control),
  });
  session.attach(pair);
  let lastTickMs = clock.now();
  const tick = () => {
    if (session.state === "gone") return;
    cancelTick = clock.after(HEARTBEAT_MS, tick);
    const nowMs = clock.now();
    const lostMs = lostTime(lastTickMs, nowMs);
    lastTickMs = nowMs;
    session.forgive(lostMs);
    const { lastHeardMs, downSinceMs } = session;
    const signs = { up: session.state === "up", lastHeardMs, downSinceMs, dialable: true };
    if (judgePeer(signs, nowMs) === "gone") session.end("it has been silent for too long");
    else session.ping();
  };
  let cancelTick = clock.after(HEARTBEAT_MS, tick);
  return {
    session,
    clusterId: welcome.clusterId,
    close: () => {
      cancelTick();
      session.leave("the client has closed");
      wheel.close();
    },
  };
};
