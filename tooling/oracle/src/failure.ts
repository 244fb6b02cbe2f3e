/** What a value that is not there may end a query with, by the engine's codes. */
export const FAILURE_CODES = ["INT64_OVERFLOW", "CAST_FAILED", "DATE_INVALID"] as const;
type FailureCode = (typeof FAILURE_CODES)[number];

/** Thrown by the reference where a row has no answer. */
export class Failure extends Error {
  override readonly name = "Failure";
  constructor(
    readonly code: FailureCode,
    message: string,
  ) {
    super(message);
  }
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

const isInt64 = (value: bigint): boolean => value >= INT64_MIN && value <= INT64_MAX;

export const checkedInt64 = (value: bigint, what: string): bigint => {
  if (isInt64(value)) return value;
  throw new Failure("INT64_OVERFLOW", `${what} is ${value}, which int64 does not hold`);
};

export const checkedMicros = (value: bigint): bigint => {
  if (isInt64(value)) return value;
  throw new Failure("DATE_INVALID", `${value} microseconds are beyond what a timestamp holds`);
};

export const checkedDays = (value: bigint): bigint => {
  if (value >= -(2n ** 31n) && value < 2n ** 31n) return value;
  throw new Failure("DATE_INVALID", `${value} days are beyond what a date holds`);
};
