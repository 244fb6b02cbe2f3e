/**
 * Hosts on a network whose faults come from a seed: every message is delayed (in order per link), links stall, break with
 * the loss of what is in flight, and hosts are cut off or killed. Reconnecting and delivering again is the work of the
 * session above; this is what it is tried on.
 */
import { Eau2Error } from "@eau2/protocol";
import type { Message } from "@eau2/serialization";
import { Arrivals, copyOf } from "../transport/arrivals.js";
import { LinkInbox } from "../transport/link-inbox.js";
import type { Link, LinkHandlers, Listener, Transport } from "../transport/transport.js";
import type { Simulation } from "./simulation.js";

export interface Faults {
  /** Shortest and longest delay of a message. @defaultValue 1 and 20 */
  readonly delayMinMs: number;
  readonly delayMaxMs: number;
  /** Probability that a message arrives `stallMs` late, and with it everything behind it. @defaultValue 0 */
  readonly stallChance: number;
  readonly stallMs: number;
  /** Probability that a link breaks instead of delivering a message. @defaultValue 0 */
  readonly breakChance: number;
}

const CALM: Faults = { delayMinMs: 1, delayMaxMs: 20, stallChance: 0, stallMs: 2_000, breakChance: 0 };

interface Host {
  readonly name: string;
  alive: boolean;
  readonly links: Set<SimulatedLink>;
}

class SimulatedLink implements Link {
  readonly inbox = new LinkInbox();
  readonly arrivals = new Arrivals(this.inbox, (reason) => this.destroy(reason));
  peer!: SimulatedLink;
  bufferedBytes = 0;
  /** When the last message that was sent here arrives; the next one not before. */
  #lastArrivalMs = 0;
  /** What would have arrived while the hosts were cut off from each other, in order. */
  #parked: (() => void)[] = [];
  #unflushed = new Set<{ readonly flushed: () => void }>();

  constructor(
    readonly remote: string,
    readonly host: Host,
    private readonly network: SimulatedNetwork,
  ) {
    host.links.add(this);
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
    const waiter = flushed && { flushed };
    if (waiter !== undefined) this.#unflushed.add(waiter);
    const taken = () => {
      this.bufferedBytes -= bytes.length;
      if (waiter !== undefined && this.#unflushed.delete(waiter)) waiter.flushed();
    };
    this.#later(() => {
      // A link that broke delivers nothing behind the gap; it has flushed everything.
      if (this.inbox.closed) return;
      const { random } = this.network.simulation;
      if (random.chance(this.network.faults.breakChance)) {
        this.destroy("simulated break");
        return;
      }
      this.peer.arrivals.add(bytes, taken);
    });
  }

  trust(): void {
    this.arrivals.trust();
  }

  pause(): void {
    this.arrivals.pause();
  }

  resume(): void {
    this.arrivals.resume();
  }

  close(): void {
    this.#later(() => this.destroy("closed"));
  }

  destroy(reason: string): void {
    if (this.inbox.closed) return;
    this.host.links.delete(this);
    this.inbox.close(reason);
    this.arrivals.letGo();
    for (const { flushed } of this.#unflushed) this.network.simulation.clock.soon(flushed);
    this.#unflushed.clear();
    // The other side hears of it later, and never while the network between them is cut.
    this.#later(() => this.peer.destroy(reason));
  }

  /** The cut is over: what TCP kept sending again arrives, before anything newer. */
  unpark(): void {
    const { simulation, faults } = this.network;
    simulation.clock.after(faults.delayMinMs, () => {
      if (this.network.isCut(this.host, this.peer.host)) {
        this.network.parked.add(this);
        return;
      }
      const parked = this.#parked;
      this.#parked = [];
      for (const run of parked) run();
    });
  }

  /** Runs when a message that leaves now arrives. */
  #later(run: () => void): void {
    const { simulation, faults } = this.network;
    const { random, clock } = simulation;
    let delayMs = faults.delayMinMs + random.below(faults.delayMaxMs - faults.delayMinMs + 1);
    if (random.chance(faults.stallChance)) delayMs += faults.stallMs;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, clock.now() + delayMs);
    clock.after(this.#lastArrivalMs - clock.now(), () => {
      const isCut = this.network.isCut(this.host, this.peer.host);
      if (!isCut && this.#parked.length === 0) {
        run();
        return;
      }
      this.#parked.push(run);
      if (isCut) this.network.parked.add(this);
    });
  }
}

