/** What a code promises to programs. Messages may change, codes do not: they cross the wire and are listed in the README. */
interface ErrorTraits {
  /** Whether the same call may succeed when it is simply made again. */
  readonly retryable: boolean;
}

export const ERRORS = {
  /** A key of a length or form that is not allowed. */
  KEY_INVALID: { retryable: false },
  /** A put of other bytes under a key that has a value. */
  KEY_EXISTS: { retryable: false },
  /** The key was dropped; it never comes back. */
  KEY_DROPPED: { retryable: false },
  /** The key names a home that no node of this cluster ever had. */
  HOME_UNKNOWN: { retryable: false },
  VALUE_TOO_LARGE: { retryable: false },
  MEMORY_EXCEEDED: { retryable: false },
  /** A frame's data of which no copy is left. */
  CHUNK_LOST: { retryable: false },
  /** A frame of that name exists. */
  FRAME_EXISTS: { retryable: false },
  FRAME_UNKNOWN: { retryable: false },
  COLUMN_UNKNOWN: { retryable: false },
  TYPE_MISMATCH: { retryable: false },
  INT64_UNSAFE: { retryable: false },
  /** An integer that was computed is beyond int64. */
  INT64_OVERFLOW: { retryable: false },
  /** A date or timestamp that was computed does not exist, or is beyond its type. */
  DATE_INVALID: { retryable: false },
  /** A value that the type of a cast does not hold. */
  CAST_FAILED: { retryable: false },
  /** A date or time that a `Date` cannot hold exactly. */
  TIMESTAMP_UNSAFE: { retryable: false },
  /** The other side of a request has gone and did not answer. */
  PEER_GONE: { retryable: true },
  /** A node of the cluster has gone. */
  NODE_GONE: { retryable: true },
  /** A task threw, ran out of memory or did not come back. */
  TASK_FAILED: { retryable: true },
  VERSION_MISMATCH: { retryable: false },
  CLUSTER_MISMATCH: { retryable: false },
  FILE_MISSING: { retryable: false },
  FILE_CHANGED: { retryable: true },
  PORT_IN_USE: { retryable: false },
  /** The time of a request was up. */
  DEADLINE: { retryable: true },
  /** The caller's signal was aborted. */
  CANCELLED: { retryable: false },
  /** Token, data root or address policy said no. */
  DENIED: { retryable: false },
  /** A bound was reached; the message names it. */
  BUSY: { retryable: true },
  /** Bytes that break the protocol or a file format. */
  DATA_INVALID: { retryable: false },
  /** A plan that is unknown, malformed, too deep or too large. */
  PLAN_INVALID: { retryable: false },
  /** A flag, option or argument that cannot be used as given. */
  USAGE: { retryable: false },
  WAIT_DEADLOCK: { retryable: false },
  INTERNAL: { retryable: false },
} as const satisfies Record<string, ErrorTraits>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

export type ErrorDetails = Readonly<Record<string, string | number>>;

/**
 * The one error class of eau2: a code for programs, a message for people.
 * It has fields and no methods, so a copy rebuilt from the wire is as good as the original.
 * @example throw new Eau2Error("KEY_EXISTS", `put "a": the key has another value; choose a new key`, { key: "a" });
 */
export class Eau2Error extends Error {
  override readonly name = "Eau2Error";
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** By name and code: `instanceof` fails for errors rebuilt from the wire or thrown by another bundle. */
export const isEau2Error = (error: unknown, code?: ErrorCode): error is Eau2Error =>
  error instanceof Error && error.name === "Eau2Error" && (code === undefined || (error as Eau2Error).code === code);

const textOf = (thrown: unknown): string => {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return "something was thrown that has no text"; // an object without a prototype, or with a toString that throws
  }
};

/** Turns whatever was thrown into an `Eau2Error`; unknown errors become `code` with the original as cause. */
export const toEau2Error = (error: unknown, code: ErrorCode = "INTERNAL"): Eau2Error => {
  if (isEau2Error(error)) return error;
  return new Eau2Error(code, textOf(error), {}, { cause: error });
};
