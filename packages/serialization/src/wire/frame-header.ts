/**
 * The header of a frame, 40 bytes, little endian:
 *
 *     0  u32 magic "eau2"          20  u32 incarnation of the sender
 *     4  u8  protocol version      24  u32 control bytes
 *     5  u8  flags                 28  u32 raw bytes (with STREAMED: bytes of the stream that follows)
 *     6  u16 kind                  32  u32 crc32 of the raw bytes (with STREAMED: of the whole stream)
 *     8  u32 request id            36  u32 crc32 of header bytes 0..35 and the control part
 *    12  u32 time left, ms
 *    16  u32 directory epoch
 *
 * Two checksums, because the raw part is often a stored value whose checksum is known, and often arrives in pieces.
 */
import { CONTROL_BYTES_MAX, Eau2Error, PROTOCOL_VERSION, RAW_BYTES_MAX, VALUE_BYTES_MAX } from "@eau2/protocol";

export const HEADER_BYTES = 40;
/** The bytes "eau2" read as a little-endian number. */
const MAGIC = 0x32756165;

/** The body follows in `stream.data` frames under the same id. */
export const FLAG_STREAMED = 1;
/** On stream frames: the stream belongs to a reply (else to a request). */
export const FLAG_REPLY_STREAM = 2;
/** On `stream.data`: the raw part is covered by the checksum of the whole stream. */
export const FLAG_RAW_COVERED = 4;
const FLAGS_KNOWN = FLAG_STREAMED | FLAG_REPLY_STREAM | FLAG_RAW_COVERED;

export interface FrameHeader {
  readonly flags: number;
  readonly kindCode: number;
  readonly id: number;
  /** `NO_TIME_LIMIT` for none. */
  readonly timeLeftMs: number;
  readonly epoch: number;
  readonly incarnation: number;
  readonly controlBytes: number;
  readonly rawBytes: number;
  readonly rawChecksum: number;
}

/** Writes everything but the checksum at 36, which the writer fills in once the control part is in place. */
export const writeHeader = (view: DataView, at: number, header: FrameHeader): void => {
  view.setUint32(at, MAGIC, true);
  view.setUint8(at + 4, PROTOCOL_VERSION);
  view.setUint8(at + 5, header.flags);
  view.setUint16(at + 6, header.kindCode, true);
  view.setUint32(at + 8, header.id, true);
  view.setUint32(at + 12, header.timeLeftMs, true);
  view.setUint32(at + 16, header.epoch, true);
  view.setUint32(at + 20, header.incarnation, true);
  view.setUint32(at + 24, header.controlBytes, true);
  view.setUint32(at + 28, header.rawBytes, true);
  view.setUint32(at + 32, header.rawChecksum, true);
};

const refuse = (what: string): never => {
  throw new Eau2Error("DATA_INVALID", `frame refused: ${what}; the link is closed`);
};

/**
 * Reads and bounds a header; checksums are the caller's.
 * @throws {@link Eau2Error} `DATA_INVALID`, or `VERSION_MISMATCH` for a frame of another protocol version.
 */
export const readHeader = (view: DataView, at: number): FrameHeader => {
  if (view.byteLength - at < HEADER_BYTES) refuse(`${view.byteLength - at} bytes are less than a header`);
  if (view.getUint32(at, true) !== MAGIC) refuse("it does not begin with the magic number");
  const version = view.getUint8(at + 4);
  if (version !== PROTOCOL_VERSION) {
    throw new Eau2Error(
      "VERSION_MISMATCH",
      `the peer speaks protocol version ${version}, this node ${PROTOCOL_VERSION}; run the same version of eau2 on every machine`,
      { theirs: version, ours: PROTOCOL_VERSION },
    );
  }
  const flags = view.getUint8(at + 5);
  if ((flags & ~FLAGS_KNOWN) !== 0) refuse(`unknown flags ${flags}`);
  const controlBytes = view.getUint32(at + 24, true);
  const rawBytes = view.getUint32(at + 28, true);
  if (controlBytes > CONTROL_BYTES_MAX) refuse(`a control part of ${controlBytes} bytes`);
  const streamed = (flags & FLAG_STREAMED) !== 0;
  if (streamed && rawBytes > VALUE_BYTES_MAX) {
    throw new Eau2Error(
      "VALUE_TOO_LARGE",
      `a body of ${rawBytes} bytes was declared; values may have up to ${VALUE_BYTES_MAX}`,
      { bytes: rawBytes, bytesMax: VALUE_BYTES_MAX },
    );
  }
  if (!streamed && rawBytes > RAW_BYTES_MAX) refuse(`a raw part of ${rawBytes} bytes`);
  return {
    flags,
    kindCode: view.getUint16(at + 6, true),
    id: view.getUint32(at + 8, true),
    timeLeftMs: view.getUint32(at + 12, true),
    epoch: view.getUint32(at + 16, true),
    incarnation: view.getUint32(at + 20, true),
    controlBytes,
    rawBytes,
    rawChecksum: view.getUint32(at + 32, true),
  };
};
