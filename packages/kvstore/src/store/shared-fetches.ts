/** Fetches under way, by what they fetch: those who ask for the same share one, and the last who gives up cancels it. */
import { Eau2Error } from "@eau2/protocol";

interface Fetch<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  callers: number;
}

export class SharedFetches<T> {
  #fetches = new Map<string, Fetch<T>>();

  get count(): number {
    return this.#fetches.size;
  }

  /** @param start - makes the request; its signal is aborted when nobody waits for it any more. */
  run(id: string, start: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(new Eau2Error("CANCELLED", "cancelled by the caller"));
    let fetch = this.#fetches.get(id);
    if (fetch === undefined) {
      const controller = new AbortController();
      const result = start(controller.signal).finally(() => {
        if (this.#fetches.get(id) === fetch) this.#fetches.delete(id);
      });
      fetch = { result, controller, callers: 0 };
      this.#fetches.set(id, fetch);
      // Callers that gave up do not hear of its end.
      result.catch(() => {});
    }
    fetch.callers++;
    if (signal === undefined) return fetch.result;
    const shared = fetch;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        shared.callers--;
        if (shared.callers === 0) {
          if (this.#fetches.get(id) === shared) this.#fetches.delete(id);
          shared.controller.abort();
        }
        reject(new Eau2Error("CANCELLED", "cancelled by the caller"));
      };
      signal.addEventListener("abort", onAbort, { once: true });
      shared.result.then(
        (value) => {
          signal.removeEventListener("abort", onAbort);
          resolve(value);
        },
        (error) => {
          signal.removeEventListener("abort", onAbort);
          reject(error);
        },
      );
    });
  }
}
