/** What a node answers about its store. One handler a message; nodes ask homes, clients ask any node, which asks the home. */

import type { OutgoingBody, RequestHandlers, Session } from "@eau2/network";
import { CONTROL_BYTES_MAX, type KeyRecord, KV_KEYS_PAGE } from "@eau2/protocol";
import { firstThatFit, RAW_COPIED_BYTES_MAX } from "@eau2/serialization";
import type { Range } from "../slab/range.js";
import { Key } from "./key.js";
import type { KVStore } from "./kv-store.js";
import type { StoredValue } from "./kv-store-node.js";

export type KVHandlers = Pick<
  RequestHandlers<Session>,
  "kv.put" | "kv.get" | "kv.wait" | "kv.has" | "kv.keys" | "kv.drop"
>;

/** Bytes of a key in a page besides its name: field names, lengths and the home. */
const KEY_OVERHEAD_BYTES = 32;

/** As many of the keys as one answer may hold. */
const firstPage = <K extends { readonly name: string }>(keys: readonly K[]): K[] =>
  firstThatFit(
    keys.slice(0, KV_KEYS_PAGE),
    CONTROL_BYTES_MAX - 1_024,
    // A UTF-16 unit has at most 3 bytes of UTF-8.
    ({ name }) => 3 * name.length + KEY_OVERHEAD_BYTES,
  );

/** @param store - asked at each call: handlers exist before the node has joined. */
export const kvHandlers = (store: () => KVStore): KVHandlers => {
  /** Ranges that bodies are received into, until the handler runs. */
  const received = new WeakMap<Uint8Array, Range>();

  const bodyOfValue = ({ range, checksum }: StoredValue): OutgoingBody => {
    const bytes = range.view();
    // Small bodies are copied before this turn ends; others are read by the socket later and must not be reused meanwhile.
    if (bytes.length <= RAW_COPIED_BYTES_MAX) return { bytes, checksum };
    return { bytes, checksum, release: store().hold() };
  };
  const found = (value: StoredValue) => ({
    control: { found: true, checksum: value.checksum },
    body: bodyOfValue(value),
  });
  const absent = { control: { found: false, checksum: 0 } };

  return {
    "kv.put": {
      prepare: ({ key }, bytes) => {
        store().checkSize(key, bytes);
        const receiveInto = (range: Range) => {
          const view = range.view();
          received.set(view, range);
          return { view, abandon: () => store().options.pool.free(range) };
        };
        const reserved = store().reserve(bytes);
        return reserved instanceof Promise ? reserved.then(receiveInto) : receiveInto(reserved);
      },
      handle: ({ control, body, checksum, timeLeftMs, signal }) => {
        const key = Key.from(control.key);
        const { pool } = store().options;
        const range = received.get(body) ?? pool.allocate(0);
        if (store().isLocal(key)) return { control: { stored: store().adopt(key, range, checksum) } };
        // A client's put of a key homed elsewhere.
        return store()
          .put(key, range.view(), { signal, timeoutMs: timeLeftMs ?? null })
          .then((stored) => ({ control: { stored } }))
          .finally(() => pool.free(range));
      },
    },
    "kv.get": {
      // The signal is asked for only where it is needed: making one costs more than the rest of a small get.
      handle: (request) => {
        const key = Key.from(request.control.key);
        const here = store().lookup(key);
        if (here !== undefined) return found(here);
        if (store().isLocal(key)) return absent;
        return store()
          .resolve(key, { timeoutMs: request.timeLeftMs ?? null, signal: request.signal })
          .then((value) => (value === undefined ? absent : found(value)));
      },
    },
    "kv.wait": {
      handle: (request) => {
        const key = Key.from(request.control.key);
        const here = store().lookup(key);
        if (here !== undefined) return found(here);
        const { signal, peer, timeLeftMs } = request;
        // Nodes are believed whom they ask for; a client asks for itself.
        const caller = (peer.isClient ? undefined : request.control.waiter) ?? peer.remote;
        return store()
          .waitAndResolve(key, { timeoutMs: timeLeftMs ?? null, signal, caller })
          .then(found);
      },
    },
    "kv.has": {
      handle: ({ control, signal }) => {
        const key = Key.from(control.key);
        return store()
          .has(key, { signal })
          .then((isThere) => ({ control: { found: isThere } }));
      },
    },
    "kv.keys": {
      handle: async ({ control, peer, signal }) => {
        const all = peer.isClient ? await store().keys(control.prefix, { signal }) : store().localKeys(control.prefix);
        const { after } = control;
        const from =
          after === undefined
            ? 0
            : all.findIndex(({ name, home }) => name > after.name || (name === after.name && home > after.home));
        const rest = from < 0 ? [] : all.slice(from);
        const keys = firstPage(rest);
        return { control: { keys: keys as KeyRecord[], more: rest.length > keys.length } };
      },
    },
    "kv.drop": {
      handle: async ({ control: { prefix, what }, peer, signal }) => {
        if (what === "copies") {
          store().releaseCopies(prefix);
          return { control: { dropped: 0 } };
        }
        const dropped = peer.isClient ? await store().drop(prefix, { signal }) : store().dropLocal(prefix);
        return { control: { dropped } };
      },
    },
  };
};
