/**
 * Everything between this process and one other: a pair of links (control and data) that is dialed on first use and
 * again when it breaks, the requests of both sides, and whether the other is still there. A session ends for good when the
 * peer says goodbye, refuses to be dialed, or is judged gone; all that wait for it are then told `PEER_GONE`.
 */
import {
  Eau2Error,
  EVENTS,
  type EventKind,
  type EventOf,
  isEau2Error,
  isEventKind,
  isRequestKind,
  type RequestKind,
  type RequestOf,
  StreamCredit,
  toEau2Error,
} from "@eau2/protocol";
import { decodeControl, FLAG_REPLY_STREAM } from "@eau2/serialization";
import type { Clock } from "../clock.js";
import type { Channel, ChannelFrame } from "./channel.js";
import type { DeadlineWheel } from "./deadline-wheel.js";
import { IncomingRequests } from "./incoming-requests.js";
import { type ChannelPair, OutgoingRequests } from "./outgoing-requests.js";
import type { Reply, RequestHandlers, RequestOptions } from "./request-types.js";

/** Dials in a row that nobody answered before the peer counts as gone. */
const REFUSED_DIALS_MAX = 3;
const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 2_000;

export type SessionState = "idle" | "dialing" | "up" | "down" | "gone";

export interface SessionOptions {
  /** Who it is, for people. */
  readonly remote: string;
  /** The peer's incarnation; frames of another one end the link. Unknown until the first welcome. */
  incarnation: number | undefined;
  readonly clock: Clock;
  readonly wheel: DeadlineWheel;
  /** Makes a pair of links; absent for peers that cannot be dialed (clients). */
  readonly dial: ((session: Session, signal: AbortSignal) => Promise<ChannelPair>) | undefined;
  /** Redial whenever the links break, not only when somebody waits. */
  readonly keepAlive: boolean;
  /** The peer is a client: it is in no directory and hosts nothing. @defaultValue false */
  readonly client?: boolean;
  readonly handlers: RequestHandlers<Session>;
  onEvent?(session: Session, kind: EventKind, control: unknown): void;
  onUp?(session: Session): void;
  onGone?(session: Session, reason: string): void;
}

/** Dials that failed like this fail again: whoever waits is told at once. */
const isFinal = (error: Eau2Error): boolean =>
  error.code === "DENIED" ||
  error.code === "VERSION_MISMATCH" ||
  error.code === "CLUSTER_MISMATCH" ||
  error.code === "USAGE";

export class Session {
  readonly outgoing: OutgoingRequests;
  readonly incoming: IncomingRequests<Session>;
  /** When the last frame arrived, and since when there are no links. */
  lastHeardMs: number;
  downSinceMs: number;
  goneReason: string | undefined;
  goneAtMs = 0;
  /** One of the two sides said goodbye. */
  hasLeft = false;
  #state: SessionState = "idle";
  #pair: ChannelPair | undefined;
  #refusedInRow = 0;
  #attempts = 0;
  #cancelRetry: (() => void) | undefined;
  #dialing: AbortController | undefined;

  constructor(readonly options: SessionOptions) {
    const { remote, clock, wheel, handlers } = options;
    this.outgoing = new OutgoingRequests(remote, clock, wheel);
    this.incoming = new IncomingRequests<Session>(this, handlers, wheel);
    this.lastHeardMs = clock.now();
    this.downSinceMs = clock.now();
  }

  get state(): SessionState {
    return this.#state;
  }

  get isClient(): boolean {
    return this.options.client ?? false;
  }

  get remote(): string {
    return this.options.remote;
  }

  /** Whether a dial is under way (the tie between two that dial each other is broken by who asks). */
  get dialing(): boolean {
    return this.#state === "dialing";
  }

