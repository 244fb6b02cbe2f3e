/** Values of other homes that were fetched: any copy of an immutable value is as good as any other, so none expires. */
import { isUnderPrefix, type Key } from "./key.js";
import type { StoredValue } from "./kv-store-node.js";

interface CachedValue extends StoredValue {
  readonly name: string;
}

const idOf = (key: Key): string => `${key.home} ${key.name}`;

/** Least recently used first: a `Map` keeps the order of insertion, and a hit is inserted again. */
export class RemoteCache {
  #values = new Map<string, CachedValue>();
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
    const id = idOf(key);
    const value = this.#values.get(id);
    if (value === undefined) return undefined;
    this.#values.delete(id);
    this.#values.set(id, value);
    return value;
  }

  /** Takes the value over; one that is larger than the whole cache is kept only until the next. */
  add(key: Key, { range, checksum }: StoredValue): void {
    const id = idOf(key);
    const known = this.#values.get(id);
    if (known !== undefined) this.#remove(id, known);
    this.#values.set(id, { range, checksum, name: key.name });
    this.#bytes += range.bytes;
    for (const [oldest, value] of this.#values) {
      if (this.#bytes <= this.bytesMax || oldest === id) break;
      this.#remove(oldest, value);
    }
  }

  /** Lets go of at least `bytes`, or of everything. */
  evict(bytes: number): void {
    const target = this.#bytes - bytes;
    for (const [id, value] of this.#values) {
      if (this.#bytes <= Math.max(0, target)) return;
      this.#remove(id, value);
    }
  }

  drop(prefix: string): void {
    for (const [id, value] of this.#values) if (isUnderPrefix(value.name, prefix)) this.#remove(id, value);
  }

  #remove(id: string, value: CachedValue): void {
    this.#values.delete(id);
    this.#bytes -= value.range.bytes;
    this.release(value);
  }
}
