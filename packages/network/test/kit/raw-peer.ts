/** A peer that has proved the token and then does what it likes: frames are sent and seen one by one. */
import { type LinkHello, NodeId, PROTOCOL_VERSION } from "@eau2/protocol";
import { dialPair } from "../../src/mesh/endpoint.js";
import type { ChannelFrame } from "../../src/session/channel.js";
import type { ChannelPair } from "../../src/session/outgoing-requests.js";
import type { Link, Transport } from "../../src/transport/transport.js";
import { type SimulatedCluster, TOKEN } from "./simulated-cluster.js";

export interface RawPeer {
  readonly pair: ChannelPair;
  /** The links below the channels: control, then data. */
  readonly links: readonly Link[];
  readonly frames: ChannelFrame[];
  readonly closes: string[];
  ofKind(kind: ChannelFrame["kind"]): ChannelFrame[];
}

export const INCARNATION = 77;

export const rawPeer = async (
  cluster: SimulatedCluster,
  at: string,
  hello: Partial<LinkHello> = {},
): Promise<RawPeer> => {
  const { simulation, network } = cluster;
  const links: Link[] = [];
  const inner = network.transport("raw");
  const transport: Transport = {
    listen: (address, accept) => inner.listen(address, accept),
    connect: async (address, signal) => {
      const link = await inner.connect(address, signal);
      links.push(link);
      return link;
    },
  };
  const endpoint = { transport, clock: simulation.clock, random: simulation.random, token: TOKEN };
  const identity = () => ({ epoch: 0, incarnation: INCARNATION });
  const introduction = {
    protocolVersion: PROTOCOL_VERSION,
    build: "test",
    role: "client" as const,
    nodeId: NodeId.parse("raw"),
    name: "raw",
    incarnation: INCARNATION,
    ...hello,
  };
  const { pair } = await simulation.until(dialPair(endpoint, at, introduction, identity));
  const frames: ChannelFrame[] = [];
  const closes: string[] = [];
  for (const channel of [pair.control, pair.data])
    channel.handle({ frame: (frame) => frames.push(frame), close: (reason) => closes.push(reason) });
  return { pair, links, frames, closes, ofKind: (kind) => frames.filter((frame) => frame.kind === kind) };
};
