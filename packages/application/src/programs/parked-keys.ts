/** Whether a program does nothing but wait for keys, from the requests that wait for an answer. Pure. */
import type { PendingRequest } from "@eau2/network";
import { type KeyRecord, PROGRAM_WAITS_MAX } from "@eau2/protocol";

/**
 * @param signal - the program's own: a wait that another one may end does not wait for ever.
 * @returns the keys; undefined when there are none, when something else is under way, or when a wait has an end.
 */
export const parkedKeys = (
  pending: Iterable<PendingRequest>,
  signal: AbortSignal,
): readonly KeyRecord[] | undefined => {
  const keys: KeyRecord[] = [];
  for (const request of pending) {
    const isForEver = request.timeoutMs === null && (request.signal === undefined || request.signal === signal);
    // With very many waits nobody says whether they are for ever: what is not known is not ended.
    if (request.kind !== "kv.wait" || !isForEver || keys.length === PROGRAM_WAITS_MAX) return undefined;
    keys.push((request.control as { readonly key: KeyRecord }).key);
  }
  return keys.length === 0 ? undefined : keys;
};
