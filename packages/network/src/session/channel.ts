/**
 * A trusted link that carries frames: batches what is written in one turn, decodes what arrives. Any byte that breaks the
 * protocol ends the link; nothing is skipped or guessed.
 */
import {
  CONTROL_BYTES_MAX,
  Eau2Error,
  KIND_CODES,
  type Kind,
  kindOfCode,
  NO_TIME_LIMIT,
  toEau2Error,
} from "@eau2/protocol";
import { decodeMessage, encodeControl, type FrameHeader, FrameWriter, type IncomingFrame } from "@eau2/serialization";
import type { HandoverLink } from "../transport/handover-link.js";

/** What may be queued on a channel before nothing more is read from that peer and new requests wait. */
export const CHANNEL_QUEUE_BYTES_MAX = 16 * 1024 * 1024;
/** Streams add to the queue only below this, a piece each in turn: however many there are, the queue stays short. */
export const STREAM_QUEUE_BYTES_MAX = 1024 * 1024;

/**
 * Frames that leave together at most. More would save system calls, but then both sides take turns: one works through a
 * long batch while the other has nothing to do.
 */
const BATCH_FRAMES_MAX = 16;

export interface ChannelFrame {
  readonly kind: Kind;
  readonly header: FrameHeader;
  readonly control: Uint8Array;
  readonly raw: readonly Uint8Array[];
}

/** A stream that has something to send. */
export interface QueueUser {
  /** Called when it is its turn. @returns whether it has more to send already */
  sendPiece(): boolean;
}

export interface ChannelHandlers {
  frame(frame: ChannelFrame): void;
  /** Bytes that break the protocol. Without it the link is destroyed; with it, that is up to the handler. */
  invalid?(error: Eau2Error): void;
  /** Some of what was queued has left. */
  drained?(): void;
  close(reason: string): void;
}

/** Header fields that are the same for all frames of a sender at a time. */
export interface FrameIdentity {
  readonly epoch: number;
  readonly incarnation: number;
}

export interface FrameFields {
  readonly id?: number;
  readonly flags?: number;
  readonly timeLeftMs?: number;
  readonly control?: unknown;
  readonly raw?: Uint8Array;
  readonly rawChecksum?: number;
  readonly streamBytes?: number;
}

const EMPTY = new Uint8Array(0);
const NOBODY: (() => void)[] = [];
const EMPTY_CONTROL = encodeControl({});

export class Channel {
  #writer: FrameWriter;
  #flushScheduled = false;
  /** Frames queued since the last message. */
  #queuedFrames = 0;
  #flushed: (() => void)[] = [];
  #closed = false;
  #paused = false;
  #handlers: ChannelHandlers | undefined;
  /** Decoded frames that are not delivered yet: the rest of a message whose receiver let go or whose peer does not read. */
  #frames: IncomingFrame[] = [];
  #delivering = false;
  /** Streams that wait for their turn, in its order. */
  #users = new Set<QueueUser>();
  #serving = false;

