import type { Message } from "@eau2/serialization";

/** Bytes that a connection may send before it has proved the token. */
export const UNTRUSTED_BYTES_MAX = 64 * 1024;
/** Connections of one listener that have not proved the token yet; further ones are closed at once. */
export const UNTRUSTED_LINKS_MAX = 128;

export interface LinkHandlers {
  /** One whole message, in one or more pieces that stay valid; nobody else reads or writes their bytes. */
  message(pieces: readonly Uint8Array[]): void;
  /** Exactly once, whoever closed and why; nothing arrives afterwards. */
  close(reason: string): void;
}

/** One ordered pipe of messages between two processes. It delivers in order or breaks; what was in flight then may be lost. */
export interface Link {
  /** The other side, for people. */
  readonly remote: string;
  /** Starts delivery, once; what arrived before is held until then. */
  open(handlers: LinkHandlers): void;
  /**
   * Queues one message; never refuses: the caller watches {@link bufferedBytes}.
   * @param flushed - called when the bytes are no longer needed, or the link is closed.
   */
  send(message: Message, flushed?: () => void): void;
  /** Bytes queued here that have not left this process. */
  readonly bufferedBytes: number;
  /** Lifts the limits on a peer that has not proved the token. */
  trust(): void;
  /** Stops and resumes reading; the peer's writes then pile up on its side. */
  pause(): void;
  resume(): void;
  /** Sends what is queued, then closes; a peer that does not take it within 2 s is cut off. */
  close(): void;
  /** Closes at once. */
  destroy(reason: string): void;
}

export interface Listener {
  /** Where it really listens, `host:port`. */
  readonly address: string;
  /** Stops listening, at once; links that were accepted live on. */
  close(): Promise<void>;
}

/** How bytes get from process to process. Everything above is the same over every transport. */
export interface Transport {
  /**
   * @throws {@link Eau2Error} `PORT_IN_USE` when somebody else listens there.
   */
  listen(address: string, accept: (link: Link) => void): Promise<Listener>;
  /**
   * @throws {@link Eau2Error} `PEER_GONE` when nobody listens there (details `refused: 1`) or it cannot be reached,
   * `CANCELLED` when the signal was aborted.
   */
  connect(address: string, signal?: AbortSignal): Promise<Link>;
}
