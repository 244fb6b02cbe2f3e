import { Eau2Error, type ErrorDetails } from "@eau2/protocol";

/** The error for bytes that are not what they should be: `what` was being read, `why` it cannot be. */
export const dataInvalid = (what: string, why: string, details: ErrorDetails = {}): Eau2Error =>
  new Eau2Error(
    "DATA_INVALID",
    `read ${what}: ${why}; the bytes are damaged or not of this version, fetch or load them again`,
    details,
  );
