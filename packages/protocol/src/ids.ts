import { z } from "zod";
import { Eau2Error } from "./errors.js";

/** UTF-8 bytes of a key's name: 1 to this. */
export const KEY_NAME_BYTES_MAX = 1024;
/** Global shard indices are below this; each is used once in the life of a cluster. */
export const SHARD_INDEX_MAX = 2 ** 31 - 1;
/** Shards of one node. */
export const NODE_SHARDS_MAX = 128;
export const NODE_NAME_MAX = 64;
/** Name of who waits for a key: a node or client, with what kind it is. */
export const WAITER_NAME_MAX = 128;

export const NodeId = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/)
  .brand<"NodeId">();
export type NodeId = z.infer<typeof NodeId>;

export const ClusterId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/)
  .brand<"ClusterId">();
export type ClusterId = z.infer<typeof ClusterId>;

export const ShardIndex = z.int().min(0).max(SHARD_INDEX_MAX).brand<"ShardIndex">();
export type ShardIndex = z.infer<typeof ShardIndex>;

/** Grows with every start of a node under the same id; a message of an older one is refused. */
export const Incarnation = z.int().min(0).max(0xffff_ffff);

/** `host:port`; an IPv6 host stands in brackets. */
export const Address = z.string().min(1).max(256);

const utf8Length = (text: string): number => {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (
      unit >= 0xd800 &&
      unit < 0xdc00 &&
      index + 1 < text.length &&
      (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00
    ) {
      bytes += 4;
      index++;
    } else bytes += 3;
  }
  return bytes;
};

// `String.prototype.isWellFormed` is newer than the ES2023 library.
const isWellFormed = (text: string): boolean => !/[\ud800-\udfff]/u.test(text);

/** Whether `name` may be a key's name: 1 to 1,024 bytes of UTF-8, no lone surrogates (they have no UTF-8 form). */
export const isKeyName = (name: string): boolean => {
  if (name.length === 0 || name.length > KEY_NAME_BYTES_MAX) return false;
  return utf8Length(name) <= KEY_NAME_BYTES_MAX && isWellFormed(name);
};

export const KeyName = z.string().refine(isKeyName, "a key's name has 1 to 1024 bytes of UTF-8");

/** A key on the wire: its name and the global index of the shard that hosts the value. */
export const KeyRecord = z.strictObject({ name: KeyName, home: ShardIndex });
export type KeyRecord = z.infer<typeof KeyRecord>;

/** @throws {@link Eau2Error} `KEY_INVALID` when the name is empty, too long or not Unicode text. */
export const assertKeyName = (name: string): void => {
  if (isKeyName(name)) return;
  const bytes = utf8Length(name);
  const why =
    name.length === 0
      ? "it is empty"
      : bytes > KEY_NAME_BYTES_MAX
        ? `it has ${bytes} bytes`
        : "it has a lone surrogate";
  const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  throw new Eau2Error(
    "KEY_INVALID",
    `key "${shown}" cannot be used: ${why}; use 1 to ${KEY_NAME_BYTES_MAX} bytes of UTF-8`,
    { bytes, bytesMax: KEY_NAME_BYTES_MAX },
  );
};
