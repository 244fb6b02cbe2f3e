export { crc32 } from "./platform/crc32.js";
export { decodeControl, encodeControl } from "./wire/control-codec.js";
export { decodeMessage } from "./wire/decode-message.js";
export type { IncomingFrame, OutgoingFrame } from "./wire/frame.js";
export {
  FLAG_RAW_COVERED,
  FLAG_REPLY_STREAM,
  FLAG_STREAMED,
  type FrameHeader,
  HEADER_BYTES,
} from "./wire/frame-header.js";
export { FrameWriter, type Message } from "./wire/frame-writer.js";
