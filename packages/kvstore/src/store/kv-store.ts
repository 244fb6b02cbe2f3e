/**
 * The store of one machine: one or more {@link KVStoreNode}s whose values lie in slabs, and the way to all others. A key
 * that is homed here is served here; any other goes straight to its home node, never through the master, and is kept
 * in a cache of remote values. A key is written once: so there is nothing to invalidate, and any copy is as good as any other.
 */

import { bodyOf, type Clock, type Mesh, REQUEST_TIMEOUT_MS, type Session } from "@eau2/network";
import {
  Eau2Error,
  isEau2Error,
  KEY_NAME_BYTES_MAX,
  type NodeId,
  VALUE_BYTES_MAX,
  WAITER_NAME_MAX,
  type WaitRecord,
} from "@eau2/protocol";
import { crc32 } from "@eau2/serialization";
import type { Range } from "../slab/range.js";
import type { SlabPool } from "../slab/slab-pool.js";
import type { EpochTicket } from "../slab/task-epochs.js";
import { hashName, type Key } from "./key.js";
import { KVStoreNode, type StoredValue } from "./kv-store-node.js";
import { copyOf, OwnCopy } from "./own-copy.js";
import { RemoteCache } from "./remote-cache.js";
import { type FetchState, SharedFetches } from "./shared-fetches.js";
import { Waits } from "./waits.js";
import type { CallerLimits } from "./watch-caller.js";

/** Share of the memory budget that copies of remote values may take. */
const CACHE_SHARE = 0.25;

export interface KVStoreOptions {
  readonly mesh: Mesh;
  readonly pool: SlabPool;
  readonly clock: Clock;
  /** Values up to this many bytes. @defaultValue 1 GiB */
  readonly valueBytesMax?: number;
}

export interface CallOptions extends CallerLimits {
  /** Time until `DEADLINE`, in ms; `null` for none. @defaultValue 30_000, and none for `waitAndGet` */
  readonly timeoutMs?: number | null | undefined;
  /** Who asks, as `eau2 status` shows it; cut after 128 characters. @defaultValue the name of this node */
  readonly caller?: string | undefined;
}

export class KVStore {
  readonly cache: RemoteCache;
  readonly waits: Waits;
  readonly valueBytesMax: number;
  #nodes = new Map<number, KVStoreNode>();
  #fetches: SharedFetches<StoredValue | undefined>;
  /** Keeps what was brought in this turn of the event loop; see {@link hold}. */
  #turn: { readonly ticket: EpochTicket; holders: number } | undefined;

  constructor(readonly options: KVStoreOptions) {
    const { mesh, pool, clock, valueBytesMax = VALUE_BYTES_MAX } = options;
    this.valueBytesMax = valueBytesMax;
    this.cache = new RemoteCache(pool.budgetBytes * CACHE_SHARE, (value) => pool.free(value.range));
    this.waits = new Waits(() => clock.now(), mesh.wheel);
    this.#fetches = new SharedFetches(mesh.wheel);
  }

