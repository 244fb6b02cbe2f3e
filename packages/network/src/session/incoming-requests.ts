import { Eau2Error, NO_TIME_LIMIT, REQUESTS, type RequestKind } from "@eau2/protocol";
import { decodeControl, FLAG_STREAMED } from "@eau2/serialization";
import { newAbortController } from "../platform/system.js";
import type { Channel, ChannelFrame } from "./channel.js";
import type { Deadline, DeadlineWheel } from "./deadline-wheel.js";
import { errorToRecord } from "./error-record.js";
import { type ChannelPair, joinPieces } from "./outgoing-requests.js";
import {
  INLINE_BODY_BYTES_MAX,
  type IncomingRequest,
  type OutgoingReply,
  REQUESTS_PENDING_MAX,
  type RequestHandler,
  type RequestHandlers,
} from "./request-types.js";
import { type OutgoingBody, StreamReceiver, StreamSender } from "./streams.js";

/** One request of the other side, from its first frame until the last byte of its answer. */
class Entry<Peer> implements Deadline, IncomingRequest<RequestKind, Peer> {
  bucket = -1;
  receiver: StreamReceiver | undefined;
  sender: StreamSender | undefined;
  body: Uint8Array = new Uint8Array(0);
  running = false;
  #controller: AbortController | undefined;
  #reason: Eau2Error | undefined;

  constructor(
    readonly id: number,
    readonly kind: RequestKind,
    readonly control: never,
    readonly checksum: number,
    readonly peer: Peer,
    readonly timeLeftMs: number | undefined,
    private readonly onExpire: (entry: Entry<Peer>) => void,
  ) {}

  get signal(): AbortSignal {
    this.#controller ??= newAbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  abort(reason: Eau2Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }

  expire(): void {
    this.onExpire(this);
  }
}

/**
 * Only a handler that says where a body goes gets more than fits its frame. For others every request could be made to
 * allocate what its header declares, up to the largest value, before a byte of it has come.
 */
const bodyNotTaken = (kind: RequestKind, bytes: number): Eau2Error =>
  new Eau2Error(
    "VALUE_TOO_LARGE",
    `${kind}: a body of ${bytes} bytes, but this request takes at most ${INLINE_BODY_BYTES_MAX}, in one frame; put the bytes under a key and name the key`,
    { kind, bytes, bytesMax: INLINE_BODY_BYTES_MAX },
  );

/**
 * Requests of the other side. An entry outlives a broken link: its answer goes out on the next one, and the request,
 * which its sender sends again, is not started a second time while it runs.
 */
export class IncomingRequests<Peer> {
  #entries = new Map<number, Entry<Peer>>();
  #pair: ChannelPair | undefined;

  constructor(
    private readonly peer: Peer,
    private readonly handlers: RequestHandlers<Peer>,
    private readonly wheel: DeadlineWheel,
  ) {}

  get count(): number {
    return this.#entries.size;
  }

  attach(pair: ChannelPair): void {
    this.#pair = pair;
  }

