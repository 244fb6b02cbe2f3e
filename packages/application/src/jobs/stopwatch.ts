import { z } from "zod";
import type { JobContext } from "./job.js";

export const Phase = z.strictObject({ name: z.string(), ms: z.number() });
export type Phase = z.infer<typeof Phase>;

/** Measures the phases of a job by the handed-in clock. */
export class Stopwatch {
  readonly phases: Phase[] = [];
  #startMs: number;
  constructor(private readonly context: Pick<JobContext, "clock">) {
    this.#startMs = context.clock.now();
  }
  lap(name: string): void {
    const nowMs = this.context.clock.now();
    this.phases.push({ name, ms: Math.round((nowMs - this.#startMs) * 10) / 10 });
    this.#startMs = nowMs;
  }
}
