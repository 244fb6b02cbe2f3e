import { Eau2Error } from "@eau2/protocol";

/** Integers up to this magnitude are exact as numbers, this one included. */
export const INT64_NUMBER_MAX = 2 ** 53;

const unsafe = (where: string, value: bigint): Eau2Error =>
  new Eau2Error(
    "INT64_UNSAFE",
    `read ${where}: ${value} is beyond 2^53, where numbers stop being exact; read it as a bigint`,
    { value: String(value) },
  );

/**
 * The number that a 64-bit integer is.
 * @param where - for the message: what is read, with its column.
 * @throws {@link Eau2Error} `INT64_UNSAFE` beyond 2^53 in magnitude.
 */
export const numberOfInt64 = (value: bigint, where: string): number => {
  const number = Number(value);
  if (Math.abs(number) < INT64_NUMBER_MAX || (Math.abs(number) === INT64_NUMBER_MAX && BigInt(number) === value)) {
    return number;
  }
  throw unsafe(where, value);
};