  /**
   * Asks the peer. Links are opened on first use; a request whose link breaks is sent again on the next one.
   * @throws {@link Eau2Error} the peer's own error; `PEER_GONE`, `DEADLINE`, `CANCELLED`, `BUSY`; `DENIED`, `VERSION_MISMATCH`
   * or `CLUSTER_MISMATCH` when the peer does not let us in.
   */
  request<K extends RequestKind>(kind: K, control: RequestOf<K>, options: RequestOptions<K> = {}): Promise<Reply<K>> {
    if (this.#state === "gone") {
      options.body?.release?.();
      const why = this.goneReason ?? "it has gone";
      return Promise.reject(new Eau2Error("PEER_GONE", `${kind} to ${this.remote}: ${why}`, { peer: this.remote }));
    }
    const unused = this.outgoing.count === 0 && !this.options.keepAlive && this.#state === "down";
    const reply = this.outgoing.request(kind, control, options);
    if (unused || this.#state === "idle") {
      // Nobody has listened for this peer: its silence counts from now.
      this.lastHeardMs = this.options.clock.now();
      this.downSinceMs = this.lastHeardMs;
    }
    this.ensureUp();
    return reply;
  }

  /** Tells the peer something that is not answered; lost when there is no link. */
  event<K extends EventKind>(kind: K, control: EventOf<K>): void {
    this.#pair?.control.send(kind, { control });
  }

