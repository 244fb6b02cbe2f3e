/**
 * Fetches under way, by what they fetch: those who ask for the same share one. Each of them waits as long as it likes, and
 * the last who gives up cancels it. What is dropped while it travels is brought to those who asked before, but
 * nobody joins that fetch any more, and what it brings is not to be kept.
 */
import type { CancelListener, CancelSource } from "@eau2/network";
import { isUnderPrefix, type Key } from "./key.js";
import { KeyMap } from "./key-map.js";
import { assertNotCancelled, type CallerLimits, cancelled, type DeadlineWheel, lateError } from "./watch-caller.js";

/** What a fetch is asked for. */
export interface FetchTarget {
  readonly verb: "get" | "wait for";
  /** Those who ask for an equal key, in the same way, may share. */
  readonly key: Key;
}

/** A fetch as its maker sees it. */
export interface FetchState {
  /** Aborted when nobody waits for it any more. */
  readonly signal: CancelSource;
  /** The key was dropped since the fetch began. */
  readonly outdated: boolean;
}

/** A fetch is its own signal, with room for the one request that it makes: see {@link CancelSource}. */
class Fetch<T> implements FetchState, FetchTarget, CancelSource {
  readonly waiters: Waiter<T>[] = [];
  aborted = false;
  outdated = false;
  /** Waiters that have not given up. */
  waiting = 0;
  #listener: CancelListener | undefined;

  constructor(
    readonly verb: FetchTarget["verb"],
    readonly key: Key,
  ) {}

  get signal(): CancelSource {
    return this;
  }

  get what(): string {
    return `${this.verb} "${this.key.name}"`;
  }

  addEventListener(_type: "abort", listener: CancelListener): void {
    this.#listener = listener;
  }

  removeEventListener(): void {
    this.#listener = undefined;
  }

  abort(): void {
    this.aborted = true;
    this.#listener?.handleEvent();
  }
}

/** One caller of a fetch: its promise, its time and its signal in one object, because there is one for every get. */
class Waiter<T> implements CancelListener {
  bucket = -1;
  gaveUp = false;

  constructor(
    private readonly fetches: SharedFetches<T>,
    readonly fetch: Fetch<T>,
    private readonly limits: CallerLimits,
    readonly resolve: (value: T) => void,
    readonly reject: (error: unknown) => void,
  ) {}

  expire(): void {
    this.fetches.giveUp(this, lateError(this.fetch.what, this.limits));
  }

  handleEvent(): void {
    this.fetches.giveUp(this, cancelled(this.limits.signal!, this.fetch.what));
  }

  stopListening(): void {
    this.limits.signal?.removeEventListener("abort", this);
  }
}

export class SharedFetches<T> {
  /** Those that may be joined. */
  readonly #open = { get: new KeyMap<Fetch<T>>(), "wait for": new KeyMap<Fetch<T>>() };

  constructor(private readonly wheel: DeadlineWheel) {}

  /** Whether the next one who asks for it would join a fetch. */
  isUnderWay({ verb, key }: FetchTarget): boolean {
    return this.#open[verb].get(key) !== undefined;
  }

  /** Fetches under way that another caller would join. */
  get count(): number {
    return this.#open.get.size + this.#open["wait for"].size;
  }

  /**
   * @param start - makes the request, without a time limit of its own.
   * @throws `CANCELLED`, `DEADLINE` for this caller alone; what `start` throws for all.
   */
  run(target: FetchTarget, start: (state: FetchState) => Promise<T>, limits: CallerLimits = {}): Promise<T> {
    const { signal, timeoutMs } = limits;
    const { verb, key } = target;
    if (signal?.aborted) assertNotCancelled(signal, `${verb} "${key.name}"`);
    const fetch = this.#open[verb].get(key) ?? this.#begin(target, start);
    return new Promise((resolve, reject) => {
      const waiter = new Waiter<T>(this, fetch, limits, resolve, reject);
      fetch.waiters.push(waiter);
      fetch.waiting++;
      signal?.addEventListener("abort", waiter, { once: true });
      if (timeoutMs !== undefined && timeoutMs !== null) this.wheel.add(waiter, timeoutMs);
    });
  }

  /** Called by a waiter whose time is up or whose signal is aborted. */
  giveUp(waiter: Waiter<T>, error: Error): void {
    if (waiter.gaveUp) return;
    waiter.gaveUp = true;
    this.#stopWatching(waiter);
    const { fetch } = waiter;
    fetch.waiting--;
    if (fetch.waiting === 0) {
      this.#close(fetch);
      fetch.abort();
    }
    waiter.reject(error);
  }

  /** Keys under a prefix were dropped: fetches of them are not joined any more, and bring nothing to keep. */
  outdate(prefix: string): void {
    for (const open of Object.values(this.#open)) {
      for (const fetch of open.values()) {
        if (!isUnderPrefix(fetch.key.name, prefix)) continue;
        fetch.outdated = true;
        this.#close(fetch);
      }
    }
  }

  #begin({ verb, key }: FetchTarget, start: (state: FetchState) => Promise<T>): Fetch<T> {
    const fetch = new Fetch<T>(verb, key);
    this.#open[verb].set(key, fetch);
    start(fetch).then(
      (value) => {
        this.#close(fetch);
        for (const waiter of fetch.waiters) {
          if (waiter.gaveUp) continue;
          this.#stopWatching(waiter);
          waiter.resolve(value);
        }
      },
      (error: unknown) => {
        this.#close(fetch);
        for (const waiter of fetch.waiters) {
          if (waiter.gaveUp) continue;
          this.#stopWatching(waiter);
          waiter.reject(error);
        }
      },
    );
    return fetch;
  }

  #stopWatching(waiter: Waiter<T>): void {
    if (waiter.bucket >= 0) this.wheel.remove(waiter);
    waiter.stopListening();
  }

  #close(fetch: Fetch<T>): void {
    const open = this.#open[fetch.verb];
    if (open.get(fetch.key) === fetch) open.delete(fetch.key);
  }
}
