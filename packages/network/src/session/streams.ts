/**
 * Bodies that do not fit one frame travel as streams of pieces with credits: the sender may have a window of bytes
 * under way, the receiver extends it as it takes them in. So a slow receiver slows this stream and nothing else on the link,
 * and what waits in memory is bounded by the window on both sides.
 */
import { Eau2Error, RAW_BYTES_MAX } from "@eau2/protocol";
import { crc32, FLAG_RAW_COVERED, FLAG_REPLY_STREAM } from "@eau2/serialization";
import { type Channel, STREAM_QUEUE_BYTES_MAX } from "./channel.js";

/** Bytes that a sender may send before the first credit arrives. */
export const STREAM_WINDOW_BYTES = 2 * 1024 * 1024;
/** Credit is returned in steps of this, not for every piece. */
const CREDIT_STEP_BYTES = 512 * 1024;

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
  /** Called when the body will not be completed; the memory is the caller's again. */
  abandon?(): void;
}

export class StreamSender {
  #sentBytes = 0;
  #creditBytes = STREAM_WINDOW_BYTES;
  #inFlight = 0;
  #stopped = false;
  #pumpOnFlush = false;

  /** @param finished - called once, when nothing of the body is needed any more. */
  constructor(
    private readonly channel: Channel,
    private readonly id: number,
    private readonly ofReply: boolean,
    private readonly body: OutgoingBody,
    private readonly finished: () => void,
  ) {}

  pump(): void {
    const { bytes } = this.body;
    while (!this.#stopped && this.#sentBytes < bytes.length) {
      const count = Math.min(RAW_BYTES_MAX, bytes.length - this.#sentBytes);
      if (this.#creditBytes < count) return; // credit() pumps again
      if (this.channel.bufferedBytes > STREAM_QUEUE_BYTES_MAX && this.#inFlight > 0) {
        this.#pumpOnFlush = true;
        return;
      }
      const piece = bytes.subarray(this.#sentBytes, this.#sentBytes + count);
      this.#sentBytes += count;
      this.#creditBytes -= count;
      this.#inFlight++;
      const flags = FLAG_RAW_COVERED | (this.ofReply ? FLAG_REPLY_STREAM : 0);
      this.channel.send("stream.data", { id: this.id, flags, raw: piece }, () => this.#flushed());
    }
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

  #flushed(): void {
    this.#inFlight--;
    const done = this.#stopped || this.#sentBytes === this.body.bytes.length;
    if (done && this.#inFlight === 0) {
      this.#stopped = true;
      this.finished();
    } else if (this.#pumpOnFlush) {
      this.#pumpOnFlush = false;
      this.pump();
    }
  }
}

export class StreamReceiver {
  #receivedBytes = 0;
  #owedBytes = 0;
  #checksum = 0;

  constructor(
    private readonly channel: Channel,
    private readonly id: number,
    private readonly ofReply: boolean,
    readonly target: BodyTarget,
    private readonly checksum: number,
  ) {}

  /**
   * Takes in one frame's pieces.
   * @returns whether the body is complete.
   * @throws {@link Eau2Error} `DATA_INVALID` when it is longer than declared or its checksum is wrong.
   */
  data(pieces: readonly Uint8Array[]): boolean {
    const { view } = this.target;
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
          {
            bytes: view.length,
          },
        );
      }
      return true;
    }
    if (this.#owedBytes >= CREDIT_STEP_BYTES) {
      const flags = this.ofReply ? FLAG_REPLY_STREAM : 0;
      this.channel.send("stream.credit", { id: this.id, flags, control: { bytes: this.#owedBytes } });
      this.#owedBytes = 0;
    }
    return false;
  }
}
