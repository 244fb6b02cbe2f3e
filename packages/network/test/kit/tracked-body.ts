import { bodyOf } from "../../src/session/outgoing-requests.js";
import type { OutgoingBody } from "../../src/session/streams.js";

/** Bodies and receive buffers that were lent, and how often each came back. */
export class Loans {
  #open = new Map<number, string>();
  #next = 0;
  readonly faults: string[] = [];

  /** A body that has to be released exactly once. Released bytes are overwritten: whoever still sends them is found out. */
  body(bytes: Uint8Array, what: string): OutgoingBody {
    const lent = bytes.slice();
    const back = this.lend(`body of ${what}`);
    return {
      ...bodyOf(lent),
      release: () => {
        back();
        lent.fill(0xee);
      },
    };
  }

  /** @returns what gives the loan back; a second time is a fault. */
  lend(what: string): () => void {
    const id = this.#next++;
    this.#open.set(id, what);
    return () => {
      if (!this.#open.delete(id)) this.faults.push(`${what} came back twice`);
    };
  }

  /** What is still out. */
  get open(): string[] {
    return [...this.#open.values()];
  }
}
