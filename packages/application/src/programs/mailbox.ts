/**
 * What a program printed on its way from the nodes to the client, on the node that coordinates. Bounded: while it is full,
 * nodes are not answered, so they stop reading what their processes print, and those stop printing. A batch is kept until
 * the client has asked for the next one: a link that breaks loses nothing.
 */
import type { ProgramFollowReply, ProgramLine, ProgramProgress } from "@eau2/protocol";
import { batchLines, lineBytes } from "./line-batch.js";

/** UTF-8 bytes of lines that wait for the client; one more report waits. */
export const MAILBOX_BYTES_MAX = 1024 * 1024;

type NodeLine = ProgramLine & { readonly node: string };

export class Mailbox {
  #lines: NodeLine[] = [];
  #bytes = 0;
  #progress = new Map<string, ProgramProgress>();
  #sent: ProgramFollowReply = { number: 0, lines: [], progress: [], ended: false };
  #closed = false;
  #isAbandoned = false;
  #lostLines = 0;
  /** Number of the last batch that the client is known to have. */
  #arrived = 0;
  #waiting: (() => void)[] = [];
  #roomWanted: (() => void)[] = [];
  #isDrained = false;
  #onDrained: (() => void) | undefined;

  /** Takes in what a node reports. Resolves when there is room for more. */
  async post(node: string, lines: readonly ProgramLine[], progress: ProgramProgress | undefined): Promise<void> {
    if (this.#isAbandoned) {
      this.#lostLines += lines.length;
      return;
    }
    for (const line of lines) {
      this.#lines.push({ node, ...line });
      this.#bytes += lineBytes(line);
    }
    if (progress !== undefined) this.#progress.set(node, progress);
    this.#wake();
    while (this.#bytes > MAILBOX_BYTES_MAX) await new Promise<void>((resolve) => this.#roomWanted.push(resolve));
  }

  /** The batch after `after`, as soon as there is something. */
  async next(after: number, signal: AbortSignal): Promise<ProgramFollowReply> {
    this.#arrived = Math.max(this.#arrived, after);
    if (after < this.#sent.number) return this.#sent;
    if (this.#sent.ended) this.#drained();
    while (!this.#hasNews() && !this.#sent.ended) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      if (signal.aborted) throw signal.reason;
    }
    if (this.#sent.ended || after < this.#sent.number) return this.#sent;
    const lines = this.#lines.splice(0, batchLines(this.#lines));
    for (const line of lines) this.#bytes -= lineBytes(line);
    const progress = [...this.#progress].map(([node, one]) => ({ node, ...one }));
    this.#progress.clear();
    this.#sent = {
      number: this.#sent.number + 1,
      lines,
      progress,
      ended: this.#closed && this.#lines.length === 0,
    };
    if (this.#bytes <= MAILBOX_BYTES_MAX) for (const run of this.#roomWanted.splice(0)) run();
    return this.#sent;
  }

  /** Nothing more comes. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Nobody reads any more: what is here is dropped, and so is what comes. */
  abandon(): void {
    if (this.#isAbandoned) return;
    this.#isAbandoned = true;
    this.#lostLines += this.#lines.length;
    if (this.#sent.number > this.#arrived) this.#lostLines += this.#sent.lines.length;
    this.#lines = [];
    this.#bytes = 0;
    this.close();
    this.#drained();
    for (const run of this.#roomWanted.splice(0)) run();
  }

  /** Lines that have not arrived, as far as is known, because it was abandoned. */
  get lostLines(): number {
    return this.#lostLines;
  }

  /** Resolves when the client has all of it. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#onDrained = resolve;
      if (this.#isDrained) resolve();
    });
  }

  #drained(): void {
    this.#isDrained = true;
    this.#onDrained?.();
  }

  #hasNews(): boolean {
    return this.#lines.length > 0 || this.#progress.size > 0 || this.#closed;
  }

  #wake(): void {
    for (const run of this.#waiting.splice(0)) run();
  }
}
