/**
 * A transport inside one process: what embedded use runs on. Messages are copied when they are sent, as a socket would,
 * so a sender may free its memory as soon as it is told that they are flushed.
 */
import { Eau2Error } from "@eau2/protocol";
import type { Message } from "@eau2/serialization";
import type { Clock } from "../clock.js";
import { Arrivals, copyOf } from "../transport/arrivals.js";
import { LinkInbox } from "../transport/link-inbox.js";
import {
  type Link,
  type LinkHandlers,
  type Listener,
  type Transport,
  UNTRUSTED_LINKS_MAX,
} from "../transport/transport.js";

class MemoryLink implements Link {
  readonly inbox = new LinkInbox();
  peer!: MemoryLink;
  readonly arrivals = new Arrivals(this.inbox, (reason) => this.destroy(reason));
  bufferedBytes = 0;
  #onTrustOrClose: (() => void) | undefined;

  constructor(
    readonly remote: string,
    private readonly clock: Clock,
    onTrustOrClose?: () => void,
  ) {
    this.#onTrustOrClose = onTrustOrClose;
  }

  open(handlers: LinkHandlers): void {
    this.inbox.open(handlers);
  }

  send(message: Message, flushed?: () => void): void {
    if (this.inbox.closed) {
      flushed?.();
      return;
    }
    const bytes = copyOf(message);
    this.bufferedBytes += bytes.length;
    const taken = () => {
      this.bufferedBytes -= bytes.length;
      flushed?.();
    };
    this.clock.soon(() => this.peer.arrivals.add(bytes, taken));
  }

  trust(): void {
    this.arrivals.trust();
    this.#settle();
  }

  pause(): void {
    this.arrivals.pause();
  }

  resume(): void {
    this.arrivals.resume();
  }

  close(): void {
    // Behind everything that was sent: `soon` keeps the order.
    this.clock.soon(() => this.destroy("closed"));
  }

  destroy(reason: string): void {
    if (this.inbox.closed) return;
    this.#settle();
    this.inbox.close(reason);
    this.arrivals.letGo();
    this.clock.soon(() => this.peer.destroy(reason));
  }

  #settle(): void {
    this.#onTrustOrClose?.();
    this.#onTrustOrClose = undefined;
  }
}

/** Processes that can reach each other; every `MemoryTransport` of one network is one of them. */
export class MemoryNetwork {
  readonly listeners = new Map<string, (link: Link) => void>();
  readonly untrusted = new Map<string, number>();
  nextPort = 1;
}

export class MemoryTransport implements Transport {
  constructor(
    private readonly network: MemoryNetwork,
    private readonly clock: Clock,
  ) {}

  async listen(address: string, accept: (link: Link) => void): Promise<Listener> {
    const { listeners } = this.network;
    const bound = address.endsWith(":0") ? `${address.slice(0, -1)}${this.network.nextPort++}` : address;
    if (listeners.has(bound)) {
      throw new Eau2Error("PORT_IN_USE", `listen on ${bound}: the address is in use; choose another port`, {
        address: bound,
      });
    }
    listeners.set(bound, accept);
    return {
      address: bound,
      close: async () => {
        listeners.delete(bound);
      },
    };
  }

  async connect(address: string, signal?: AbortSignal): Promise<Link> {
    if (signal?.aborted) throw new Eau2Error("CANCELLED", `connect to ${address}: cancelled`);
    const { listeners, untrusted } = this.network;
    const accept = listeners.get(address);
    if (accept === undefined) {
      throw new Eau2Error("PEER_GONE", `connect to ${address}: nobody listens there; is the node running?`, {
        address,
        refused: 1,
      });
    }
    untrusted.set(address, (untrusted.get(address) ?? 0) + 1);
    const here = new MemoryLink(address, this.clock);
    const there = new MemoryLink("memory", this.clock, () => untrusted.set(address, untrusted.get(address)! - 1));
    here.peer = there;
    there.peer = here;
    // The limit protects listeners; whoever dialed asked for what comes.
    here.trust();
    if (untrusted.get(address)! > UNTRUSTED_LINKS_MAX)
      there.destroy("too many connections that have not proved the token");
    else this.clock.soon(() => accept(there));
    return here;
  }
}
