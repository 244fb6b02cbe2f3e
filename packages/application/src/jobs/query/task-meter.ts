/** What the tasks of a stage were. */
import type { FrameRecord, StageRan } from "@eau2/dataframe";
import type { Clock } from "@eau2/network";
import type { JobShard } from "../job.js";

export class TaskMeter {
  #startMs: number;
  #bytes = 0;
  #tasks = new Map<string, number>();
  #places = new Map<number, { readonly shard: JobShard; tasks: number }>();

  constructor(private readonly clock: Clock) {
    this.#startMs = clock.now();
  }

  taskDone(shard: JobShard, name: string, outputBytes: readonly number[]): void {
    this.#tasks.set(name, (this.#tasks.get(name) ?? 0) + 1);
    const place = this.#places.get(shard.home) ?? { shard, tasks: 0 };
    place.tasks++;
    this.#places.set(shard.home, place);
    for (const bytes of outputBytes) this.#bytes += bytes;
  }

  /** All since the last time. @param result - what the tasks made in the end. */
  take({ rowCount, chunks, bytes }: FrameRecord): StageRan {
    const nowMs = this.clock.now();
    const places = [...this.#places.values()].sort((a, b) => a.shard.home - b.shard.home);
    const ran: StageRan = {
      rowsOut: rowCount,
      chunksOut: chunks.length,
      bytesOut: bytes,
      exchangedBytes: Math.max(0, this.#bytes - bytes),
      elapsedMs: nowMs - this.#startMs,
      tasks: [...this.#tasks].map(([name, count]) => ({ name, count })),
      places: places.map(({ shard, tasks }) => ({ node: shard.nodeName, shard: shard.home, tasks })),
    };
    this.#startMs = nowMs;
    this.#bytes = 0;
    this.#tasks = new Map();
    this.#places = new Map();
    return ran;
  }
}
