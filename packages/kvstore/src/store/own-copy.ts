import { INLINE_BODY_BYTES_MAX } from "@eau2/network";
import { allocateUnfilled } from "../platform/memory.js";
import type { StoredValue } from "./kv-store-node.js";

/**
 * The bytes that a caller gets for keeps, if they arrived in one piece: that piece. Copying a large value out of the store
 * instead, when it has left the processor's cache, costs half as much as receiving it.
 */
export class OwnCopy {
  bytes: Uint8Array | undefined;

  keep(piece: Uint8Array): void {
    this.bytes = piece;
  }
}

/** A copy of a value that lies in the store. */
export const copyOf = ({ range }: StoredValue): Uint8Array => {
  if (range.bytes <= INLINE_BODY_BYTES_MAX) return range.view().slice();
  const copy = allocateUnfilled(range.bytes);
  copy.set(range.view());
  return copy;
};
