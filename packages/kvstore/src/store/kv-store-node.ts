import { Eau2Error } from "@eau2/protocol";
import type { Range } from "../slab/range.js";
import { DroppedKeys } from "./dropped-keys.js";
import { isUnderPrefix, scratchPrefixOf } from "./key.js";

/** Keys that one shard may hold: half of where a `Map` ends. */
const KEYS_PER_SHARD_MAX = 8_000_000;

/** A value in a slab of this node. */
export interface StoredValue {
  readonly range: Range;
  /** crc32 of the bytes. */
  readonly checksum: number;
}

/**
 * A shard's part of the store: a home index, the values homed there and an account of their bytes. It owns keys, not
 * memory: the worker thread that goes with it can be ended and replaced at any time without touching them.
 */
export class KVStoreNode {
  #values = new Map<string, StoredValue>();
  #dropped = new DroppedKeys();
  #bytes = 0;

  /** @param home - global shard index. */
  constructor(readonly home: number) {}

  /** Bytes of the values homed here. */
  get bytes(): number {
    return this.#bytes;
  }

  get keyCount(): number {
    return this.#values.size;
  }

  get(name: string): StoredValue | undefined {
    return this.#values.get(name);
  }

  isDropped(name: string): boolean {
    if (this.#dropped.has(name)) return true;
    const scratch = scratchPrefixOf(name);
    return scratch !== undefined && this.#dropped.has(scratch);
  }

  /** The caller has made sure that the key is neither there nor dropped. */
  add(name: string, value: StoredValue): void {
    if (this.#values.size >= KEYS_PER_SHARD_MAX) {
      throw new Eau2Error(
        "MEMORY_EXCEEDED",
        `put "${name}": shard ${this.home} holds ${KEYS_PER_SHARD_MAX} keys; use fewer, larger values or more shards (--shards)`,
        { home: this.home, keys: this.#values.size },
      );
    }
    this.#values.set(name, value);
    this.#bytes += value.range.bytes;
  }

  /** Forgets every key under the prefix, for ever, and hands their values to `release`. */
  drop(prefix: string, release: (value: StoredValue) => void): number {
    let dropped = 0;
    if (scratchPrefixOf(prefix) === prefix) this.#dropped.add(prefix);
    for (const name of this.#values.keys()) {
      if (!isUnderPrefix(name, prefix)) continue;
      this.dropOne(name, release);
      dropped++;
    }
    return dropped;
  }

  /** Forgets one key, for ever. */
  dropOne(name: string, release: (value: StoredValue) => void): void {
    const value = this.#values.get(name);
    if (value === undefined) return;
    this.#values.delete(name);
    this.#dropped.add(name);
    this.#bytes -= value.range.bytes;
    release(value);
  }

  names(prefix: string): string[] {
    const names: string[] = [];
    for (const name of this.#values.keys()) if (isUnderPrefix(name, prefix)) names.push(name);
    return names;
  }
}
