/** Version of the wire protocol. Peers of another version are refused; another build of the same version joins with a warning. */
export const PROTOCOL_VERSION = 1;
/** Control part of one frame, in bytes. */
export const CONTROL_BYTES_MAX = 256 * 1024;
/** Raw part of one frame; more travels as a stream of frames. */
export const RAW_BYTES_MAX = 1024 * 1024;
/** One message of a link (a batch of small frames, or one frame). */
export const MESSAGE_BYTES_MAX = 1536 * 1024;
/** A value, refused by its declared length before anything is allocated. */
export const VALUE_BYTES_MAX = 1024 ** 3;
/** Time left that stands for "no limit" in a frame's header. */
export const NO_TIME_LIMIT = 0xffff_ffff;
/** Nodes that a directory may list, gone ones included. */
export const DIRECTORY_NODES_MAX = 512;
