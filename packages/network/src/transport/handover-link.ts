import type { Link, LinkHandlers } from "./transport.js";

/** A link that passes through several hands (gate, hello, session): what arrives between two of them is held. */
export class HandoverLink {
  #handlers: LinkHandlers | undefined;
  #held: (readonly Uint8Array[])[] = [];
  #closed: string | undefined;

  constructor(readonly link: Link) {
    link.open({
      message: (pieces) => {
        if (this.#handlers === undefined) this.#held.push(pieces);
        else this.#handlers.message(pieces);
      },
      close: (reason) => {
        this.#closed = reason;
        this.#handlers?.close(reason);
      },
    });
  }

  /** Takes over; held messages are delivered first, and the close if there was one. */
  handle(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    while (this.#held.length > 0 && this.#handlers === handlers) handlers.message(this.#held.shift()!);
    if (this.#closed !== undefined && this.#handlers === handlers) handlers.close(this.#closed);
  }

  /** Lets go. */
  hold(): void {
    this.#handlers = undefined;
  }
}
