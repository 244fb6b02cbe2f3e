/** What was seen first, and must be seen again wherever else one looks. */
import assert from "node:assert/strict";
import type { DataFrame } from "@eau2/dataframe";
import { frameBytes, frameRows } from "./frame-contents.js";

export class Same {
  readonly #first = new Map<string, string>();

  constructor(private readonly note: string) {}

  /** @param where - on which cluster. */
  value(what: string, value: unknown, where: string): void {
    const text = JSON.stringify(value);
    const first = this.#first.get(what) ?? text;
    assert.equal(text, first, `${what} is another one on ${where} (${this.note})`);
    this.#first.set(what, first);
  }

  /** Bytes are the same in chunks of the same size, and rows whatever the chunks. */
  async frame(what: string, chunkRows: number | undefined, frame: DataFrame, where: string): Promise<void> {
    const inChunks = `${what} in chunks of ${chunkRows}`;
    // The same bytes are the same rows: they are looked at where the bytes are new.
    const isNew = !this.#first.has(inChunks);
    this.value(inChunks, await frameBytes(frame), where);
    if (isNew) this.value(`${what}: rows`, await frameRows(frame), inChunks);
  }

  /** How many different values there are among those whose name matches. */
  distinct(pattern: RegExp): number {
    return new Set([...this.#first].filter(([what]) => pattern.test(what)).map(([, value]) => value)).size;
  }
}