  constructor(
    private readonly handover: HandoverLink,
    private readonly identity: () => FrameIdentity,
  ) {
    this.#writer = new FrameWriter((message) => {
      // Not the live list, not even when it is empty: what is added to it later belongs to a later message.
      const flushed = this.#flushed.length > 0 ? this.#flushed : NOBODY;
      if (flushed !== NOBODY) this.#flushed = [];
      const called = () => {
        for (const run of flushed) run();
        this.#serve();
        if (this.#paused && this.bufferedBytes <= CHANNEL_QUEUE_BYTES_MAX / 2) {
          this.#paused = false;
          this.#deliver();
          if (!this.#paused) this.handover.link.resume();
        }
        this.#handlers?.drained?.();
      };
      this.handover.link.send(message, called);
    });
  }

  get remote(): string {
    return this.handover.link.remote;
  }

  get bufferedBytes(): number {
    return this.handover.link.bufferedBytes;
  }

  /** Starts delivery, or hands it to somebody else. */
  handle(handlers: ChannelHandlers): void {
    this.#handlers = handlers;
    this.#deliver();
    if (this.#handlers !== handlers) return;
    this.handover.handle({
      message: (pieces) => {
        try {
          const frames = decodeMessage(pieces);
          if (this.#frames.length === 0) this.#frames = frames;
          else this.#frames.push(...frames);
        } catch (error) {
          this.#refuse(error);
        }
        this.#deliver();
      },
      close: (reason) => {
        this.#closed = true;
        this.#frames = [];
        this.#users.clear();
        for (const run of this.#flushed.splice(0)) run();
        handlers.close(reason);
      },
    });
  }

  /** Holds what arrives, the rest of the message that is being delivered included, until {@link handle} is called again. */
  hold(): void {
    this.#handlers = undefined;
    this.handover.hold();
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    const frames = this.#frames;
    let next = 0;
    try {
      while (next < frames.length && this.#handlers !== undefined && !this.#paused && !this.#closed) {
        const { header, control, raw } = frames[next++]!;
        const kind = kindOfCode(header.kindCode);
        if (kind === undefined) throw new Eau2Error("DATA_INVALID", `a frame of the unknown kind ${header.kindCode}`);
        this.#handlers.frame({ kind, header, control, raw });
        // A peer that does not read its answers is not read from either.
        if (this.bufferedBytes > CHANNEL_QUEUE_BYTES_MAX && !this.#closed) {
          this.#paused = true;
          this.handover.link.pause();
        }
      }
    } catch (error) {
      this.#refuse(error);
    } finally {
      this.#delivering = false;
    }
    this.#frames = this.#closed || next === frames.length ? [] : frames.slice(next);
  }

  #refuse(thrown: unknown): void {
    const error = toEau2Error(thrown, "DATA_INVALID");
    if (this.#handlers?.invalid !== undefined) this.#handlers.invalid(error);
    else this.destroy(error.message);
  }

  /**
   * Queues one frame; frames of one turn leave together.
   * @param flushed - called once the raw bytes are no longer needed (or the link has closed).
   */
  send(kind: Kind, fields: FrameFields, flushed?: () => void): void {
    if (this.#closed) {
      flushed?.();
      return;
    }
    const control = fields.control === undefined ? EMPTY_CONTROL : encodeControl(fields.control);
    if (control.length > CONTROL_BYTES_MAX) {
      throw new Eau2Error(
        "VALUE_TOO_LARGE",
        `${kind}: its control part has ${control.length} bytes, ${CONTROL_BYTES_MAX} are allowed; put large arguments into the store and pass their key`,
        { bytes: control.length, bytesMax: CONTROL_BYTES_MAX },
      );
    }
    if (flushed !== undefined) {
      // What is already queued may leave as a message of its own; only this frame's message may call back.
      if (fields.raw !== undefined) this.#writer.flush();
      this.#flushed.push(flushed);
    }
    const { epoch, incarnation } = this.identity();
    this.#writer.append({
      kindCode: KIND_CODES[kind],
      flags: fields.flags ?? 0,
      id: fields.id ?? 0,
      timeLeftMs: fields.timeLeftMs ?? NO_TIME_LIMIT,
      epoch,
      incarnation,
      control,
      raw: fields.raw ?? EMPTY,
      ...(fields.rawChecksum === undefined ? {} : { rawChecksum: fields.rawChecksum }),
      ...(fields.streamBytes === undefined ? {} : { streamBytes: fields.streamBytes }),
    });
    if (++this.#queuedFrames >= BATCH_FRAMES_MAX) {
      this.#queuedFrames = 0;
      this.#writer.flush();
    }
    if (this.#flushScheduled || !this.#writer.pending) return;
    this.#flushScheduled = true;
    queueMicrotask(() => {
      this.#flushScheduled = false;
      this.#queuedFrames = 0;
      if (!this.#closed) this.#writer.flush();
    });
  }

  /** Lets a stream send its next piece when its turn comes and the queue has room. */
  queue(user: QueueUser): void {
    this.#users.add(user);
    this.#serve();
  }

  #serve(): void {
    // Sending calls back at once where nothing is kept (a closed link).
    if (this.#serving) return;
    this.#serving = true;
    try {
      while (this.#users.size > 0 && this.bufferedBytes <= STREAM_QUEUE_BYTES_MAX) {
        const user = this.#users.values().next().value!;
        this.#users.delete(user);
        if (user.sendPiece()) this.#users.add(user);
      }
    } finally {
      this.#serving = false;
    }
  }

  /** Sends what is queued, then closes. */
  close(): void {
    if (this.#closed) return;
    this.#writer.flush();
    this.handover.link.close();
  }

  destroy(reason: string): void {
    this.handover.link.destroy(reason);
  }
}