  /** The links are gone. Bodies that were half received or half sent come again; what runs goes on. */
  detach(): void {
    this.#pair = undefined;
    for (const entry of [...this.#entries.values()]) {
      if (entry.receiver !== undefined) {
        entry.receiver.abandon();
        this.#remove(entry);
      } else if (entry.sender !== undefined) {
        entry.sender.stop();
        this.#remove(entry);
      }
    }
  }

  /** The peer has gone for good. */
  abortAll(reason: Eau2Error): void {
    for (const entry of [...this.#entries.values()]) {
      entry.receiver?.abandon();
      entry.sender?.stop();
      this.#remove(entry);
      entry.abort(reason);
    }
  }

  request(channel: Channel, frame: ChannelFrame, kind: RequestKind): void {
    const { id, flags, rawBytes, rawChecksum, timeLeftMs } = frame.header;
    const known = this.#entries.get(id);
    if (known !== undefined) {
      if (known.running) return;
      known.receiver?.abandon();
      known.sender?.stop();
      this.#remove(known);
    }
    try {
      const handler = this.handlers[kind] as RequestHandler<RequestKind, Peer> | undefined;
      if (handler === undefined) throw new Eau2Error("DENIED", `${kind}: this node does not answer it`, { kind });
      if (this.#entries.size >= REQUESTS_PENDING_MAX) {
        throw new Eau2Error(
          "BUSY",
          `${kind}: ${REQUESTS_PENDING_MAX} requests of this peer are under way; wait for some of them first`,
        );
      }
      const streamed = (flags & FLAG_STREAMED) !== 0;
      const hasBody = streamed || rawBytes > 0;
      if (handler.prepare === undefined && (streamed || rawBytes > INLINE_BODY_BYTES_MAX))
        throw bodyNotTaken(kind, rawBytes);
      const control = this.#parse(kind, frame.control);
      const limitMs = timeLeftMs === NO_TIME_LIMIT ? undefined : timeLeftMs;
      const entry = new Entry<Peer>(id, kind, control, rawChecksum, this.peer, limitMs, (late) => this.#expired(late));
      const target = hasBody ? handler.prepare?.(control, rawBytes, rawChecksum, this.peer) : undefined;
      this.#entries.set(id, entry);
      if (limitMs !== undefined) this.wheel.add(entry, limitMs);
      if (target === undefined) {
        entry.body = joinPieces(frame.raw, rawBytes);
        this.#run(entry, handler);
        return;
      }
      entry.receiver = new StreamReceiver(channel, id, false, rawBytes, rawChecksum, {
        done: (view) => {
          entry.body = view;
          this.#run(entry, handler);
        },
        failed: (error) => this.#fail(entry, error),
      });
      entry.receiver.receiveInto(target);
      if (!streamed) entry.receiver?.data(frame.raw);
    } catch (error) {
      this.#sendError(id, error);
    }
  }

  streamData(frame: ChannelFrame): void {
    this.#entries.get(frame.header.id)?.receiver?.data(frame.raw);
  }

  credit(id: number, bytes: number): void {
    this.#entries.get(id)?.sender?.credit(bytes);
  }

  cancel(id: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.receiver?.abandon();
    entry.sender?.stop();
    this.#remove(entry);
    entry.abort(new Eau2Error("CANCELLED", `${entry.kind}: cancelled by the caller`));
  }

  #parse(kind: RequestKind, control: Uint8Array): never {
    const parsed = REQUESTS[kind].request.safeParse(decodeControl(control));
    if (parsed.success) return parsed.data as never;
    const issue = parsed.error.issues[0];
    const where = issue === undefined ? "" : ` at ${issue.path.join(".") || "its top"}: ${issue.message}`;
    throw new Eau2Error("DATA_INVALID", `${kind}: the request does not follow the protocol${where}`, { kind });
  }

  #run(entry: Entry<Peer>, handler: RequestHandler<RequestKind, Peer>): void {
    entry.receiver = undefined;
    entry.running = true;
    try {
      const reply = handler.handle(entry);
      if (reply instanceof Promise) {
        reply.then(
          (value) => this.#answer(entry, value),
          (error: unknown) => this.#fail(entry, error),
        );
      } else this.#answer(entry, reply);
    } catch (error) {
      this.#fail(entry, error);
    }
  }

  #answer(entry: Entry<Peer>, { control, body }: OutgoingReply<RequestKind>): void {
    const wanted = this.#entries.get(entry.id) === entry;
    const pair = this.#pair;
    if (!wanted || pair === undefined) {
      // Given up, or the link is down: the request comes again and is answered then.
      body?.release?.();
      if (wanted) this.#remove(entry);
      return;
    }
    const { id } = entry;
    try {
      if (body === undefined) {
        pair.control.send("reply.ok", { id, control });
      } else if (body.bytes.length <= INLINE_BODY_BYTES_MAX) {
        const released = body.release && (() => body.release!());
        pair.control.send("reply.ok", { id, control, raw: body.bytes, rawChecksum: body.checksum }, released);
      } else {
        this.#stream(entry, pair.data, control, body);
        return;
      }
      this.#remove(entry);
    } catch (error) {
      // Its control part cannot be sent: nothing of the body has left.
      body?.release?.();
      this.#fail(entry, error);
    }
  }

  #stream(entry: Entry<Peer>, channel: Channel, control: unknown, body: OutgoingBody): void {
    channel.send("reply.ok", {
      id: entry.id,
      control,
      flags: FLAG_STREAMED,
      rawChecksum: body.checksum,
      streamBytes: body.bytes.length,
    });
    entry.running = false;
    entry.sender = new StreamSender(channel, entry.id, true, body, () => {
      body.release?.();
      this.#remove(entry);
    });
    entry.sender.pump();
  }

  #fail(entry: Entry<Peer>, error: unknown): void {
    if (this.#entries.get(entry.id) !== entry) return;
    this.#remove(entry);
    this.#sendError(entry.id, error);
  }

  #sendError(id: number, error: unknown): void {
    this.#pair?.control.send("reply.error", { id, control: errorToRecord(error) });
  }

  #expired(entry: Entry<Peer>): void {
    entry.receiver?.abandon();
    entry.sender?.stop();
    this.#remove(entry);
    entry.abort(new Eau2Error("DEADLINE", `${entry.kind}: its time of ${entry.timeLeftMs} ms is up`));
  }

  #remove(entry: Entry<Peer>): void {
    if (this.#entries.get(entry.id) === entry) this.#entries.delete(entry.id);
    this.wheel.remove(entry);
  }
}