  /** The shards of this machine, once they are known. */
  host(homes: readonly number[]): void {
    for (const home of homes) if (!this.#nodes.has(home)) this.#nodes.set(home, new KVStoreNode(home));
  }

  get nodes(): readonly KVStoreNode[] {
    return [...this.#nodes.values()];
  }

  /** Called by the pool when an allocation does not fit: copies of remote values are the first to go. */
  relieve(bytesNeeded: number): void {
    this.cache.evict(bytesNeeded);
  }

  /**
   * A range at once where there is room, or as soon as memory that was freed can be used again.
   * @throws {@link Eau2Error} `MEMORY_EXCEEDED` when waiting would not help.
   */
  reserve(bytes: number): Range | Promise<Range> {
    const { pool } = this.options;
    try {
      return pool.allocate(bytes);
    } catch (error) {
      if (pool.lettingGoBytes + pool.retiredBytes === 0) throw error;
      return pool.waitAndAllocate(bytes);
    }
  }

  isLocal(key: Key): boolean {
    return this.#nodes.has(key.home);
  }

  /** Where a key without a home lives: the hash of its name over the shards that the first node had. */
  homeOf(name: string): number {
    return hashName(name) % this.options.mesh.directory.hashShards;
  }

  /**
   * Stores bytes under a key, once. The same bytes again succeed.
   * @param bytes - at most `valueBytesMax`; copied or sent, and not to be changed, until the put has settled.
   * @returns whether the key is new.
   * @throws {@link Eau2Error} `KEY_EXISTS`, `KEY_DROPPED`, `VALUE_TOO_LARGE`, `MEMORY_EXCEEDED`, `HOME_UNKNOWN`, `PEER_GONE`,
   * `DEADLINE`, `CANCELLED`.
   */
  async put(key: Key, bytes: Uint8Array, options: CallOptions = {}): Promise<boolean> {
    this.checkSize(key, bytes.length);
    const node = this.#nodes.get(key.home);
    if (node === undefined) {
      const { control } = await this.sessionOf(key).request(
        "kv.put",
        { key: key.toRecord(), checksum: crc32(bytes) },
        { ...requestOptions(options), body: bodyOf(bytes) },
      );
      return control.stored;
    }
    if (this.#alreadyThere(node, key, bytes)) return false;
    const range = await this.reserve(bytes.length);
    range.view().set(bytes);
    return this.adopt(key, range, crc32(bytes));
  }

  /**
   * Stores a range of this node's own pool under a key homed here, without copying; the range belongs to the store
   * afterwards, whatever happens.
   * @param checksum - crc32 of its bytes.
   */
  adopt(key: Key, range: Range, checksum: number): boolean {
    const { pool } = this.options;
    const node = this.#nodes.get(key.home);
    try {
      if (node === undefined) throw this.#homeUnknown(key);
      if (this.#alreadyThere(node, key, range.view())) {
        pool.free(range);
        return false;
      }
      node.add(key.name, { range, checksum });
    } catch (error) {
      pool.free(range);
      throw error;
    }
    this.waits.wake(key);
    return true;
  }

  /**
   * A copy of the bytes, or undefined when nobody has put the key yet.
   * @throws {@link Eau2Error} `KEY_DROPPED`, `HOME_UNKNOWN`, `PEER_GONE`, `MEMORY_EXCEEDED`, `DEADLINE`, `CANCELLED`.
   */
  async get(key: Key, options: CallOptions = {}): Promise<Uint8Array | undefined> {
    const own = new OwnCopy();
    // Copied in this very step: after an `await` the range of a key that is dropped meanwhile may be another's.
    const value = this.lookup(key) ?? (await this.#bring(key, options, own));
    return value === undefined ? undefined : (own.bytes ?? copyOf(value));
  }

  /**
   * Waits until somebody puts the key. Nothing polls; `eau2 status` lists who waits.
   * @throws as {@link get}; there is no deadline unless one is given.
   */
  async waitAndGet(key: Key, options: CallOptions = {}): Promise<Uint8Array> {
    const own = new OwnCopy();
    const value = this.lookup(key) ?? (await this.#awaitAndBring(key, options, own));
    return own.bytes ?? copyOf(value);
  }

  async has(key: Key, options: CallOptions = {}): Promise<boolean> {
    const node = this.#nodes.get(key.home);
    if (node !== undefined) return node.get(key.name) !== undefined;
    const { control } = await this.sessionOf(key).request("kv.has", { key: key.toRecord() }, requestOptions(options));
    return control.found;
  }

  /** A value of a shard of this node or of the cache; undefined when it is not here. @throws `KEY_DROPPED` */
  lookup(key: Key): StoredValue | undefined {
    const node = this.#nodes.get(key.home);
    if (node === undefined) return this.cache.get(key);
    const value = node.get(key.name);
    if (value === undefined && node.isDropped(key.name)) throw dropped(key);
    return value;
  }

  /**
   * Brings the value to this machine. A range that had to be fetched stays valid in this turn of the event loop, one that
   * was here (see {@link lookup}) until the next `await`; who needs it longer holds a ticket of the pool from before the call.
   */
  resolve(key: Key, options: CallOptions = {}): Promise<StoredValue | undefined> {
    return this.#bring(key, options, undefined);
  }

  async #bring(key: Key, options: CallOptions, own: OwnCopy | undefined): Promise<StoredValue | undefined> {
    const here = this.lookup(key);
    if (here !== undefined || this.isLocal(key)) return here;
    const { signal, timeoutMs = REQUEST_TIMEOUT_MS } = options;
    const target = { verb: "get", key } as const;
    const fetch = () =>
      this.#fetches.run(target, (state) => this.#fetch("kv.get", key, state, own), { signal, timeoutMs });
    // A fetch that was under way may have found nothing before a put that ended before this call began.
    if (!this.#fetches.isUnderWay(target)) return fetch();
    return (await fetch()) ?? fetch();
  }

  /** As {@link resolve}, once somebody has put the key. */
  waitAndResolve(key: Key, options: CallOptions = {}): Promise<StoredValue> {
    return this.#awaitAndBring(key, options, undefined);
  }

  async #awaitAndBring(key: Key, options: CallOptions, own: OwnCopy | undefined): Promise<StoredValue> {
    const here = this.lookup(key);
    if (here !== undefined) return here;
    if (!this.isLocal(key)) {
      const fetched = await this.#fetches.run(
        { verb: "wait for", key },
        // Who joins the fetch later is not listed at the home: there it is one wait.
        (state) => this.#fetch("kv.wait", key, state, own, options.caller),
        options,
      );
      if (fetched === undefined) throw new Error("invariant: a wait ends with a value");
      return fetched;
    }
    await this.waits.park(key, options.caller ?? this.options.mesh.options.name, options);
    this.#holdTurn();
    return this.lookup(key)!;
  }

  /** Names and homes of the keys of this machine under a path prefix, in order of name and home. */
  localKeys(prefix: string): { name: string; home: number }[] {
    return this.nodes
      .flatMap((node) => node.names(prefix).map((name) => ({ name, home: node.home })))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.home - b.home));
  }

  /** Keys under a path prefix on every node that can be reached, in order of name and home. */
  async keys(prefix: string, options: CallOptions = {}): Promise<{ name: string; home: number }[]> {
    assertPrefix("keys", prefix);
    const pages = await this.#everywhere(async (session) => {
      const found: { name: string; home: number }[] = [];
      for (;;) {
        const after = found.at(-1);
        const control = after === undefined ? { prefix } : { prefix, after: after as never };
        const page = (await session.request("kv.keys", control, requestOptions(options))).control;
        found.push(...page.keys);
        if (!page.more) return found;
      }
    });
    const all = [...this.localKeys(prefix), ...pages.flat()];
    return all.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.home - b.home));
  }

  /**
   * Forgets every key under a path prefix (whole segments: "a" does not drop "ab"), for ever. Returns when every node that
   * can be reached has released its copies.
   * @returns how many keys were dropped.
   */
  async drop(prefix: string, options: CallOptions = {}): Promise<number> {
    if (prefix === "") throw new Eau2Error("KEY_INVALID", "drop: the prefix is empty; name what is to be dropped");
    assertPrefix("drop", prefix);
    const ask = (what: "keys" | "copies") =>
      this.#everywhere(
        async (session) =>
          (await session.request("kv.drop", { prefix, what }, requestOptions(options))).control.dropped,
      );
    const here = this.dropLocal(prefix);
    const counts = await ask("keys");
    // A node may have let its copy go and fetched it again before the home had dropped the key: now no home has it.
    this.releaseCopies(prefix);
    if (counts.length > 0) await ask("copies");
    return counts.reduce((sum, count) => sum + count, here);
  }

  /** The part of {@link drop} on this machine. */
  dropLocal(prefix: string): number {
    const { pool } = this.options;
    let count = 0;
    for (const node of this.#nodes.values()) count += node.drop(prefix, (value) => pool.free(value.range));
    this.releaseCopies(prefix);
    return count;
  }

  /** Lets go of copies of remote values under a path prefix, those on their way included. */
  releaseCopies(prefix: string): void {
    this.cache.drop(prefix);
    this.#fetches.outdate(prefix);
  }

  /** Drops single keys of this machine: intermediate values that nobody else has a copy of. */
  release(keys: readonly Key[]): void {
    const { pool } = this.options;
    for (const key of keys) this.#nodes.get(key.home)?.dropOne(key.name, (value) => pool.free(value.range));
  }

  /** Waits parked on this node. */
  waitRecords(limit: number): WaitRecord[] {
    return this.waits.list(limit);
  }

  /** @throws {@link Eau2Error} `VALUE_TOO_LARGE` */
  checkSize(key: { readonly name: string }, bytes: number): void {
    if (bytes <= this.valueBytesMax) return;
    throw new Eau2Error(
      "VALUE_TOO_LARGE",
      `put "${key.name}": ${bytes} bytes are over the limit of ${this.valueBytesMax}; split the value into several keys`,
      { bytes, bytesMax: this.valueBytesMax },
    );
  }

  /** The session with a key's home. @throws `HOME_UNKNOWN`, `PEER_GONE` */
  sessionOf(key: Key): Session {
    const { mesh } = this.options;
    const owner = mesh.owner(key.home);
    if (owner.kind === "unknown") throw this.#homeUnknown(key);
    const gone = (who: string) =>
      new Eau2Error("PEER_GONE", `key "${key.name}": its home, shard ${key.home}${who}, has gone`, { home: key.home });
    if (owner.kind === "gone") throw gone("");
    try {
      return mesh.session(owner.node.id);
    } catch (error) {
      if (isEau2Error(error, "NODE_GONE") || isEau2Error(error, "PEER_GONE")) throw gone(` on node ${owner.node.name}`);
      throw error;
    }
  }

  #homeUnknown(key: Key): Eau2Error {
    return new Eau2Error(
      "HOME_UNKNOWN",
      `key "${key.name}": no node of this cluster ever had shard ${key.home}; see eau2 status`,
      {
        home: key.home,
      },
    );
  }

  /** @returns true when the same bytes are there. @throws `KEY_EXISTS` for others, `KEY_DROPPED` */
  #alreadyThere(node: KVStoreNode, key: Key, bytes: Uint8Array): boolean {
    const known = node.get(key.name);
    if (known === undefined) {
      if (node.isDropped(key.name)) throw dropped(key);
      return false;
    }
    if (known.range.bytes === bytes.length && equalBytes(known.range.view(), bytes)) return true;
    const sizes = { bytes: bytes.length, bytesThere: known.range.bytes };
    throw new Eau2Error(
      "KEY_EXISTS",
      `put "${key.name}": the key has another value, and values never change; use a new key`,
      sizes,
    );
  }

  /**
   * @param own - of the caller who began the fetch; those who joined it copy what is stored.
   * @param caller - whom a wait is for, when not for this node itself.
   */
  async #fetch(
    kind: "kv.get" | "kv.wait",
    key: Key,
    state: FetchState,
    own: OwnCopy | undefined,
    caller?: string,
  ): Promise<StoredValue | undefined> {
    const { pool } = this.options;
    let range: Range | undefined;
    const waiter = caller?.slice(0, WAITER_NAME_MAX);
    const reply = await this.sessionOf(key).request(
      kind,
      waiter ? { key: key.toRecord(), waiter } : { key: key.toRecord() },
      {
        // Those who share the fetch each have a time of their own.
        timeoutMs: null,
        signal: state.signal,
        prepare: (_control, bytes) => {
          this.checkSize(key, bytes);
          const receiveInto = (mine: Range) => {
            range = mine;
            const abandon = () => {
              if (range === mine) range = undefined;
              pool.free(mine);
            };
            const keep = (piece: Uint8Array) => own?.keep(piece);
            return { view: mine.view(), abandon, keep };
          };
          const reserved = this.reserve(bytes);
          return reserved instanceof Promise ? reserved.then(receiveInto) : receiveInto(reserved);
        },
      },
    );
    if (!reply.control.found) {
      if (range !== undefined) pool.free(range);
      return undefined;
    }
    const value = { range: range ?? pool.allocate(0), checksum: reply.control.checksum };
    this.#holdTurn();
    // Who asked before the drop may still see the value; nobody keeps it.
    if (state.outdated) pool.free(value.range);
    else this.cache.add(key, value);
    return value;
  }

  /**
   * Keeps every range that was handed out in this turn of the event loop in place, freed or not.
   * @returns ends it; to be called once.
   */
  hold(): () => void {
    const turn = this.#turn;
    if (turn === undefined) {
      const { pool } = this.options;
      const ticket = pool.enter();
      return () => pool.leave(ticket);
    }
    turn.holders++;
    return () => this.#leave(turn);
  }

  /** Those who were just brought a value take some steps to read it: what is freed in this turn is not used again in it. */
  #holdTurn(): void {
    if (this.#turn !== undefined) return;
    const { pool, clock } = this.options;
    const turn = { ticket: pool.enter(), holders: 1 };
    this.#turn = turn;
    clock.soon(() => {
      this.#turn = undefined;
      this.#leave(turn);
    });
  }

  #leave(turn: { readonly ticket: EpochTicket; holders: number }): void {
    turn.holders--;
    if (turn.holders === 0) this.options.pool.leave(turn.ticket);
  }

  /** Asks every other node that is up; those that have gone in the meantime are left out. */
  async #everywhere<T>(ask: (session: Session) => Promise<T>): Promise<T[]> {
    const { mesh } = this.options;
    const others = mesh.view().nodes.filter((node) => node.id !== mesh.options.id && node.state !== "gone");
    const answers = await Promise.all(
      others.map(async ({ id }): Promise<T | undefined> => {
        try {
          return await ask(mesh.session(id as NodeId));
        } catch (error) {
          if (isEau2Error(error, "PEER_GONE") || isEau2Error(error, "NODE_GONE")) return undefined;
          throw error;
        }
      }),
    );
    return answers.filter((answer) => answer !== undefined) as T[];
  }
}

/** @throws {@link Eau2Error} `KEY_INVALID` for a prefix that no key can have. */
const assertPrefix = (what: string, prefix: string): void => {
  if (prefix.length <= KEY_NAME_BYTES_MAX) return;
  throw new Eau2Error(
    "KEY_INVALID",
    `${what} "${prefix.slice(0, 40)}…": the prefix has ${prefix.length} characters, and keys have at most ${KEY_NAME_BYTES_MAX} bytes; shorten it`,
    { length: prefix.length, bytesMax: KEY_NAME_BYTES_MAX },
  );
};

const dropped = (key: Key): Eau2Error =>
  new Eau2Error("KEY_DROPPED", `key "${key.name}" was dropped, and dropped keys never come back; use a new key`, {
    home: key.home,
  });

const requestOptions = ({ signal, timeoutMs }: CallOptions) => ({
  ...(signal === undefined ? {} : { signal }),
  ...(timeoutMs === undefined ? {} : { timeoutMs }),
});

/** Only needed when a key is put twice. */
const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
};
