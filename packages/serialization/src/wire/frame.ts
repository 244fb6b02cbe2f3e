import type { FrameHeader } from "./frame-header.js";

/** What a sender gives: the header's free fields, the encoded control part and the raw bytes. */
export interface OutgoingFrame {
  readonly kindCode: number;
  readonly flags: number;
  readonly id: number;
  readonly timeLeftMs: number;
  readonly epoch: number;
  readonly incarnation: number;
  readonly control: Uint8Array;
  /** Empty for none; with STREAMED empty too. At most `RAW_BYTES_MAX`. */
  readonly raw: Uint8Array;
  /** crc32 of `raw` where it is known; computed otherwise. With STREAMED: of the whole stream. */
  readonly rawChecksum?: number;
  /** With STREAMED: how many bytes follow. */
  readonly streamBytes?: number;
}

/** What arrived. `control` is not yet decoded; `raw` comes in one or more pieces that are views of the message. */
export interface IncomingFrame {
  readonly header: FrameHeader;
  readonly control: Uint8Array;
  readonly raw: readonly Uint8Array[];
}
