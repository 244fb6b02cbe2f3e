import {
  Eau2Error,
  ErrorRecord,
  isEau2Error,
  NO_TIME_LIMIT,
  REQUESTS,
  type RequestKind,
  toEau2Error,
  VALUE_BYTES_MAX,
} from "@eau2/protocol";
import { crc32, decodeControl, FLAG_STREAMED } from "@eau2/serialization";
import type { Clock } from "../clock.js";
import { CHANNEL_QUEUE_BYTES_MAX, type Channel, type ChannelFrame } from "./channel.js";
import type { Deadline, DeadlineWheel } from "./deadline-wheel.js";
import { errorFromRecord } from "./error-record.js";
import {
  type CancelListener,
  type CancelSource,
  INLINE_BODY_BYTES_MAX,
  REQUEST_TIMEOUT_MS,
  REQUESTS_PENDING_MAX,
  type Reply,
  type RequestOptions,
} from "./request-types.js";
import { type BodyTarget, type OutgoingBody, StreamReceiver, StreamSender } from "./streams.js";

/** The two links of a session. */
export interface ChannelPair {
  readonly control: Channel;
  readonly data: Channel;
}

/** A request that waits for its answer, as others may see it. */
export interface PendingRequest {
  readonly kind: RequestKind;
  readonly control: unknown;
  /** `null`: it waits for ever. */
  readonly timeoutMs: number | null;
  readonly signal: CancelSource | undefined;
}

/** One request that waits. A class with its own ways to end, because closures for each would cost more than a small get. */
class Pending implements Deadline, CancelListener, PendingRequest {
  bucket = -1;
  settled = false;
  /** Sends of the body that still need its bytes; it is released when the request has settled and there are none. */
  sends = 0;
  wasSent = false;
  sender: StreamSender | undefined;
  receiver: StreamReceiver | undefined;

  constructor(
    private readonly owner: OutgoingRequests,
    readonly id: number,
    readonly kind: RequestKind,
    readonly control: unknown,
    readonly body: OutgoingBody | undefined,
    readonly timeoutMs: number | null,
    /** When its time is up; undefined for never. */
    readonly deadlineMs: number | undefined,
    readonly prepare:
      | ((control: never, bytes: number, checksum: number) => BodyTarget | Promise<BodyTarget>)
      | undefined,
    readonly signal: CancelSource | undefined,
    readonly resolve: (reply: Reply<RequestKind>) => void,
    readonly reject: (error: Eau2Error) => void,
  ) {}

  expire(): void {
    this.owner.giveUp(this, "late");
  }

  handleEvent(): void {
    this.owner.giveUp(this, "cancelled");
  }
}

const EMPTY = new Uint8Array(0);
const hasRoom = ({ control }: ChannelPair): boolean => control.bufferedBytes <= CHANNEL_QUEUE_BYTES_MAX;

/** The pieces as one array; a single piece is not copied. */
export const joinPieces = (pieces: readonly Uint8Array[], bytes: number): Uint8Array => {
  if (pieces.length === 1) return pieces[0]!;
  if (bytes === 0) return EMPTY;
  const joined = new Uint8Array(bytes);
  copyPieces(pieces, joined);
  return joined;
};

const copyPieces = (pieces: readonly Uint8Array[], into: Uint8Array): void => {
  let at = 0;
  for (const piece of pieces) {
    into.set(piece, at);
    at += piece.length;
  }
};

/**
 * Requests of this side that wait for an answer. They outlive a broken link: all of them are sent again on the next one.
 * What does not fit the link's queue waits here until some of it has left.
 */
export class OutgoingRequests {
  #pending = new Map<number, Pending>();
  #unsent = new Set<Pending>();
  /** Ids given up that the far side may not have heard of, because links break: told again with the next links. */
  #givenUp = new Set<number>();
  /** Those of them that were told before the ping that is under way. */
  #confirming = new Set<number>();
  #nextId = 1;
  #pair: ChannelPair | undefined;

  constructor(
    private readonly remote: string,
    private readonly clock: Clock,
    private readonly wheel: DeadlineWheel,
  ) {}

  get count(): number {
    return this.#pending.size;
  }

  /** What waits for an answer now. */
  pending(): Iterable<PendingRequest> {
    return this.#pending.values();
  }

