import type { LinkHandlers } from "./transport.js";

/** What every link does with arrivals: hold them until somebody listens, deliver in order, close once. */
export class LinkInbox {
  #handlers: LinkHandlers | undefined;
  #held: (readonly Uint8Array[])[] = [];
  #closed: string | undefined;
  #told = false;
  #delivering = false;

  open(handlers: LinkHandlers): void {
    if (this.#handlers !== undefined) throw new Error("invariant: a link is opened once");
    this.#handlers = handlers;
    this.#deliver();
  }

  message(pieces: readonly Uint8Array[]): void {
    if (this.#closed !== undefined) return;
    this.#held.push(pieces);
    this.#deliver();
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  close(reason: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#deliver();
  }

  #deliver(): void {
    if (this.#handlers === undefined || this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.#held.length > 0 && this.#closed === undefined) this.#handlers.message(this.#held.shift()!);
    } finally {
      this.#delivering = false;
    }
    if (this.#closed !== undefined && !this.#told) {
      this.#told = true;
      this.#held = [];
      this.#handlers.close(this.#closed);
    }
  }
}
