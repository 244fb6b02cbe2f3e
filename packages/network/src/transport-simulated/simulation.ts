/**
 * Virtual time and seeded chance. Events run in order of time, ties in order of creation; after each one everything
 * that became ready (promises) runs to its end before time goes on. So one seed is one history.
 */
import type { Clock, Random } from "../clock.js";

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

const before = (a: Event, b: Event): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** sfc32, a small fast counter-based generator (Chris Doty-Humphrey, PractRand). */
export class SeededRandom implements Random {
  #a = 0x9e3779b9;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#b = seed | 0;
    this.#c = Math.floor(seed / 4294967296) | 0;
    for (let round = 0; round < 15; round++) this.uint32();
  }

  uint32(): number {
    const mixed = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + mixed;
    this.#c |= 0;
    return mixed >>> 0;
  }

  /** An integer in [0, limit). */
  below(limit: number): number {
    return Math.floor((this.uint32() / 4294967296) * limit);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uint32() / 4294967296 < probability;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let index = 0; index < count; index++) bytes[index] = this.uint32() & 0xff;
    return bytes;
  }
}

export class Simulation {
  readonly random: SeededRandom;
  readonly clock: Clock;
  #nowMs = 0;
  #order = 0;
  #heap: Event[] = [];
  #eventCount = 0;

  /** @param settle - resolves when all promises that are ready have run (a turn of the real event loop). */
  constructor(
    readonly seed: number,
    private readonly settle: () => Promise<void>,
  ) {
    this.random = new SeededRandom(seed);
    this.clock = {
      now: () => this.#nowMs,
      after: (delayMs, run) => {
        const event = this.#push(delayMs, run);
        return () => {
          event.cancelled = true;
        };
      },
      soon: (run) => {
        this.#push(0, run);
      },
    };
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Events that have happened. */
  get eventCount(): number {
    return this.#eventCount;
  }

  /** Events that are yet to happen: 0 when everything that was started has ended. */
  get pending(): number {
    return this.#heap.reduce((count, { cancelled }) => count + (cancelled ? 0 : 1), 0);
  }

  /** Lets virtual time pass. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await this.settle();
    while (this.#heap.length > 0 && this.#heap[0]!.atMs <= untilMs) {
      const event = this.#pop();
      if (event.cancelled) continue;
      await this.#happen(event);
    }
    this.#nowMs = untilMs;
  }

  /** Time passes and nothing runs, as on a machine that was suspended; what became due runs afterwards, late. */
  async skip(durationMs: number): Promise<void> {
    this.#nowMs += durationMs;
    await this.advance(0);
  }

  /**
   * Lets time pass until `promise` has settled.
   * @throws the promise's own error, or an error when virtual time runs past `limitMs` or nothing is left to happen.
   */
  async until<T>(promise: Promise<T>, limitMs = 600_000): Promise<T> {
    let settled = false;
    promise.then(
      () => {
        settled = true;
      },
      () => {
        settled = true;
      },
    );
    const endMs = this.#nowMs + limitMs;
    await this.settle();
    while (!settled) {
      if (this.#heap.length === 0)
        throw new Error(`simulation ${this.seed}: nothing is left to happen and the promise is pending`);
      if (this.#heap[0]!.atMs > endMs)
        throw new Error(`simulation ${this.seed}: the promise is pending after ${limitMs} ms`);
      const event = this.#pop();
      if (event.cancelled) continue;
      await this.#happen(event);
    }
    return promise;
  }

  async #happen(event: Event): Promise<void> {
    this.#nowMs = Math.max(this.#nowMs, event.atMs);
    this.#eventCount++;
    event.run();
    await this.settle();
  }

  #push(delayMs: number, run: () => void): Event {
    const event: Event = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, run, cancelled: false };
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (before(heap[parent]!, event)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = event;
    return event;
  }

  #pop(): Event {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      let index = 0;
      for (;;) {
        let child = 2 * index + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
        if (!before(heap[child]!, last)) break;
        heap[index] = heap[child]!;
        index = child;
      }
      heap[index] = last;
    }
    return top;
  }
}
