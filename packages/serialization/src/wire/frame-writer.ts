/**
 * Collects frames for one link and hands them out as messages: small frames are copied together into one message
 * (a system call and a WebSocket frame cost more than 100 bytes of copying), a frame with a large raw part leaves as
 * a message of its own whose raw part is not copied.
 */
import { CONTROL_BYTES_MAX, RAW_BYTES_MAX } from "@eau2/protocol";
import { crc32 } from "../platform/crc32.js";
import type { OutgoingFrame } from "./frame.js";
import { FLAG_RAW_COVERED, FLAG_STREAMED, HEADER_BYTES, writeHeader } from "./frame-header.js";

/** Raw parts up to this are copied into the batch. */
export const RAW_COPIED_BYTES_MAX = 8 * 1024;
/** A batch that reaches this is handed out at once. */
export const BATCH_BYTES_MAX = 64 * 1024;
const EMPTY = new Uint8Array(0);

/** One message: parts that a transport sends back to back. */
export type Message = readonly Uint8Array[];

export class FrameWriter {
  #buffer = new Uint8Array(BATCH_BYTES_MAX);
  #view = new DataView(this.#buffer.buffer);
  #start = 0;
  #end = 0;

  /** @param emit - takes each finished message; its parts stay untouched afterwards (raw parts belong to the caller). */
  constructor(private readonly emit: (message: Message) => void) {}

  /** Whether {@link flush} would send something. */
  get pending(): boolean {
    return this.#end > this.#start;
  }

  append(frame: OutgoingFrame): void {
    const { control, raw } = frame;
    if (control.length > CONTROL_BYTES_MAX || raw.length > RAW_BYTES_MAX) {
      throw new Error(
        `invariant: a frame with ${control.length} control and ${raw.length} raw bytes is over its limits`,
      );
    }
    const streamed = (frame.flags & FLAG_STREAMED) !== 0;
    if (streamed && raw.length > 0) throw new Error("invariant: the body of a streamed frame follows it");
    const copied = raw.length <= RAW_COPIED_BYTES_MAX;
    const bytes = HEADER_BYTES + control.length + (copied ? raw.length : 0);
    if (!copied) this.flush();
    if (this.#end + bytes > this.#buffer.length) {
      this.flush();
      if (this.#end + bytes > this.#buffer.length) this.#renew(bytes);
    }
    const at = this.#end;
    const head = HEADER_BYTES + control.length;
    const covered = (frame.flags & FLAG_RAW_COVERED) !== 0;
    writeHeader(this.#view, at, {
      flags: frame.flags,
      kindCode: frame.kindCode,
      id: frame.id,
      timeLeftMs: frame.timeLeftMs,
      epoch: frame.epoch,
      incarnation: frame.incarnation,
      controlBytes: control.length,
      rawBytes: streamed ? (frame.streamBytes ?? 0) : raw.length,
      rawChecksum: covered ? 0 : (frame.rawChecksum ?? (raw.length === 0 ? 0 : crc32(raw))),
    });
    this.#buffer.set(control, at + HEADER_BYTES);
    const sealed = crc32(
      this.#buffer.subarray(at + HEADER_BYTES, at + head),
      crc32(this.#buffer.subarray(at, at + HEADER_BYTES - 4)),
    );
    this.#view.setUint32(at + HEADER_BYTES - 4, sealed, true);
    if (copied) {
      this.#buffer.set(raw, at + head);
      this.#end = at + bytes;
      return;
    }
    this.#end = at + head;
    const first = this.#take();
    this.emit([first, raw]);
  }

  /** Hands out what was collected. */
  flush(): void {
    if (this.pending) this.emit([this.#take()]);
  }

  #take(): Uint8Array {
    if (this.#end === this.#start) return EMPTY;
    // The transport may keep the bytes until they are written, so the batch buffer is never written twice.
    const message = this.#buffer.subarray(this.#start, this.#end);
    this.#start = this.#end;
    if (this.#buffer.length - this.#end < 4096) this.#renew(BATCH_BYTES_MAX);
    return message;
  }

  #renew(bytes: number): void {
    this.#buffer = new Uint8Array(Math.max(bytes, BATCH_BYTES_MAX));
    this.#view = new DataView(this.#buffer.buffer);
    this.#start = 0;
    this.#end = 0;
  }
}
