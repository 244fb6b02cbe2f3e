/** A file of SoR with columns of every kind. Same seed, same bytes. */
import { randomOf } from "./random.js";

/** Of the columns below. */
export const MIXED_TYPES = ["boolean", "int64", "int64", "float64", "float64", "utf8", "utf8"] as const;

/**
 * About `bytes` bytes: a boolean, an id that counts up, a small integer of either sign, a float of 15 to 17 digits and one of
 * two decimals, a name out of 1,000 in quotes and a short code out of 50 that is bare; one in fifty values is missing.
 */
export const mixedSor = (bytes: number, seed = 1): Uint8Array => {
  const random = randomOf(seed);
  const file = Buffer.allocUnsafe(bytes);
  const field = (text: string | number): string => (random() < 0.02 ? "<>" : `<${text}>`);
  let at = 0;
  for (let row = 0; ; row++) {
    const line =
      field(random() < 0.5 ? 1 : 0) +
      field(1_000_000 + row) +
      field(Math.floor((random() - 0.5) * 2_000)) +
      field(random() * 100 + 1e-3) +
      field((random() * 1_000).toFixed(2)) +
      field(`"user name ${Math.floor(random() ** 2 * 1_000)}"`) +
      field(`k${Math.floor(random() * 50)}`);
    if (at + line.length + 1 > bytes) return file.subarray(0, at);
    at += file.write(`${line}\n`, at, "latin1");
  }
};
