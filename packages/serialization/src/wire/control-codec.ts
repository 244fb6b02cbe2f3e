import { Eau2Error } from "@eau2/protocol";
import { Packr, Unpackr } from "msgpackr";
import { checkControl } from "./control-check.js";

// As in JSON, a property that is undefined is left out and any other undefined becomes null; msgpack has no word for it.
// (`skipValues` is missing in the library's types; a literal in the call would not compile.)
const PACK_OPTIONS = { useRecords: false, skipValues: [undefined], encodeUndefinedAsNil: true };
const packr = new Packr(PACK_OPTIONS);
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });

/** Encodes plain data (no classes, functions or cycles) as msgpack. The result is a copy that the caller owns. */
export const encodeControl = (value: unknown): Uint8Array => packr.pack(value);

/**
 * Decodes one msgpack value.
 * @param depthMax - how deep it may be nested; the decoder recurses, so some thousands are too many. @defaultValue 256
 * @throws {@link Eau2Error} `DATA_INVALID` for anything that is not exactly one well-formed value.
 */
export const decodeControl = (bytes: Uint8Array, depthMax?: number): unknown => {
  checkControl(bytes, depthMax);
  try {
    return unpackr.unpack(bytes);
  } catch (error) {
    throw new Eau2Error(
      "DATA_INVALID",
      "control part cannot be decoded; the peer does not speak eau2",
      {},
      { cause: error },
    );
  }
};