  /** Dials unless there are links or a dial is under way. */
  ensureUp(): void {
    if (this.#pair !== undefined || this.options.dial === undefined) return;
    if (this.#state === "dialing" || this.#state === "gone" || this.#cancelRetry !== undefined) return;
    void this.#dial(this.options.dial);
  }

  /** Takes a pair of links that the peer has dialed into use, in place of the one before and of a dial of our own. */
  attach(pair: ChannelPair): void {
    this.#dialing?.abort();
    this.#attach(pair);
  }

  #attach(pair: ChannelPair): void {
    if (this.#state === "gone") {
      pair.control.destroy("the session is over");
      pair.data.destroy("the session is over");
      return;
    }
    if (this.#pair !== undefined) this.#drop(this.#pair, "replaced by a newer pair of links");
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#pair = pair;
    this.#state = "up";
    this.#refusedInRow = 0;
    this.#attempts = 0;
    this.lastHeardMs = this.options.clock.now();
    // Before anything is delivered: a request that was held must find the links that its answer goes out on.
    this.incoming.attach(pair);
    this.outgoing.attach(pair);
    for (const channel of [pair.control, pair.data]) {
      channel.handle({
        frame: (frame) => this.#frame(channel, frame),
        drained: () => this.outgoing.sendMore(),
        close: (reason) => this.#closed(pair, reason),
      });
      // What was held may have ended the pair already.
      if (this.#pair !== pair) return;
    }
    this.options.onUp?.(this);
  }

  /** Time that this process was itself held up is not the peer's silence. */
  forgive(lostMs: number): void {
    const nowMs = this.options.clock.now();
    this.lastHeardMs = Math.min(nowMs, this.lastHeardMs + lostMs);
    this.downSinceMs = Math.min(nowMs, this.downSinceMs + lostMs);
  }

  /** Asks for a sign of life. */
  ping(): void {
    if (this.#pair === undefined) return;
    this.#pair.control.send("link.ping", {});
    this.outgoing.pinged();
  }

  /** Says goodbye and ends the session; what waits on either side is told. */
  leave(reason: string): void {
    this.hasLeft = true;
    const pair = this.#pair;
    if (pair !== undefined) {
      this.#pair = undefined;
      // On both: the end of one link may be heard before what was said on the other.
      for (const channel of [pair.control, pair.data]) {
        channel.send("link.bye", { control: { reason: reason.slice(0, 256) } });
        channel.close();
      }
    }
    this.end(reason);
  }

  /** Judged gone: nothing is sent any more. */
  end(reason: string): void {
    if (this.#state === "gone") return;
    this.#state = "gone";
    this.goneReason = reason;
    this.goneAtMs = this.options.clock.now();
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#dialing?.abort();
    if (this.#pair !== undefined) this.#drop(this.#pair, reason);
    const error = new Eau2Error("PEER_GONE", reason, { peer: this.remote });
    this.outgoing.detach();
    this.outgoing.failAll(error);
    this.incoming.abortAll(error);
    this.options.onGone?.(this, reason);
  }

  #drop(pair: ChannelPair, reason: string): void {
    this.#pair = undefined;
    this.outgoing.detach();
    this.incoming.detach();
    pair.control.destroy(reason);
    pair.data.destroy(reason);
  }

  #closed(pair: ChannelPair, reason: string): void {
    if (this.#pair !== pair) return;
    this.#drop(pair, reason);
    this.#state = "down";
    this.downSinceMs = this.options.clock.now();
    this.#redial();
  }

  #redial(): void {
    const { dial, keepAlive } = this.options;
    if (dial === undefined || (!keepAlive && this.outgoing.count === 0) || this.#cancelRetry !== undefined) return;
    const delayMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.max(0, this.#attempts - 1));
    this.#cancelRetry = this.options.clock.after(this.#attempts === 0 ? 0 : delayMs, () => {
      this.#cancelRetry = undefined;
      this.ensureUp();
    });
  }

  async #dial(dial: NonNullable<SessionOptions["dial"]>): Promise<void> {
    this.#state = "dialing";
    this.#attempts++;
    const controller = new AbortController();
    this.#dialing = controller;
    try {
      const pair = await dial(this, controller.signal);
      // While we dialed, the peer may have dialed us: its links are in use, ours are not needed.
      if (this.#pair === undefined) this.#attach(pair);
      else {
        pair.control.close();
        pair.data.close();
      }
    } catch (thrown) {
      // Given up for links that came meanwhile, or followed by another dial: this one has no say any more.
      if (this.#pair !== undefined || this.#dialing !== controller || this.#stateIs("gone")) return;
      this.#state = "down";
      const error = toEau2Error(thrown);
      if (isFinal(error)) {
        this.outgoing.failAll(error);
        if (this.options.keepAlive) this.#redial();
        return;
      }
      this.#refusedInRow = isEau2Error(error, "PEER_GONE") && error.details.refused === 1 ? this.#refusedInRow + 1 : 0;
      if (this.#refusedInRow >= REFUSED_DIALS_MAX) this.end(error.message);
      else this.#redial();
    }
  }

  /** For use after an `await`, where the compiler still believes the old state. */
  #stateIs(state: SessionState): boolean {
    return this.#state === state;
  }

  #frame(channel: Channel, frame: ChannelFrame): void {
    const { kind, header } = frame;
    this.options.incarnation ??= header.incarnation;
    if (header.incarnation !== this.options.incarnation) {
      channel.destroy(`a frame of incarnation ${header.incarnation}, expected ${this.options.incarnation}`);
      return;
    }
    this.lastHeardMs = this.options.clock.now();
    switch (kind) {
      case "link.ping":
        channel.send("link.pong", {});
        return;
      case "link.pong":
        this.outgoing.ponged();
        return;
      case "link.bye":
        this.hasLeft = true;
        this.end(`${this.remote} has left`);
        return;
      case "request.cancel":
        this.incoming.cancel(header.id);
        return;
      case "stream.data":
        if ((header.flags & FLAG_REPLY_STREAM) !== 0) this.outgoing.streamData(frame);
        else this.incoming.streamData(frame);
        return;
      case "stream.credit": {
        const { bytes } = StreamCredit.parse(decodeControl(frame.control));
        if ((header.flags & FLAG_REPLY_STREAM) !== 0) this.incoming.credit(header.id, bytes);
        else this.outgoing.credit(header.id, bytes);
        return;
      }
      case "reply.ok":
      case "reply.error":
        this.outgoing.reply(channel, frame);
        return;
      case "link.hello":
      case "link.welcome":
      case "link.refuse":
        channel.destroy(`${kind} in the middle of a session`);
        return;
      default:
        if (isRequestKind(kind)) this.incoming.request(channel, frame, kind);
        else if (isEventKind(kind))
          this.options.onEvent?.(this, kind, EVENTS[kind].parse(decodeControl(frame.control)));
        else kind satisfies never;
    }
  }
}
