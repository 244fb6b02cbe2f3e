import type { Message } from "@eau2/serialization";
import type { LinkInbox } from "./link-inbox.js";
import { UNTRUSTED_BYTES_MAX } from "./transport.js";

/** A message as it arrives where there is no socket: copied when it is sent, so that its sender may free its memory. */
export const copyOf = (message: Message): Uint8Array => {
  const bytes = new Uint8Array(message.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of message) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

/** What a socket does at the receiving end, for links without one: it waits while paused, and counts until trusted. */
export class Arrivals {
  #isTrusted = false;
  #isPaused = false;
  #untrustedBytes = 0;
  #waiting: { readonly bytes: Uint8Array; readonly taken: () => void }[] = [];

  /** @param destroy - ends the link. */
  constructor(
    private readonly inbox: LinkInbox,
    private readonly destroy: (reason: string) => void,
  ) {}

  /** @param taken - called when the bytes have left the sender's queue. */
  add(bytes: Uint8Array, taken: () => void): void {
    if (this.#isPaused && !this.inbox.closed) {
      this.#waiting.push({ bytes, taken });
      return;
    }
    taken();
    if (!this.#isTrusted) {
      this.#untrustedBytes += bytes.length;
      if (this.#untrustedBytes > UNTRUSTED_BYTES_MAX) {
        this.destroy("too many bytes before the token was proved");
        return;
      }
    }
    this.inbox.message([bytes]);
  }

  trust(): void {
    this.#isTrusted = true;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    for (const { bytes, taken } of this.#takeWaiting()) this.add(bytes, taken);
  }

  /** The link is closed: what waits is not delivered, and its sender need not wait for it. */
  letGo(): void {
    for (const { taken } of this.#takeWaiting()) taken();
  }

  #takeWaiting() {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}