export class SimulatedNetwork {
  faults: Faults = CALM;
  readonly listeners = new Map<string, { host: Host; accept: (link: Link) => void }>();
  /** Links on which something waits for the end of a cut. */
  readonly parked = new Set<SimulatedLink>();
  #hosts = new Map<string, Host>();
  #cuts = new Set<string>();
  #nextPort = 1;

  constructor(readonly simulation: Simulation) {}

  /** The transport of one host; asking again after {@link kill} is the host's restart. */
  transport(name: string): Transport {
    const host: Host = { name, alive: true, links: new Set() };
    this.#hosts.set(name, host);
    return new SimulatedTransport(host, this, () => this.#nextPort++);
  }

  setFaults(faults: Partial<Faults>): void {
    this.faults = { ...CALM, ...faults };
  }

  /** Nothing passes between two hosts, in either direction, until {@link heal}; they see silence. */
  cut(a: string, b: string): void {
    this.#cuts.add(`${a} ${b}`).add(`${b} ${a}`);
  }

  heal(): void {
    this.#cuts.clear();
    for (const link of this.parked) link.unpark();
    this.parked.clear();
  }

  isCut(a: Host, b: Host): boolean {
    return this.#cuts.has(`${a.name} ${b.name}`);
  }

  /** Breaks every link between two hosts now. */
  breakLinks(a: string, b: string): void {
    for (const link of [...(this.#hosts.get(a)?.links ?? [])])
      if (link.peer.host.name === b) link.destroy("simulated break");
  }

  /** Links between two hosts that `a` has not closed. */
  linksBetween(a: string, b: string): number {
    return [...(this.#hosts.get(a)?.links ?? [])].filter((link) => link.peer.host.name === b).length;
  }

  /** Ends a host as `kill -9` does: its links close, nobody listens there any more. Its own code must be stopped by the caller. */
  kill(name: string): void {
    const host = this.#hosts.get(name);
    if (host === undefined) return;
    host.alive = false;
    for (const [address, listener] of this.listeners) if (listener.host === host) this.listeners.delete(address);
    for (const link of [...host.links]) link.destroy("the host was killed");
  }
}

class SimulatedTransport implements Transport {
  constructor(
    private readonly host: Host,
    private readonly network: SimulatedNetwork,
    private readonly nextPort: () => number,
  ) {}

  async listen(address: string, accept: (link: Link) => void): Promise<Listener> {
    const { listeners } = this.network;
    const bound = address.endsWith(":0") ? `${address.slice(0, -1)}${this.nextPort()}` : address;
    if (listeners.has(bound)) {
      throw new Eau2Error("PORT_IN_USE", `listen on ${bound}: the address is in use; choose another port`, {
        address: bound,
      });
    }
    listeners.set(bound, { host: this.host, accept });
    return {
      address: bound,
      close: async () => {
        listeners.delete(bound);
      },
    };
  }

  connect(address: string, signal?: AbortSignal): Promise<Link> {
    const { simulation, faults } = this.network;
    return new Promise((resolve, reject) => {
      const cancelled = () => reject(new Eau2Error("CANCELLED", `connect to ${address}: cancelled`));
      if (signal?.aborted) return cancelled();
      signal?.addEventListener("abort", cancelled, { once: true });
      const delayMs = faults.delayMinMs + simulation.random.below(faults.delayMaxMs - faults.delayMinMs + 1);
      simulation.clock.after(2 * delayMs, () => {
        signal?.removeEventListener("abort", cancelled);
        if (signal?.aborted) return;
        const listener = this.network.listeners.get(address);
        if (!this.host.alive) return; // nobody is there to hear it
        if (listener !== undefined && this.network.isCut(this.host, listener.host)) {
          const unreachable = new Eau2Error("PEER_GONE", `connect to ${address}: no answer`, { address });
          simulation.clock.after(3_000, () => reject(unreachable));
          return;
        }
        if (listener === undefined) {
          const refused = { address, refused: 1 };
          return reject(
            new Eau2Error("PEER_GONE", `connect to ${address}: nobody listens there; is the node running?`, refused),
          );
        }
        const here = new SimulatedLink(address, this.host, this.network);
        const there = new SimulatedLink(this.host.name, listener.host, this.network);
        here.peer = there;
        there.peer = here;
        here.trust();
        listener.accept(there);
        resolve(here);
      });
    });
  }
}
