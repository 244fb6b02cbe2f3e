import type { Clock } from "@eau2/network";

/** The clock of one process. When that is killed, nothing of it runs any more: none of its timers, and it makes no others. */
export class HostClock implements Clock {
  #cancels = new Set<() => void>();
  #isStopped = false;

  constructor(private readonly clock: Clock) {}

  get isStopped(): boolean {
    return this.#isStopped;
  }

  now(): number {
    return this.clock.now();
  }

  after(delayMs: number, run: () => void): () => void {
    if (this.#isStopped) return () => {};
    const cancelTimer = this.clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      run();
    });
    const cancel = () => {
      this.#cancels.delete(cancel);
      cancelTimer();
    };
    this.#cancels.add(cancel);
    return cancel;
  }

  soon(run: () => void): void {
    this.after(0, run);
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of [...this.#cancels]) cancel();
  }
}
