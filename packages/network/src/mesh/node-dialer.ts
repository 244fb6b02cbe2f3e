/** How this node introduces itself, and its links to other nodes. */
import { type LinkHello, type NodeOffer, PROTOCOL_VERSION } from "@eau2/protocol";
import type { FrameIdentity } from "../session/channel.js";
import type { DirectoryKeeper } from "./directory-keeper.js";
import { type DialedPair, dialPair } from "./endpoint.js";
import type { MeshOptions } from "./mesh-options.js";

export class NodeDialer {
  /** Ends dials that no session owns. */
  readonly #closing = new AbortController();

  constructor(
    private readonly options: MeshOptions,
    private readonly directory: DirectoryKeeper,
  ) {}

  /** Stands in every frame that this node sends. */
  readonly identity = (): FrameIdentity => ({ epoch: this.directory.epoch, incarnation: this.options.incarnation });

  /** @param signal - @defaultValue aborted when this node closes */
  dial(
    address: string,
    expected?: { readonly nodeId: string; readonly incarnation: number },
    signal: AbortSignal = this.#closing.signal,
  ): Promise<DialedPair> {
    return dialPair(this.options, address, this.#hello(), this.identity, expected, signal);
  }

  offer(address: string): NodeOffer {
    const { id, name, incarnation, shardCount, build } = this.options;
    return { id, name, incarnation, shardCount, build, address };
  }

  close(): void {
    this.#closing.abort();
  }

  #hello(): Omit<LinkHello, "purpose" | "pair"> {
    const { build, id, name, incarnation, clusterId } = this.options;
    const cluster = this.directory.known?.clusterId ?? clusterId;
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
}
