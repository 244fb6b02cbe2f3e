/**
 * What a node remembers of the chunks of frames: statistics in their heads, by column. Chunks never change, so what was once
 * asked for stays true; when it becomes too much, the frames that were not asked for the longest time are forgotten.
 */
import type { ChunkFacts, FrameId } from "@eau2/dataframe";

/** About 200 bytes each. */
const FACTS_MAX = 65_536;

/** Of a column: the facts of each chunk, in frame order. */
type ColumnOfFacts = readonly ChunkFacts[];

export class FrameFacts {
  readonly #frames = new Map<FrameId, Map<number, ColumnOfFacts>>();
  #count = 0;

  /** @param factsMax - facts that are kept, of one chunk and column each. */
  constructor(private readonly factsMax = FACTS_MAX) {}

  /** Facts that are kept. */
  get count(): number {
    return this.#count;
  }

  get(frame: FrameId, column: number): ColumnOfFacts | undefined {
    const columns = this.#frames.get(frame);
    if (columns === undefined) return undefined;
    // The last one in order is the last one used.
    this.#frames.delete(frame);
    this.#frames.set(frame, columns);
    return columns.get(column);
  }

  keep(frame: FrameId, column: number, facts: ColumnOfFacts): void {
    if (facts.length > this.factsMax) return;
    const columns = this.#frames.get(frame) ?? new Map<number, ColumnOfFacts>();
    this.#count += facts.length - (columns.get(column)?.length ?? 0);
    columns.set(column, facts);
    this.#frames.delete(frame);
    this.#frames.set(frame, columns);
    for (const oldest of this.#frames.keys()) {
      if (this.#count <= this.factsMax) return;
      this.forget(oldest);
    }
  }

  /** Nobody will ask for it any more. */
  forget(frame: FrameId): void {
    const columns = this.#frames.get(frame);
    if (columns === undefined) return;
    this.#frames.delete(frame);
    for (const facts of columns.values()) this.#count -= facts.length;
  }
}
