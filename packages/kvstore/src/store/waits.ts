/** Who waits for which key since when. Nothing polls: a put wakes exactly those that wait for it. */
import { Eau2Error, WAITER_NAME_MAX, type WaitRecord } from "@eau2/protocol";
import type { Key } from "./key.js";
import { assertNotCancelled, type CallerLimits, type DeadlineWheel, watchCaller } from "./watch-caller.js";

/** Parked waiters of one node; one more is `BUSY`. */
export const WAITS_MAX = 100_000;

interface Waiter {
  readonly key: Key;
  readonly waiter: string;
  readonly sinceMs: number;
  resolve(): void;
}

export class Waits {
  #waiters = new Map<string, Set<Waiter>>();
  #count = 0;

  constructor(
    private readonly now: () => number,
    private readonly wheel: DeadlineWheel,
  ) {}

  get count(): number {
    return this.#count;
  }

  /**
   * Resolves when the key is put.
   * @throws {@link Eau2Error} `CANCELLED` (or the signal's own reason) when aborted, `DEADLINE`, `BUSY` at {@link WAITS_MAX}.
   */
  async park(key: Key, waiter: string, limits: CallerLimits): Promise<void> {
    const what = `wait for "${key.name}"`;
    assertNotCancelled(limits.signal, what);
    if (this.#count >= WAITS_MAX) {
      const message = `${what}: ${WAITS_MAX} waiters are parked on this node; let some of them finish first`;
      throw new Eau2Error("BUSY", message, { waits: this.#count });
    }
    return new Promise((resolve, reject) => {
      const id = key.toString();
      const stop = watchCaller(this.wheel, what, limits, (error) => {
        this.#remove(id, parked);
        reject(error);
      });
      const parked: Waiter = {
        key,
        waiter,
        sinceMs: this.now(),
        resolve: () => {
          stop();
          resolve();
        },
      };
      let waiters = this.#waiters.get(id);
      if (waiters === undefined) {
        waiters = new Set();
        this.#waiters.set(id, waiters);
      }
      waiters.add(parked);
      this.#count++;
    });
  }

  /** The key is there. */
  wake(key: Key): void {
    if (this.#count === 0) return;
    const id = key.toString();
    const waiters = this.#waiters.get(id);
    if (waiters === undefined) return;
    this.#waiters.delete(id);
    this.#count -= waiters.size;
    for (const waiter of waiters) waiter.resolve();
  }

  /** Longest wait first, at most `limit`. */
  list(limit: number): WaitRecord[] {
    const nowMs = this.now();
    const all = [...this.#waiters.values()].flatMap((waiters) => [...waiters]);
    return all
      .sort((a, b) => a.sinceMs - b.sinceMs)
      .slice(0, limit)
      .map(({ key, waiter, sinceMs }) => ({
        key: key.name,
        home: key.home,
        waiter: waiter.slice(0, WAITER_NAME_MAX),
        sinceMs: Math.max(0, Math.round(nowMs - sinceMs)),
      }));
  }

  #remove(id: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(id);
    if (waiters?.delete(waiter) !== true) return;
    this.#count--;
    if (waiters.size === 0) this.#waiters.delete(id);
  }
}
