/** Dialing: from an address to a pair of trusted, introduced links. The same for nodes and for clients. */
import { Eau2Error, type LinkHello, LinkPurpose, type LinkWelcome } from "@eau2/protocol";
import type { Clock, Random } from "../clock.js";
import { randomUint32 } from "../clock.js";
import { passGateDialing } from "../gate/gate.js";
import { Channel, type FrameIdentity } from "../session/channel.js";
import type { ChannelPair } from "../session/outgoing-requests.js";
import type { Link, Transport } from "../transport/transport.js";
import { sayHello } from "./hello.js";

export interface Endpoint {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Proved in both directions, never sent. At least 16 bytes. */
  readonly token: Uint8Array;
}

export interface DialedPair {
  readonly pair: ChannelPair;
  readonly welcome: LinkWelcome;
}

/**
 * Opens both links to a peer.
 * @param hello - who we are; purpose and pair number are filled in.
 * @param expected - whom to find there; anybody else counts as refused.
 * @param signal - aborted when the pair is no longer wanted.
 */
export const dialPair = async (
  endpoint: Endpoint,
  address: string,
  hello: Omit<LinkHello, "purpose" | "pair">,
  identity: () => FrameIdentity,
  expected?: { readonly nodeId: string; readonly incarnation: number },
  signal?: AbortSignal,
): Promise<DialedPair> => {
  const pair = randomUint32(endpoint.random);
  const open: Partial<Record<LinkPurpose, Channel>> = {};
  let welcome: LinkWelcome | undefined;
  let link: Link | undefined;
  const abort = () => link?.destroy("the dial was given up");
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for (const purpose of LinkPurpose.options) {
      link = await endpoint.transport.connect(address, signal);
      if (signal?.aborted) abort();
      const channel = new Channel(await passGateDialing(link, endpoint), identity);
      open[purpose] = channel;
      welcome = await sayHello(channel, endpoint.clock, { ...hello, purpose, pair } as LinkHello);
      if (
        expected !== undefined &&
        (welcome.nodeId !== expected.nodeId || welcome.incarnation !== expected.incarnation)
      ) {
        throw new Eau2Error("PEER_GONE", `${address} is now ${welcome.name}, another start of eau2`, {
          address,
          refused: 1,
        });
      }
    }
  } catch (error) {
    for (const channel of Object.values(open)) channel.destroy("the other link of the pair could not be opened");
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
  return { pair: { control: open.control!, data: open.data! }, welcome: welcome! };
};
