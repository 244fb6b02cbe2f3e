/**
 * Deadlines of many requests with one timer: entries lie in buckets of equal time, adding and removing is O(1), and a
 * deadline fires at most one bucket late. (Varghese, Lauck, "Hashed and hierarchical timing wheels", SOSP 1987.)
 */
import type { Clock } from "../clock.js";

const BUCKET_MS = 20;
/** Timers hold 31 bits of milliseconds; a longer wait is made of several. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export interface Deadline {
  /** Bucket number, set by the wheel; -1 when it is in none. */
  bucket: number;
  expire(): void;
}

export class DeadlineWheel {
  #buckets = new Map<number, Set<Deadline>>();
  #cancelTimer: (() => void) | undefined;
  #next = Number.POSITIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  add(deadline: Deadline, timeLeftMs: number): void {
    const bucket = Math.ceil((this.clock.now() + timeLeftMs) / BUCKET_MS);
    deadline.bucket = bucket;
    const entries = this.#buckets.get(bucket);
    if (entries !== undefined) entries.add(deadline);
    else {
      this.#buckets.set(bucket, new Set([deadline]));
      if (bucket < this.#next) this.#arm(bucket);
    }
  }

  remove(deadline: Deadline): void {
    const { bucket } = deadline;
    const entries = this.#buckets.get(bucket);
    deadline.bucket = -1;
    if (entries === undefined) return;
    entries.delete(deadline);
    if (entries.size === 0) this.#buckets.delete(bucket);
  }

  close(): void {
    this.#cancelTimer?.();
    this.#buckets.clear();
  }

  #arm(bucket: number): void {
    this.#cancelTimer?.();
    this.#next = bucket;
    const delayMs = Math.min(TIMER_MS_MAX, Math.max(0, bucket * BUCKET_MS - this.clock.now()));
    this.#cancelTimer = this.clock.after(delayMs, () => this.#fire());
  }

  #fire(): void {
    const nowBucket = Math.floor(this.clock.now() / BUCKET_MS);
    const due: Deadline[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const [bucket, entries] of this.#buckets) {
      if (bucket <= nowBucket) {
        this.#buckets.delete(bucket);
        due.push(...entries);
      } else if (bucket < next) next = bucket;
    }
    this.#next = Number.POSITIVE_INFINITY;
    if (next < Number.POSITIVE_INFINITY) this.#arm(next);
    for (const deadline of due) {
      deadline.bucket = -1;
      deadline.expire();
    }
  }
}
