/** What a file compressed with gzip holds, as a source that can be read forwards alone, while it is inflated. */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { OpenFile } from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";

const INFLATED_BYTES = 256 * 1024;

/** Inflating goes on in a thread of its own, some pieces ahead. @param descriptor - which is closed with the file. */
export const inflatedFile = (path: string, descriptor: number): OpenFile => {
  const compressed = createReadStream("", { fd: descriptor, highWaterMark: INFLATED_BYTES });
  const gunzip = createGunzip({ chunkSize: INFLATED_BYTES });
  compressed.on("error", (error) => gunzip.destroy(error));
  const pieces = compressed.pipe(gunzip)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return new InflatedFile(path, pieces, [compressed, gunzip]);
};

class InflatedFile implements OpenFile {
  readonly bytes = Number.POSITIVE_INFINITY;
  /** Pieces from `start` on, in order. */
  #kept: Buffer[] = [];
  #start = 0;
  #end = 0;
  #isEnded = false;

  constructor(
    readonly name: string,
    private readonly pieces: AsyncIterator<Buffer>,
    private readonly streams: readonly Readable[],
  ) {}

  async read(offset: number, into: Uint8Array): Promise<number> {
    if (offset < this.#start) throw new Error(`invariant: byte ${offset} was forgotten`);
    while (offset >= this.#end && !this.#isEnded) await this.#inflate();
    let from = this.#start;
    for (const piece of this.#kept) {
      if (offset < from + piece.length) {
        const part = piece.subarray(offset - from, offset - from + into.length);
        into.set(part);
        return part.length;
      }
      from += piece.length;
    }
    return 0;
  }

  forget(offset: number): void {
    while (this.#kept.length > 0 && this.#start + this.#kept[0]!.length <= offset) {
      this.#start += this.#kept.shift()!.length;
    }
  }

  close(): void {
    for (const stream of this.streams) stream.destroy();
  }

  async #inflate(): Promise<void> {
    try {
      const { value, done } = await this.pieces.next();
      if (done === true) this.#isEnded = true;
      else {
        this.#kept.push(value);
        this.#end += value.length;
      }
    } catch (error) {
      throw inflateProblem(this.name, this.#end, error);
    }
  }
}

const inflateProblem = (path: string, bytes: number, error: unknown): Eau2Error => {
  const { code } = error as NodeJS.ErrnoException;
  const what =
    code === "Z_BUF_ERROR"
      ? `it ends in the middle, after ${bytes} bytes of what it holds; it is cut off, get it again`
      : `it is damaged after ${bytes} bytes of what it holds (${error instanceof Error ? error.message : String(error)}); get it again`;
  return new Eau2Error("DATA_INVALID", `inflate "${path}": ${what}`, { path, bytes }, { cause: error });
};
