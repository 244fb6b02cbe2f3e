/** Values of other homes that were fetched: any copy of an immutable value is as good as any other, so none expires. */
import type { Range } from "../slab/range.js";
import { isUnderPrefix, type Key } from "./key.js";
import { KeyMap } from "./key-map.js";
import type { StoredValue } from "./kv-store-node.js";

/** A value and its neighbours in the order of use, in one object: there may be hundreds of thousands. */
class CachedValue implements StoredValue {
  newer: CachedValue | undefined;
  older: CachedValue | undefined;

  constructor(
    readonly name: string,
    readonly home: Key["home"],
    readonly range: Range,
    readonly checksum: number,
  ) {}
}

export class RemoteCache {
  #values = new KeyMap<CachedValue>();
  #newest: CachedValue | undefined;
  #oldest: CachedValue | undefined;
  #bytes = 0;

  /** @param bytesMax - above it the least recently used values are let go. */
  constructor(
    readonly bytesMax: number,
    private readonly release: (value: StoredValue) => void,
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  get(key: Key): StoredValue | undefined {
    const value = this.#values.get(key);
    if (value !== undefined && value !== this.#newest) {
      this.#unlink(value);
      this.#link(value);
    }
    return value;
  }

  /** Takes the value over; one that is larger than the whole cache is kept only until the next. */
  add(key: Key, { range, checksum }: StoredValue): void {
    const known = this.#values.get(key);
    if (known !== undefined) this.#remove(known);
    const value = new CachedValue(key.name, key.home, range, checksum);
    this.#values.set(value, value);
    this.#link(value);
    this.#bytes += range.bytes;
    while (this.#bytes > this.bytesMax && this.#oldest !== undefined && this.#oldest !== value) {
      this.#remove(this.#oldest);
    }
  }

  /** Lets go of at least `bytes`, or of everything. */
  evict(bytes: number): void {
    const target = Math.max(0, this.#bytes - bytes);
    while (this.#bytes > target && this.#oldest !== undefined) this.#remove(this.#oldest);
  }

  drop(prefix: string): void {
    for (const value of this.#values.values()) if (isUnderPrefix(value.name, prefix)) this.#remove(value);
  }

  #remove(value: CachedValue): void {
    this.#values.delete(value);
    this.#unlink(value);
    this.#bytes -= value.range.bytes;
    this.release(value);
  }

  #link(value: CachedValue): void {
    value.older = this.#newest;
    value.newer = undefined;
    if (this.#newest !== undefined) this.#newest.newer = value;
    this.#newest = value;
    this.#oldest ??= value;
  }

  #unlink(value: CachedValue): void {
    const { newer, older } = value;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    value.newer = undefined;
    value.older = undefined;
  }
}