  request<K extends RequestKind>(kind: K, control: unknown, options: RequestOptions<K>): Promise<Reply<K>> {
    const { body, signal, prepare } = options;
    return new Promise<Reply<K>>((resolve, reject) => {
      const refuse = (error: Eau2Error) => {
        body?.release?.();
        reject(error);
      };
      if (signal?.aborted) return refuse(this.#cancelled(kind));
      if (body !== undefined && body.bytes.length > VALUE_BYTES_MAX) {
        // The other side would end the link because of such a frame, each time that it is sent again.
        const { length } = body.bytes;
        const message = `${kind} to ${this.remote}: ${length} bytes are over the limit of ${VALUE_BYTES_MAX}; split the value into several keys`;
        return refuse(new Eau2Error("VALUE_TOO_LARGE", message, { bytes: length, bytesMax: VALUE_BYTES_MAX }));
      }
      if (this.#pending.size >= REQUESTS_PENDING_MAX) {
        const why = `${REQUESTS_PENDING_MAX} requests wait for their answer`;
        return refuse(
          new Eau2Error("BUSY", `${kind} to ${this.remote}: ${why}; wait for some of them first`, {
            peer: this.remote,
          }),
        );
      }
      const allowedMs = options.timeoutMs === undefined ? REQUEST_TIMEOUT_MS : options.timeoutMs;
      // A time that the header cannot hold is no limit.
      const timeoutMs = allowedMs !== null && allowedMs < NO_TIME_LIMIT ? allowedMs : null;
      const pending = new Pending(
        this,
        this.#freeId(),
        kind,
        control,
        body,
        timeoutMs,
        timeoutMs === null ? undefined : this.clock.now() + timeoutMs,
        prepare as Pending["prepare"],
        signal,
        resolve as Pending["resolve"],
        reject,
      );
      if (timeoutMs !== null) this.wheel.add(pending, timeoutMs);
      signal?.addEventListener("abort", pending, { once: true });
      this.#pending.set(pending.id, pending);
      if (this.#pair !== undefined && this.#unsent.size === 0 && hasRoom(this.#pair)) this.#send(pending, this.#pair);
      else this.#unsent.add(pending);
    });
  }

  /** Called by a request whose time is up, or whose caller does not want it any more. */
  giveUp(pending: Pending, why: "late" | "cancelled"): void {
    const { kind, timeoutMs } = pending;
    if (why === "cancelled") {
      this.#abandon(pending, this.#cancelled(kind));
      return;
    }
    const asked = `${kind} to ${this.remote}: no answer in ${timeoutMs} ms`;
    this.#abandon(
      pending,
      new Eau2Error("DEADLINE", `${asked}; try again or allow more time`, { timeoutMs: timeoutMs ?? 0 }),
    );
  }

  /** A pair of links is there: everything unanswered is sent (again). */
  attach(pair: ChannelPair): void {
    this.#pair = pair;
    for (const id of this.#confirming) this.#givenUp.add(id);
    this.#confirming.clear();
    for (const id of this.#givenUp) pair.control.send("request.cancel", { id });
    this.#unsent = new Set(this.#pending.values());
    this.sendMore();
  }

  /** A ping leaves: its answer will say that everything before it has arrived. */
  pinged(): void {
    if (this.#confirming.size > 0) return;
    this.#confirming = this.#givenUp;
    this.#givenUp = new Set();
  }

  /** The answer to a ping. */
  ponged(): void {
    this.#confirming.clear();
  }

  /** Sends what has not been sent yet, as far as the links' queues have room. */
  sendMore(): void {
    for (const pending of this.#unsent) {
      const pair = this.#pair;
      if (pair === undefined || !hasRoom(pair)) return;
      this.#unsent.delete(pending);
      this.#send(pending, pair);
    }
  }

  /** The links are gone; requests stay. */
  detach(): void {
    this.#pair = undefined;
    this.#unsent.clear();
    for (const pending of this.#pending.values()) {
      pending.sender?.stop();
      pending.sender = undefined;
      pending.receiver?.abandon();
      pending.receiver = undefined;
    }
  }

  failAll(error: Eau2Error): void {
    for (const pending of [...this.#pending.values()]) {
      this.#settle(pending);
      pending.reject(
        new Eau2Error(error.code, `${pending.kind} to ${this.remote}: ${error.message}`, error.details, {
          cause: error,
        }),
      );
    }
  }

  /** `reply.ok`, `reply.error`; answers to requests that were given up are ignored. */
  reply(channel: Channel, frame: ChannelFrame): void {
    const pending = this.#pending.get(frame.header.id);
    if (pending === undefined) return;
    try {
      if (frame.kind === "reply.error") {
        const record = ErrorRecord.parse(decodeControl(frame.control));
        this.#settle(pending);
        pending.reject(errorFromRecord(record, this.remote));
        return;
      }
      const control = REQUESTS[pending.kind].reply.parse(decodeControl(frame.control));
      const { rawBytes, rawChecksum, flags } = frame.header;
      const streamed = (flags & FLAG_STREAMED) !== 0;
      const done = (body: Uint8Array) => {
        this.#settle(pending);
        pending.resolve({ control, body, checksum: rawChecksum } as Reply<RequestKind>);
      };
      if (!streamed && (pending.prepare === undefined || rawBytes === 0)) {
        done(joinPieces(frame.raw, rawBytes));
        return;
      }
      pending.receiver?.abandon();
      const target = pending.prepare?.(control as never, rawBytes, rawChecksum) ?? { view: new Uint8Array(rawBytes) };
      if (!streamed && !(target instanceof Promise)) {
        // All of it is here and verified: the usual small answer.
        pending.receiver = undefined;
        copyPieces(frame.raw, target.view);
        done(target.view);
        return;
      }
      const receiver = new StreamReceiver(channel, pending.id, true, rawBytes, rawChecksum, {
        done,
        failed: (error) => this.#abandon(pending, toEau2Error(error)),
      });
      pending.receiver = receiver;
      receiver.receiveInto(target);
      if (!streamed) receiver.data(frame.raw);
    } catch (error) {
      this.#abandon(pending, this.#badReply(pending, error));
    }
  }

  streamData(frame: ChannelFrame): void {
    this.#pending.get(frame.header.id)?.receiver?.data(frame.raw);
  }

  credit(id: number, bytes: number): void {
    this.#pending.get(id)?.sender?.credit(bytes);
  }

  #badReply(pending: Pending, error: unknown): Eau2Error {
    if (isEau2Error(error)) return error;
    const what = `${pending.kind}: the answer of ${this.remote} does not follow the protocol`;
    return new Eau2Error(
      "DATA_INVALID",
      `${what}; run the same version of eau2 on every machine`,
      {},
      { cause: error },
    );
  }

  #send(pending: Pending, pair: ChannelPair): void {
    const { id, kind, control, body, deadlineMs } = pending;
    const timeLeftMs = deadlineMs === undefined ? NO_TIME_LIMIT : Math.max(1, Math.ceil(deadlineMs - this.clock.now()));
    pending.wasSent = true;
    try {
      if (body === undefined) pair.control.send(kind, { id, timeLeftMs, control });
      else if (body.bytes.length <= INLINE_BODY_BYTES_MAX) {
        const raw = { raw: body.bytes, rawChecksum: body.checksum };
        pair.control.send(kind, { id, timeLeftMs, control, ...raw }, this.#sending(pending));
      } else {
        const sender = new StreamSender(pair.data, id, false, body, this.#sending(pending));
        pending.sender = sender;
        const flags = FLAG_STREAMED;
        pair.data.send(kind, {
          id,
          timeLeftMs,
          control,
          flags,
          rawChecksum: body.checksum,
          streamBytes: body.bytes.length,
        });
        sender.pump();
      }
    } catch (error) {
      // Nothing of this send has left, and nobody calls back for it.
      if (pending.sender === undefined) pending.sends--;
      this.#settle(pending);
      pending.reject(toEau2Error(error));
    }
  }

  /** Gives up on an answer and tells the other side. */
  #abandon(pending: Pending, error: Eau2Error): void {
    if (pending.settled) return;
    if (pending.wasSent) {
      // On the link that the request took, so that it cannot overtake it.
      const link = pending.sender === undefined ? this.#pair?.control : this.#pair?.data;
      link?.send("request.cancel", { id: pending.id });
      if (this.#givenUp.size < REQUESTS_PENDING_MAX) this.#givenUp.add(pending.id);
    }
    this.#settle(pending);
    pending.reject(error);
  }

  #settle(pending: Pending): void {
    pending.settled = true;
    this.#pending.delete(pending.id);
    this.#unsent.delete(pending);
    this.wheel.remove(pending);
    pending.signal?.removeEventListener("abort", pending);
    pending.receiver?.abandon();
    pending.receiver = undefined;
    if (pending.sender !== undefined) pending.sender.stop();
    this.#releaseUnneeded(pending);
  }

  /** Counts one send of the body; the result says that it needs the bytes no longer. */
  #sending(pending: Pending): () => void {
    pending.sends++;
    return () => {
      pending.sends--;
      this.#releaseUnneeded(pending);
    };
  }

  #releaseUnneeded(pending: Pending): void {
    if (!pending.settled || pending.sends !== 0) return;
    pending.sends = -1;
    pending.body?.release?.();
  }

  #cancelled(kind: RequestKind): Eau2Error {
    return new Eau2Error("CANCELLED", `${kind} to ${this.remote}: cancelled by the caller`);
  }

  #freeId(): number {
    for (;;) {
      const id = this.#nextId;
      this.#nextId = id === 0xffff_ffff ? 1 : id + 1;
      if (!this.#pending.has(id)) return id;
    }
  }
}

/** A body with its checksum. */
export const bodyOf = (bytes: Uint8Array, checksum = crc32(bytes)): OutgoingBody => ({ bytes, checksum });
