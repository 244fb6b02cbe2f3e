/** What a query may end with, by the engine's code. Thrown by the reference where a row has no answer. */
export class Failure extends Error {
  override readonly name = "Failure";
  constructor(
    readonly code: "INT64_OVERFLOW" | "TYPE_MISMATCH",
    message: string,
  ) {
    super(message);
  }
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

export const checkedInt64 = (value: bigint, what: string): bigint => {
  if (value >= INT64_MIN && value <= INT64_MAX) return value;
  throw new Failure("INT64_OVERFLOW", `${what} is ${value}, which int64 does not hold`);
};
