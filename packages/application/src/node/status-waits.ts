/** Waits in a status: as many as its control part holds, the longest first, because those are what somebody looks for. */
import { CONTROL_BYTES_MAX, STATUS_WAITS_MAX, type WaitRecord } from "@eau2/protocol";
import { encodeControl, firstThatFit } from "@eau2/serialization";

/** For lengths and field names around what was measured. */
const SLACK_BYTES = 64;

/**
 * @param waits - in any order.
 * @param rest - what the answer holds besides the waits.
 */
export const statusWaits = (waits: readonly WaitRecord[], rest: unknown): WaitRecord[] =>
  firstThatFit(
    waits.toSorted((a, b) => b.sinceMs - a.sinceMs).slice(0, STATUS_WAITS_MAX),
    CONTROL_BYTES_MAX - SLACK_BYTES - encodeControl(rest).length,
    (wait) => encodeControl(wait).length,
  );
