/**
 * Plain data of programs (what their functions take and return) as bytes: the structured clone format of V8, which keeps
 * -0, bigints, dates, maps, sets, typed arrays, undefined and cycles. Newer versions of V8 read what older ones have written.
 */
import { deserialize, serialize } from "node:v8";
import { Eau2Error } from "@eau2/protocol";

/**
 * @param what - names the value in the message: "score.js#score returned".
 * @returns bytes of the caller's own; views of shared memory are copied.
 * @throws {@link Eau2Error} `USAGE` for functions, symbols, promises and the like.
 */
export const encodeValue = (value: unknown, what: string): Uint8Array => {
  try {
    const { buffer, byteOffset, byteLength } = serialize(value);
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Eau2Error(
      "USAGE",
      `${what} what cannot travel: ${why}; use plain data (numbers, text, arrays, objects, maps, sets, typed arrays)`,
      {},
      { cause: error },
    );
  }
};

/** @throws {@link Eau2Error} `DATA_INVALID` for bytes that {@link encodeValue} did not write. */
export const decodeValue = (bytes: Uint8Array): unknown => {
  try {
    // The bytes of typed arrays are copied only where they lie unaligned: a copy makes sure that all are the caller's own.
    return deserialize(bytes.slice());
  } catch (error) {
    throw new Eau2Error(
      "DATA_INVALID",
      "a value cannot be decoded: it was cut, or written by a newer version of Node.js; run the same version on all nodes",
      {},
      { cause: error },
    );
  }
};
