import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { SlabPool } from "../../src/slab/slab-pool.js";
import { isUnderPrefix, Key } from "../../src/store/key.js";
import { RemoteCache } from "../../src/store/remote-cache.js";

const cacheOf = (bytesMax: number) => {
  const pool = new SlabPool({
    budgetBytes: 1024 ** 2,
    slabBytes: 65_536,
    allocateSlab: (bytes) => new SharedArrayBuffer(bytes),
  });
  const cache = new RemoteCache(bytesMax, ({ range }) => pool.free(range));
  const add = (name: string, bytes: number, home = 0) =>
    cache.add(new Key(name, home), { range: pool.allocate(bytes), checksum: 1 });
  const has = (name: string, home = 0) => cache.get(new Key(name, home)) !== undefined;
  return { pool, cache, add, has };
};

testSuite("RemoteCache", (test) => {
  test("over its limit it lets the least recently used go", () => {
    const { cache, add, has } = cacheOf(3_000);
    for (const name of ["a", "b", "c"]) add(name, 1_000);
    assert.ok(has("a"));
    add("d", 1_000);
    assert.deepEqual([has("a"), has("b"), has("c"), has("d")], [true, false, true, true]);
    assert.equal(cache.bytes, 3_000);
  });

  test("a value larger than the cache is kept until the next one comes", () => {
    const { cache, add, has } = cacheOf(1_000);
    add("small", 10);
    add("large", 5_000);
    assert.deepEqual([has("small"), has("large"), cache.bytes], [false, true, 5_000]);
    add("next", 10);
    assert.deepEqual([has("large"), has("next"), cache.bytes], [false, true, 10]);
  });

  test("evict lets go of as much as is asked, not of everything", () => {
    const { cache, add, has } = cacheOf(10_000);
    for (const name of ["a", "b", "c"]) add(name, 1_000);
    cache.evict(1_001);
    assert.deepEqual([has("a"), has("b"), has("c")], [false, false, true]);
    cache.evict(1_000_000);
    assert.equal(cache.bytes, 0);
  });

  test("the same name at two homes is two values, and a drop takes both", () => {
    const { cache, add, has } = cacheOf(10_000);
    add("a/1", 10, 0);
    add("a/1", 20, 1);
    add("ab", 30, 1);
    assert.equal(cache.bytes, 60);
    cache.drop("a");
    assert.deepEqual([has("a/1", 0), has("a/1", 1), has("ab", 1), cache.bytes], [false, false, true, 30]);
  });

  test("whatever happens, its bytes are those of its values, and the pool gets every range back once", () => {
    const name = fc.constantFrom("a", "a/b", "ab", "b", "b/c");
    const step = fc.oneof(
      fc.record({ kind: fc.constant("add" as const), name, bytes: fc.nat(2_000) }),
      fc.record({ kind: fc.constant("get" as const), name }),
      fc.record({ kind: fc.constant("drop" as const), name }),
      fc.record({ kind: fc.constant("evict" as const), bytes: fc.nat(3_000) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { pool, cache, add, has } = cacheOf(4_000);
        const model = new Map<string, number>();
        for (const action of steps) {
          switch (action.kind) {
            case "add":
              add(action.name, action.bytes);
              model.delete(action.name);
              model.set(action.name, action.bytes);
              assert.ok(has(action.name));
              break;
            case "get":
              if (has(action.name)) assert.ok(model.has(action.name));
              break;
            case "drop":
              cache.drop(action.name);
              for (const known of [...model.keys()]) if (isUnderPrefix(known, action.name)) model.delete(known);
              break;
            case "evict":
              cache.evict(action.bytes);
          }
          for (const known of [...model.keys()]) if (!has(known)) model.delete(known);
          assert.equal(
            cache.bytes,
            [...model.values()].reduce((sum, bytes) => sum + bytes, 0),
          );
          assert.ok(cache.bytes <= 4_000 || model.size === 1);
        }
        cache.drop("");
        assert.deepEqual([cache.bytes, pool.usedBytes], [0, 0]);
      }),
      { seed: seedFromEnv(33), numRuns: 300 },
    );
  });
});
