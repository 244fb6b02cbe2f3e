import { z } from "zod";
import { KEY_NAME_BYTES_MAX, KeyRecord, WAITER_NAME_MAX } from "./ids.js";

/** Keys in one page of `kv.keys`. */
export const KV_KEYS_PAGE = 500;

/** The value's bytes are the frame's raw part, or a stream. Kind, id and time stand in the frame's header. */
export const KvPut = z.strictObject({
  key: KeyRecord,
  /** crc32 of the value's bytes; kept with the value and verified wherever it arrives. */
  checksum: z.int().min(0).max(0xffff_ffff),
});
export const KvPutReply = z.strictObject({
  /** False when the same bytes were there already. */
  stored: z.boolean(),
});
export const KvGet = z.strictObject({ key: KeyRecord });
export const KvWait = KvGet.extend({
  /** Whom a node asks for, when it does not ask for itself; `eau2 status` lists the wait under this name. */
  waiter: z.string().min(1).max(WAITER_NAME_MAX).optional(),
});
export const KvGetReply = z.strictObject({
  found: z.boolean(),
  checksum: z.int().min(0).max(0xffff_ffff),
});
export const KvHasReply = z.strictObject({ found: z.boolean() });

/** A path prefix: whole segments; the empty one means everything. */
const KeyPrefix = z.string().max(KEY_NAME_BYTES_MAX);
export const KvKeys = z.strictObject({ prefix: KeyPrefix, after: KeyRecord.optional() });
export const KvKeysReply = z.strictObject({ keys: z.array(KeyRecord).max(KV_KEYS_PAGE), more: z.boolean() });
export const KvDrop = z.strictObject({
  prefix: KeyPrefix.min(1),
  /** `keys`: those homed at the receiver, and its copies of others; `copies`: these only, once every home has dropped. */
  what: z.enum(["keys", "copies"]),
});
export const KvDropReply = z.strictObject({ dropped: z.int().min(0) });
