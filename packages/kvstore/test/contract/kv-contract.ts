import assert from "node:assert/strict";
import { Eau2Error, isEau2Error } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { Key } from "../../src/store/key.js";
import type { KVStore } from "../../src/store/kv-store.js";
import { BUDGET_BYTES, bytesOf, type StoreCluster, VALUE_BYTES_MAX } from "./store-cluster.js";

const KIB = 1024;
/** Around the sizes where a value changes the way it travels. */
const SIZES = [0, 1, 8 * KIB, 64 * KIB, 64 * KIB + 1, 256 * KIB + 1, 5_000_000];

const equal = (actual: Uint8Array | undefined, expected: Uint8Array): void => {
  assert.ok(actual !== undefined, "a value is there");
  assert.equal(actual.length, expected.length);
  assert.ok(Buffer.from(actual.buffer, actual.byteOffset, actual.length).equals(expected), "the bytes are the same");
};

/** What every store keeps, however its nodes are connected. `near` hosts the keys; `far` is another node where there is one. */
export const kvContract = (name: string, create: () => Promise<StoreCluster>): void => {
  const withCluster = (
    body: (parts: {
      cluster: StoreCluster;
      run: StoreCluster["run"];
      near: KVStore;
      far: KVStore;
      home: number;
    }) => Promise<void>,
  ) => {
    return async () => {
      await using cluster = await create();
      const [first] = cluster.nodes;
      const last = cluster.nodes.at(-1)!;
      await body({ cluster, run: cluster.run, near: first!.store, far: last.store, home: first!.homes[0]! });
    };
  };

  testSuite(`store contract: ${name}`, (test) => {
    test(
      "values of every size come back as they were put, from here and from far",
      withCluster(async ({ run, near, far, home }) => {
        for (const [index, size] of SIZES.entries()) {
          const bytes = bytesOf(size, index);
          const key = new Key(`size/${size}`, home);
          const writer = index % 2 === 0 ? far : near;
          assert.equal(await run(writer.has(key)), false);
          assert.equal(await run(far.get(key)), undefined);
          assert.equal(await run(writer.put(key, bytes)), true);
          equal(await run(near.get(key)), bytes);
          equal(await run(far.get(key)), bytes);
          equal(await run(far.waitAndGet(key)), bytes);
          assert.equal(await run(far.has(key)), true);
        }
      }),
    );

    test(
      "a key is written once: the same bytes succeed again, others are KEY_EXISTS and change nothing",
      withCluster(async ({ cluster, run, near, far, home }) => {
        for (const size of [1, 64 * KIB + 1]) {
          const key = new Key(`once/${size}`, home);
          assert.equal(await run(near.put(key, bytesOf(size, 1))), true);
          const usedBytes = cluster.nodes[0]!.pool.usedBytes;
          for (const store of [near, far]) {
            assert.equal(await run(store.put(key, bytesOf(size, 1))), false);
            await assert.rejects(run(store.put(key, bytesOf(size, 2))), { code: "KEY_EXISTS" });
            await assert.rejects(run(store.put(key, bytesOf(size + 1, 1))), { code: "KEY_EXISTS" });
          }
          equal(await run(far.get(key)), bytesOf(size, 1));
          assert.equal(cluster.nodes[0]!.pool.usedBytes, usedBytes);
        }
      }),
    );

    test(
      "puts of one key at the same time: one value wins, and everybody sees it",
      withCluster(async ({ cluster, run, near, far, home }) => {
        const key = new Key("race", home);
        const values = [1, 2, 3, 4].map((seed) => bytesOf(300, seed));
        const results = await run(
          Promise.allSettled(values.map((bytes, index) => (index % 2 === 0 ? near : far).put(key, bytes))),
        );
        const winners = results.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
        assert.equal(winners.length, 1);
        for (const result of results) if (result.status === "rejected") assert.equal(result.reason.code, "KEY_EXISTS");
        for (const { store } of cluster.nodes) equal(await run(store.get(key)), values[winners[0]!]!);
      }),
    );

    test(
      "a wait is listed with key, home and waiter, and woken by the put",
      withCluster(async ({ cluster, run, near, far, home }) => {
        const key = new Key("later", home);
        const waiting = [far.waitAndGet(key), near.waitAndGet(key, { caller: "the near one" })];
        await cluster.until(() => near.waits.count === 2);
        const records = near.waitRecords(10);
        assert.deepEqual(
          records.map(({ key: listed, home: at }) => [listed, at]),
          [
            ["later", home],
            ["later", home],
          ],
        );
        assert.ok(records.some(({ waiter }) => waiter === "the near one"));
        const other = cluster.nodes.length === 1 ? "a" : cluster.nodes.at(-1)!.name;
        assert.ok(
          records.some(({ waiter }) => waiter.includes(other)),
          JSON.stringify(records),
        );
        assert.equal(near.waitRecords(1).length, 1);
        await run(near.put(key, bytesOf(70_000, 3)));
        for (const bytes of await run(Promise.all(waiting))) equal(bytes, bytesOf(70_000, 3));
        assert.deepEqual(near.waitRecords(10), []);
      }),
    );

    test(
      "a wait by way of another node is listed under the name of who asks there, long names cut",
      withCluster(async ({ cluster, run, near, far, home }) => {
        for (const caller of ["client far away", "水".repeat(200)]) {
          const key = new Key(`for/${caller.length}`, home);
          const waiting = far.waitAndGet(key, { caller });
          await cluster.until(() => near.waits.count === 1);
          assert.equal(near.waitRecords(1)[0]!.waiter, caller.slice(0, 128));
          await run(near.put(key, bytesOf(10, 3)));
          equal(await run(waiting), bytesOf(10, 3));
        }
      }),
    );

    test(
      "a wait that is cancelled or late leaves the list; others who wait for the key are not disturbed",
      withCluster(async ({ cluster, run, near, far, home }) => {
        for (const store of new Set([near, far])) {
          const key = new Key(`wait/${store === near}`, home);
          const controller = new AbortController();
          const cancelled = store.waitAndGet(key, { signal: controller.signal });
          const patient = store.waitAndGet(key, { timeoutMs: 600_000 });
          const late = store.waitAndGet(key, { timeoutMs: 40 });
          await cluster.until(() => near.waits.count > 0);
          controller.abort();
          await assert.rejects(run(cancelled), { code: "CANCELLED" });
          await assert.rejects(run(late), { code: "DEADLINE" });
          assert.ok(near.waits.count > 0);
          await run(near.put(key, bytesOf(10, 1)));
          equal(await run(patient), bytesOf(10, 1));
          const alone = new AbortController();
          const given = store.waitAndGet(new Key("never", home), { signal: alone.signal });
          await cluster.until(() => near.waits.count === 1);
          alone.abort();
          await assert.rejects(run(given), { code: "CANCELLED" });
          await cluster.until(() => near.waits.count === 0);
          const never = store.waitAndGet(new Key("never", home), { signal: AbortSignal.abort() });
          await assert.rejects(run(never), { code: "CANCELLED" });
        }
      }),
    );

    test(
      "gets of one key at the same time travel once, and the next finds it here",
      withCluster(async ({ cluster, run, near, far, home }) => {
        const key = new Key("shared", home);
        const { asked } = cluster.nodes[0]!;
        await run(near.put(key, bytesOf(64 * KIB + 1, 1)));
        const all = await run(Promise.all(Array.from({ length: 50 }, () => far.get(key, { timeoutMs: 600_000 }))));
        for (const bytes of all) equal(bytes, bytesOf(64 * KIB + 1, 1));
        // A copy each: nobody sees what another does to its bytes.
        assert.equal(new Set(all.map((bytes) => bytes!.buffer)).size, 50);
        const travelled = near === far ? 0 : 1;
        assert.equal(asked["kv.get"], travelled);
        await run(far.get(key));
        await run(far.waitAndGet(key));
        assert.equal(asked["kv.get"] + asked["kv.wait"], travelled);
        const waits = Array.from({ length: 20 }, () => far.waitAndGet(new Key("shared/later", home)));
        await cluster.until(() => near.waits.count > 0);
        await run(near.put(new Key("shared/later", home), bytesOf(5, 1)));
        await run(Promise.all(waits));
        assert.equal(asked["kv.wait"], travelled);
      }),
    );

    test(
      "copies of remote values stay under a quarter of the budget and make room for what is put",
      withCluster(async ({ cluster, run, near, far, home }) => {
        const there = cluster.nodes.at(-1)!;
        const sizeBytes = 512 * KIB;
        for (let index = 0; index < 24; index++) {
          await run(near.put(new Key(`bulk/${index}`, home), bytesOf(sizeBytes, index)));
          equal(await run(far.get(new Key(`bulk/${index}`, home))), bytesOf(sizeBytes, index));
          assert.ok(far.cache.bytes <= BUDGET_BYTES / 4, `${far.cache.bytes} bytes are cached`);
        }
        assert.equal(far.cache.bytes, near === far ? 0 : BUDGET_BYTES / 4);
        if (near === far) return;
        // As much as fits when every copy has gone.
        for (let index = 0; index < BUDGET_BYTES / sizeBytes; index++) {
          await run(far.put(new Key(`own/${index}`, there.homes[0]!), bytesOf(sizeBytes, index)));
        }
        assert.equal(far.cache.bytes, 0);
        await run(far.drop("own"));
        equal(await run(far.get(new Key("bulk/3", home))), bytesOf(sizeBytes, 3));
      }),
    );

    test(
      "keys lists what lies under whole path segments on all nodes, in order, however many and long",
      withCluster(async ({ cluster, run, near, far }) => {
        const expected: { name: string; home: number }[] = [];
        for (const [index, node] of cluster.nodes.entries()) {
          for (let number = 0; number < 320; number++) {
            const name = `list/${"é".repeat(400)}${number}/${index}`;
            expected.push({ name, home: node.homes[number % 2]! });
            await run(node.store.put(new Key(name, node.homes[number % 2]!), bytesOf(1, number)));
          }
          await run(node.store.put(new Key("listed", node.homes[1]!), bytesOf(1, 1)));
        }
        expected.sort((x, y) => (x.name < y.name ? -1 : x.name > y.name ? 1 : x.home - y.home));
        for (const store of [near, far]) {
          assert.deepEqual(await run(store.keys("list")), expected);
          assert.deepEqual(await run(store.keys("list/")), expected);
          assert.deepEqual(await run(store.keys("lis")), []);
          assert.equal((await run(store.keys(""))).length, expected.length + cluster.nodes.length);
          await assert.rejects(run(store.keys("k".repeat(1_025))), { code: "KEY_INVALID" });
        }
      }),
    );

    test(
      "a drop takes whole path segments on every node, and what it took is KEY_DROPPED for ever",
      withCluster(async ({ cluster, run, near, far, home }) => {
        const names = ["a", "a/b", "a/b/c", "ab", "b/a", "a b"];
        const homes = [home, cluster.nodes.at(-1)!.homes[0]!];
        for (const at of homes) {
          for (const name of names) {
            await run(near.put(new Key(name, at), bytesOf(9_000, 1)));
            await run(far.get(new Key(name, at)));
            await run(near.get(new Key(name, at)));
          }
        }
        assert.equal(await run(far.drop("a")), homes[0] === homes[1] ? 3 : 6);
        assert.equal(await run(near.drop("a")), 0);
        assert.equal(await run(near.drop("nothing/here")), 0);
        for (const store of [near, far]) {
          for (const at of homes) {
            for (const name of ["a", "a/b", "a/b/c"]) {
              const key = new Key(name, at);
              await assert.rejects(run(store.get(key)), { code: "KEY_DROPPED" });
              await assert.rejects(run(store.waitAndGet(key)), { code: "KEY_DROPPED" });
              await assert.rejects(run(store.put(key, bytesOf(9_000, 1))), { code: "KEY_DROPPED" });
              assert.equal(await run(store.has(key)), false);
            }
            for (const name of ["ab", "b/a", "a b"]) equal(await run(store.get(new Key(name, at))), bytesOf(9_000, 1));
            // The same name at another home is another key; one that was never put was never dropped.
            assert.equal(await run(store.get(new Key("a", homes[0]! + 1))), undefined);
            assert.equal(await run(store.get(new Key("a/new", at))), undefined);
          }
        }
        assert.equal(await run(far.put(new Key("a/new", home), bytesOf(1, 1))), true);
        await assert.rejects(run(near.drop("")), { code: "KEY_INVALID" });
        await assert.rejects(run(near.drop("p".repeat(2_000))), { code: "KEY_INVALID" });
        await run(near.drop("a/"));
        for (const prefix of ["ab", "b", "a b"]) await run(far.drop(prefix));
        for (const { pool, store } of cluster.nodes) {
          assert.deepEqual([pool.usedBytes, store.cache.bytes, store.nodes[0]!.bytes], [0, 0, 0]);
        }
      }),
    );

    test(
      "a drop while a get travels leaves no copy behind, and who asks afterwards is told",
      withCluster(async ({ cluster, run, near, far, home }) => {
        for (const size of [100, 300_000]) {
          const key = new Key(`travel/${size}`, home);
          await run(near.put(key, bytesOf(size, 1)));
          const before = far.get(key);
          const dropped = near.drop("travel");
          const [result] = await run(Promise.allSettled([before, dropped]));
          if (result.status === "fulfilled") equal(result.value, bytesOf(size, 1));
          else assert.equal(result.reason.code, "KEY_DROPPED");
          await assert.rejects(run(far.get(key)), { code: "KEY_DROPPED" });
          for (const { pool, store } of cluster.nodes) assert.deepEqual([store.cache.bytes, pool.usedBytes], [0, 0]);
        }
      }),
    );

    test(
      "a get and a drop in one turn: the bytes are the key's own, not those of what took their place",
      withCluster(async ({ cluster, run, near, home }) => {
        const { pool } = cluster.nodes[0]!;
        await run(near.put(new Key("first", home), bytesOf(5_000, 1)));
        const got = near.get(new Key("first", home));
        const waited = near.waitAndGet(new Key("first", home));
        near.dropLocal("first");
        // As a message that arrives in this turn would.
        const other = pool.allocate(5_000);
        other.view().fill(255);
        equal(await run(got), bytesOf(5_000, 1));
        equal(await run(waited), bytesOf(5_000, 1));
        pool.free(other);
      }),
    );

    test(
      "a wait that is woken reads its own bytes, although the key is dropped in that turn",
      withCluster(async ({ cluster, near, run, home }) => {
        const { pool } = cluster.nodes[0]!;
        const waited = near.waitAndGet(new Key("second", home));
        const result = waited.catch((error: unknown) => error);
        const range = pool.allocate(5_000);
        range.view().set(bytesOf(5_000, 2));
        near.adopt(new Key("second", home), range, 0);
        near.dropLocal("second");
        pool.allocate(5_000).view().fill(255);
        const answer = await run(result);
        if (answer instanceof Uint8Array) equal(answer, bytesOf(5_000, 2));
        else assert.ok(isEau2Error(answer, "KEY_DROPPED"));
      }),
    );

    test(
      "a drop before a key is put does not take it from those who wait for it",
      withCluster(async ({ cluster, run, near, far, home }) => {
        await run(near.put(new Key("early/old", home), bytesOf(3, 1)));
        const waiting = far.waitAndGet(new Key("early/new", home));
        await cluster.until(() => near.waits.count === 1);
        assert.equal(await run(far.drop("early")), 1);
        await run(near.put(new Key("early/new", home), bytesOf(3, 2)));
        equal(await run(waiting), bytesOf(3, 2));
        equal(await run(far.get(new Key("early/new", home))), bytesOf(3, 2));
      }),
    );

    test(
      "the scratch prefix of a job ends with its drop: what still arrives is refused",
      withCluster(async ({ run, near, far, home }) => {
        await run(near.put(new Key("x/job/1", home), bytesOf(3, 1)));
        await run(far.drop("x/job/1"));
        await run(far.put(new Key("x/job/2", home), bytesOf(3, 1)));
        await run(far.drop("x/job"));
        await assert.rejects(run(far.put(new Key("x/job/3", home), bytesOf(3, 1))), { code: "KEY_DROPPED" });
        assert.equal(await run(far.put(new Key("x/jobs/3", home), bytesOf(3, 1))), true);
      }),
    );

    test(
      "keys and homes that cannot be are refused, in words",
      withCluster(async ({ run, near, far, home }) => {
        for (const bad of ["", "k".repeat(1_025), "é".repeat(513), "\ud800"]) {
          assert.throws(() => new Key(bad, home), { code: "KEY_INVALID" });
        }
        const longest = new Key("é".repeat(512), home);
        assert.equal(await run(far.put(longest, bytesOf(1, 1))), true);
        equal(await run(near.get(longest)), bytesOf(1, 1));
        for (const bad of [-1, 0.5, 2 ** 31, Number.NaN]) {
          assert.throws(() => new Key("k", bad), { code: "HOME_UNKNOWN" });
        }
        const nowhere = new Key("k", 99);
        for (const store of [near, far]) {
          await assert.rejects(run(store.get(nowhere)), { code: "HOME_UNKNOWN" });
          await assert.rejects(run(store.put(nowhere, bytesOf(1, 1))), { code: "HOME_UNKNOWN" });
          await assert.rejects(run(store.waitAndGet(nowhere)), { code: "HOME_UNKNOWN" });
          await assert.rejects(run(store.has(nowhere)), { code: "HOME_UNKNOWN" });
        }
      }),
    );

    test(
      "a value over the limit is refused by its length, before anything is allocated for it",
      withCluster(async ({ cluster, run, near, far, home }) => {
        const key = new Key("large", home);
        const { pool } = cluster.nodes[0]!;
        for (const store of [near, far]) {
          const error = await run(store.put(key, new Uint8Array(VALUE_BYTES_MAX + 1))).catch((thrown) => thrown);
          assert.ok(isEau2Error(error, "VALUE_TOO_LARGE"));
          assert.deepEqual(error.details, { bytes: VALUE_BYTES_MAX + 1, bytesMax: VALUE_BYTES_MAX });
        }
        assert.deepEqual([pool.usedBytes, pool.reservedBytes], [0, 0]);
        assert.equal(await run(far.put(key, new Uint8Array(VALUE_BYTES_MAX))), true);
      }),
    );

    test(
      "a full memory is MEMORY_EXCEEDED with the numbers and the way out, and dropping is that way",
      withCluster(async ({ cluster, run, near, far, home }) => {
        const [{ pool }] = cluster.nodes as [StoreCluster["nodes"][number]];
        let stored = 0;
        let error: unknown;
        for (; error === undefined; stored++) {
          error = await run(far.put(new Key(`fill/${stored}`, home), bytesOf(1024 ** 2, stored))).then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
        }
        assert.ok(isEau2Error(error, "MEMORY_EXCEEDED"), String(error));
        assert.equal(stored - 1, BUDGET_BYTES / 1024 ** 2);
        assert.equal(error.details.requestedBytes, 1024 ** 2);
        assert.equal(error.details.budgetBytes, BUDGET_BYTES);
        assert.match(error.message, /drop frames or keys/);
        await assert.rejects(run(near.put(new Key("one more", home), bytesOf(1, 1))), { code: "MEMORY_EXCEEDED" });
        equal(await run(near.get(new Key("fill/0", home))), bytesOf(1024 ** 2, 0));
        assert.equal(await run(far.drop("fill")), stored - 1);
        assert.equal(pool.usedBytes, 0);
        assert.equal(await run(far.put(new Key("one more", home), bytesOf(1, 1))), true);
      }),
    );

    test(
      "homeOf spreads names over the first node's shards, the same on every node",
      withCluster(async ({ cluster }) => {
        const first = cluster.nodes[0]!;
        const used = new Set<number>();
        for (let index = 0; index < 200; index++) {
          const homes = new Set(cluster.nodes.map(({ store }) => store.homeOf(`name/${index}`)));
          assert.equal(homes.size, 1);
          for (const at of homes) used.add(at);
        }
        assert.deepEqual([...used].sort(), [...first.homes]);
      }),
    );

    test(
      "an error keeps its code, words and numbers on the way",
      withCluster(async ({ run, near, far, home }) => {
        const key = new Key("told", home);
        await run(near.put(key, bytesOf(4, 1)));
        const error = await run(far.put(key, bytesOf(3, 1))).catch((thrown: unknown) => thrown);
        assert.ok(isEau2Error(error, "KEY_EXISTS") && error instanceof Eau2Error);
        assert.match(error.message, /put "told": the key has another value/);
        assert.equal(error.details.bytes, 3);
        assert.equal(error.details.bytesThere, 4);
      }),
    );
  });
};
