/**
 * Bodies that do not fit one frame travel as streams of pieces with credits: the sender may have a window of bytes
 * under way, the receiver extends it as it takes them in. So a slow receiver slows this stream and nothing else on the link,
 * and what waits in memory is bounded by the window on both sides.
 */
import { Eau2Error, RAW_BYTES_MAX } from "@eau2/protocol";
import { crc32, FLAG_RAW_COVERED, FLAG_REPLY_STREAM } from "@eau2/serialization";
import type { Channel, QueueUser } from "./channel.js";

/** Bytes that a sender may send before the first credit arrives. */
export const STREAM_WINDOW_BYTES = 4 * 1024 * 1024;
/** Credit is returned in steps of this, not for every piece, and not for what the sender has credit for anyway. */
const CREDIT_STEP_BYTES = 1024 * 1024;

/** Bytes that are sent, and what to call when they are no longer needed. */
export interface OutgoingBody {
  readonly bytes: Uint8Array;
  /** crc32 of `bytes`. */
  readonly checksum: number;
  /** Called exactly once. */
  release?(): void;
}

/** Where a body is received. */
export interface BodyTarget {
  /** As long as the body. */
  readonly view: Uint8Array;
  /** Called before the body is done if it came in one piece: that piece is the caller's, and a copy of it is saved. */
  keep?(piece: Uint8Array): void;
  /** Called when the body will not be completed; the memory is the caller's again. */
  abandon?(): void;
}

export class StreamSender implements QueueUser {
  #sentBytes = 0;
  #creditBytes = STREAM_WINDOW_BYTES;
  #inFlight = 0;
  #stopped = false;

  /** @param finished - called once, when nothing of the body is needed any more. */
  constructor(
    private readonly channel: Channel,
    private readonly id: number,
    private readonly ofReply: boolean,
    private readonly body: OutgoingBody,
    private readonly finished: () => void,
  ) {}

  /** Asks for its turns on the link, as long as there is credit. */
  pump(): void {
    if (this.#canSend()) this.channel.queue(this);
  }

  sendPiece(): boolean {
    if (!this.#canSend()) return false;
    const start = this.#sentBytes;
    const count = this.#nextBytes();
    this.#sentBytes += count;
    this.#creditBytes -= count;
    this.#inFlight++;
    const flags = FLAG_RAW_COVERED | (this.ofReply ? FLAG_REPLY_STREAM : 0);
    const raw = this.body.bytes.subarray(start, start + count);
    this.channel.send("stream.data", { id: this.id, flags, raw }, () => this.#flushed());
    return this.#canSend();
  }

  credit(bytes: number): void {
    this.#creditBytes += bytes;
    this.pump();
  }

  /** Sends no more; `finished` follows once the pieces under way have left. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#inFlight === 0) this.finished();
  }

  #nextBytes(): number {
    return Math.min(RAW_BYTES_MAX, this.body.bytes.length - this.#sentBytes);
  }

  #canSend(): boolean {
    const count = this.#nextBytes();
    return !this.#stopped && count > 0 && this.#creditBytes >= count;
  }

  #flushed(): void {
    this.#inFlight--;
    if (this.#inFlight > 0 || !(this.#stopped || this.#sentBytes === this.body.bytes.length)) return;
    this.#stopped = true;
    this.finished();
  }
}

/** What a receiver tells its owner, once. */
export interface BodyEnd {
  done(view: Uint8Array): void;
  /** The target was abandoned. */
  failed(error: unknown): void;
}

/**
 * Takes a body in, frame by frame. Its target may still be on its way (memory that is being freed): what arrives until
 * then is held, and no more than the window can arrive.
 */
export class StreamReceiver {
  #target: BodyTarget | undefined;
  #held: (readonly Uint8Array[])[] = [];
  #heldBytes = 0;
  #receivedBytes = 0;
  #owedBytes = 0;
  #grantedBytes = STREAM_WINDOW_BYTES;
  #checksum = 0;
  #over = false;

  constructor(
    private readonly channel: Channel,
    private readonly id: number,
    private readonly ofReply: boolean,
    private readonly bytes: number,
    private readonly checksum: number,
    private readonly end: BodyEnd,
  ) {}

  /** Says where the body goes; may end a body of 0 bytes at once. */
  receiveInto(target: BodyTarget | Promise<BodyTarget>): void {
    if (target instanceof Promise) {
      target.then(
        (ready) => this.#start(ready),
        (error: unknown) => this.#fail(error),
      );
    } else this.#start(target);
  }

  /** Takes in one frame's pieces. A body that is too long, or whose checksum is wrong, fails with `DATA_INVALID`. */
  data(pieces: readonly Uint8Array[]): void {
    if (this.#over) return;
    try {
      if (this.#target === undefined) this.#hold(pieces);
      else this.#take(pieces, this.#target);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Nobody wants the body any more. */
  abandon(): void {
    if (this.#over) return;
    this.#over = true;
    this.#held = [];
    this.#target?.abandon?.();
  }

  #start(target: BodyTarget): void {
    if (this.#over) {
      target.abandon?.();
      return;
    }
    this.#target = target;
    const held = this.#held;
    this.#held = [];
    if (this.bytes === 0) this.data([]);
    for (const pieces of held) this.data(pieces);
  }

  #hold(pieces: readonly Uint8Array[]): void {
    this.#held.push(pieces);
    for (const piece of pieces) this.#heldBytes += piece.length;
    if (this.#heldBytes <= STREAM_WINDOW_BYTES) return;
    throw new Eau2Error("DATA_INVALID", `a stream from ${this.channel.remote} goes on without credit`);
  }

  #take(pieces: readonly Uint8Array[], { view, keep }: BodyTarget): void {
    for (const piece of pieces) {
      if (piece.length > view.length - this.#receivedBytes) {
        throw new Eau2Error("DATA_INVALID", `a stream from ${this.channel.remote} is longer than declared`);
      }
      view.set(piece, this.#receivedBytes);
      this.#checksum = crc32(piece, this.#checksum);
      this.#receivedBytes += piece.length;
      this.#owedBytes += piece.length;
    }
    if (this.#receivedBytes === view.length) {
      if (this.#checksum !== this.checksum) {
        throw new Eau2Error(
          "DATA_INVALID",
          `the checksum of a stream from ${this.channel.remote} is wrong; try again`,
          { bytes: view.length },
        );
      }
      this.#over = true;
      const [only] = pieces;
      if (only?.length === view.length) keep?.(only);
      this.end.done(view);
      return;
    }
    if (this.#owedBytes >= CREDIT_STEP_BYTES && this.#grantedBytes < view.length) {
      this.#grantedBytes += this.#owedBytes;
      const flags = this.ofReply ? FLAG_REPLY_STREAM : 0;
      this.channel.send("stream.credit", { id: this.id, flags, control: { bytes: this.#owedBytes } });
      this.#owedBytes = 0;
    }
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.abandon();
    this.end.failed(error);
  }
}
