/**
 * Fetches under way, by what they fetch: those who ask for the same share one. Each of them waits as long as it likes, and
 * the last who gives up cancels it. What is dropped while it travels is brought to those who asked before, but
 * nobody joins that fetch any more, and what it brings is not to be kept.
 */
import { isUnderPrefix } from "./key.js";
import { assertNotCancelled, type CallerLimits, type DeadlineWheel, watchCaller } from "./watch-caller.js";

/** What a fetch is asked for. */
export interface FetchTarget {
  /** Equal for those who may share. */
  readonly id: string;
  /** The key's name: what a drop may cover. */
  readonly name: string;
  /** As messages begin: `get "a"`. */
  readonly what: string;
}

/** A fetch as its maker sees it. */
export interface FetchState {
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** The key was dropped since the fetch began. */
  readonly outdated: boolean;
}

class Fetch<T> implements FetchState {
  readonly #controller = new AbortController();
  result!: Promise<T>;
  outdated = false;
  callers = 0;

  constructor(readonly target: FetchTarget) {}

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller.abort();
  }
}

export class SharedFetches<T> {
  /** Those that may be joined. */
  #open = new Map<string, Fetch<T>>();

  constructor(private readonly wheel: DeadlineWheel) {}

  /** Whether the next one who asks for it would join a fetch. */
  isUnderWay(id: string): boolean {
    return this.#open.has(id);
  }

  /** Fetches under way that another caller would join. */
  get count(): number {
    return this.#open.size;
  }

  /**
   * @param start - makes the request, without a time limit of its own.
   * @throws `CANCELLED`, `DEADLINE` for this caller alone; what `start` throws for all.
   */
  run(target: FetchTarget, start: (state: FetchState) => Promise<T>, limits: CallerLimits = {}): Promise<T> {
    assertNotCancelled(limits.signal, target.what);
    const fetch = this.#open.get(target.id) ?? this.#begin(target, start);
    fetch.callers++;
    if (limits.signal === undefined && (limits.timeoutMs === undefined || limits.timeoutMs === null)) {
      return fetch.result;
    }
    return new Promise((resolve, reject) => {
      const stop = watchCaller(this.wheel, target.what, limits, (error) => {
        fetch.callers--;
        if (fetch.callers === 0) {
          this.#close(fetch);
          fetch.abort();
        }
        reject(error);
      });
      fetch.result.then(resolve, reject).finally(stop);
    });
  }

  /** Keys under a prefix were dropped: fetches of them are not joined any more, and bring nothing to keep. */
  outdate(prefix: string): void {
    for (const fetch of this.#open.values()) {
      if (!isUnderPrefix(fetch.target.name, prefix)) continue;
      fetch.outdated = true;
      this.#close(fetch);
    }
  }

  #begin(target: FetchTarget, start: (state: FetchState) => Promise<T>): Fetch<T> {
    const fetch = new Fetch<T>(target);
    fetch.result = start(fetch).finally(() => this.#close(fetch));
    // Callers that gave up do not hear of its end.
    fetch.result.catch(() => {});
    this.#open.set(target.id, fetch);
    return fetch;
  }

  #close(fetch: Fetch<T>): void {
    const { id } = fetch.target;
    if (this.#open.get(id) === fetch) this.#open.delete(id);
  }
}
