import { Eau2Error } from "@eau2/protocol";

/** A task that nobody waits for any more stops at the next chunk. */
export const cancelledError = (what: string): Eau2Error =>
  new Eau2Error("CANCELLED", `${what}: the query was cancelled`);
