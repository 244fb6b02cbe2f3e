import { MESSAGE_BYTES_MAX } from "@eau2/protocol";
import type { Link, LinkHandlers } from "./transport.js";

/** When more than this is held, the link is not read until somebody takes over. */
const HELD_BYTES_MAX = MESSAGE_BYTES_MAX;

/** A link that passes through several hands (gate, hello, session): what arrives between two of them is held. */
export class HandoverLink {
  #handlers: LinkHandlers | undefined;
  #held: (readonly Uint8Array[])[] = [];
  #heldBytes = 0;
  #paused = false;
  #closed: string | undefined;
  #delivering = false;
  #told: LinkHandlers | undefined;

  constructor(readonly link: Link) {
    link.open({
      message: (pieces) => {
        // While something is held or being delivered, later messages queue up behind it.
        if (this.#handlers === undefined || this.#delivering || this.#held.length > 0) this.#hold(pieces);
        else this.#handlers.message(pieces);
      },
      close: (reason) => {
        this.#closed = reason;
        // Whoever listens has heard the end; only what nobody has listened to yet is kept.
        if (this.#handlers !== undefined) this.#held = [];
        this.#tellClose();
      },
    });
  }

  /** Takes over; held messages are delivered first, and the close if there was one. */
  handle(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    if (this.#paused) {
      this.#paused = false;
      this.link.resume();
    }
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.#handlers !== undefined && this.#held.length > 0) this.#handlers.message(this.#held.shift()!);
    } finally {
      this.#delivering = false;
    }
    if (this.#held.length === 0) this.#heldBytes = 0;
    this.#tellClose();
  }

  /** Lets go. */
  hold(): void {
    this.#handlers = undefined;
  }

  #tellClose(): void {
    if (this.#closed === undefined || this.#handlers === undefined || this.#delivering) return;
    if (this.#told === this.#handlers) return;
    this.#told = this.#handlers;
    this.#handlers.close(this.#closed);
  }

  #hold(pieces: readonly Uint8Array[]): void {
    this.#held.push(pieces);
    for (const piece of pieces) this.#heldBytes += piece.length;
    if (this.#handlers !== undefined || this.#paused || this.#heldBytes <= HELD_BYTES_MAX) return;
    this.#paused = true;
    this.link.pause();
  }
}
