/** Those who wait give up in two ways: their signal is aborted, or their time is up. One place says how either is told. */
import type { Mesh } from "@eau2/network";
import { Eau2Error } from "@eau2/protocol";

/** Deadlines of a mesh: one timer for all of them. */
export type DeadlineWheel = Mesh["wheel"];

/** How long somebody waits. */
export interface CallerLimits {
  /** Aborting it rejects with `CANCELLED`, or with its reason if that is an `Eau2Error`. */
  readonly signal?: AbortSignal | undefined;
  /** Time until `DEADLINE`, in ms; `null` or undefined for none. */
  readonly timeoutMs?: number | null | undefined;
}

/** @throws {@link Eau2Error} when the signal is aborted already. */
export const assertNotCancelled = (signal: AbortSignal | undefined, what: string): void => {
  if (signal?.aborted) throw cancelled(signal, what);
};

export const cancelled = ({ reason }: AbortSignal, what: string): Eau2Error =>
  reason instanceof Eau2Error ? reason : new Eau2Error("CANCELLED", `${what}: cancelled by the caller`);

export const lateError = (what: string, { timeoutMs }: CallerLimits): Eau2Error =>
  new Eau2Error("DEADLINE", `${what}: no answer in ${timeoutMs} ms; try again or allow more time`, {
    timeoutMs: timeoutMs ?? 0,
  });

/**
 * Calls `giveUp`, once, when the caller's signal is aborted or its time is up.
 * @param what - what it waits for, as messages begin: `get "a"`.
 * @returns ends the watch; to be called when the wait is over.
 */
export const watchCaller = (
  wheel: DeadlineWheel,
  what: string,
  { signal, timeoutMs }: CallerLimits,
  giveUp: (error: Eau2Error) => void,
): (() => void) => {
  const late = {
    bucket: -1,
    expire: () => {
      stop();
      giveUp(lateError(what, { timeoutMs }));
    },
  };
  const onAbort = () => {
    stop();
    giveUp(cancelled(signal!, what));
  };
  const stop = () => {
    signal?.removeEventListener("abort", onAbort);
    if (late.bucket >= 0) wheel.remove(late);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  if (timeoutMs !== undefined && timeoutMs !== null) wheel.add(late, timeoutMs);
  return stop;
};
