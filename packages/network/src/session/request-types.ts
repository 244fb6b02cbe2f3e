import type { ReplyOf, RequestKind, RequestOf } from "@eau2/protocol";
import type { BodyTarget, OutgoingBody } from "./streams.js";

/** Time that a request has when its caller says nothing. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** Requests that wait for their answer on one session; one more is `BUSY`. */
export const REQUESTS_PENDING_MAX = 65_536;
/** Bodies up to this travel inside the frame on the control link; longer ones as a stream on the data link. */
export const INLINE_BODY_BYTES_MAX = 64 * 1024;

/**
 * How a request learns that it was given up. An `AbortSignal` is one; whoever makes a request for each small get takes a
 * lighter one, because making a signal and listening to it cost more than all the rest.
 */
export interface CancelSource {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: CancelListener, options?: { readonly once?: boolean }): void;
  removeEventListener(type: "abort", listener: CancelListener): void;
}

/** An object, so that a request can listen without a closure of its own. */
export interface CancelListener {
  handleEvent(): void;
}

export interface RequestOptions<K extends RequestKind> {
  /** Bytes that go along. */
  readonly body?: OutgoingBody;
  /** Time until `DEADLINE`, in ms; `null` for none. @defaultValue 30_000 */
  readonly timeoutMs?: number | null;
  /** Aborting it rejects with `CANCELLED` and tells the other side. */
  readonly signal?: CancelSource | undefined;
  /** Chooses where the answer's body is received. @defaultValue a new Uint8Array */
  readonly prepare?: (control: ReplyOf<K>, bytes: number, checksum: number) => BodyTarget | Promise<BodyTarget>;
}

export interface Reply<K extends RequestKind> {
  readonly control: ReplyOf<K>;
  /** The body's bytes; empty when there is none. */
  readonly body: Uint8Array;
  /** crc32 of the body, verified. */
  readonly checksum: number;
}

/** A request as its handler sees it. */
export interface IncomingRequest<K extends RequestKind, Peer> {
  readonly kind: K;
  readonly control: RequestOf<K>;
  readonly body: Uint8Array;
  /** crc32 of the body, verified. */
  readonly checksum: number;
  readonly peer: Peer;
  /** undefined: no limit. */
  readonly timeLeftMs: number | undefined;
  /** Aborted when the caller cancels, its time is up, or it has gone. Made on first use. */
  readonly signal: AbortSignal;
}

export interface OutgoingReply<K extends RequestKind> {
  readonly control: ReplyOf<K>;
  readonly body?: OutgoingBody;
}

export interface RequestHandler<K extends RequestKind, Peer> {
  /**
   * Chooses where a request's body is received, or throws to refuse it by its declared length.
   * @defaultValue a body above {@link INLINE_BODY_BYTES_MAX} is refused with `VALUE_TOO_LARGE`
   */
  readonly prepare?: (
    control: RequestOf<K>,
    bytes: number,
    checksum: number,
    peer: Peer,
  ) => BodyTarget | Promise<BodyTarget>;
  /** Must be safe to run twice: a request whose link broke is delivered again. */
  handle(request: IncomingRequest<K, Peer>): OutgoingReply<K> | Promise<OutgoingReply<K>>;
}

export type RequestHandlers<Peer> = { readonly [K in RequestKind]?: RequestHandler<K, Peer> };
