import type { Key } from "./key.js";

/**
 * A table by key. A table by home, then by name: a string made of both would have to be built, hashed and kept for every
 * key, while the hash of a name is computed once for all the tables that it is looked up in.
 */
export class KeyMap<Value> {
  #homes = new Map<number, Map<string, Value>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get({ home, name }: Pick<Key, "home" | "name">): Value | undefined {
    return this.#homes.get(home)?.get(name);
  }

  set({ home, name }: Pick<Key, "home" | "name">, value: Value): void {
    let values = this.#homes.get(home);
    if (values === undefined) {
      values = new Map();
      this.#homes.set(home, values);
    }
    const before = values.size;
    values.set(name, value);
    this.#size += values.size - before;
  }

  delete({ home, name }: Pick<Key, "home" | "name">): void {
    if (this.#homes.get(home)?.delete(name)) this.#size--;
  }

  /** In no useful order; values may be deleted meanwhile. */
  *values(): Generator<Value> {
    for (const values of this.#homes.values()) yield* values.values();
  }
}
