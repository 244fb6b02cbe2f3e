import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seedFromEnv, testSuite } from "@eau2/testing";
import { assertFails } from "./harness/assert-fails.js";
import { runJson, TestMachine } from "./harness/test-machine.js";

const LIMIT = { timeoutMs: 60_000 };
const VALUE_BYTES_MAX = 1024 ** 3;

/** Any bytes, the same for a seed. */
const bytesFrom = (seed: number, count: number): Buffer => {
  const bytes = Buffer.alloc(count);
  for (let at = 0, block = 0; at < count; block++)
    at += createHash("sha512").update(`${seed} ${block}`).digest().copy(bytes, at);
  return bytes;
};

testSuite("eau2 put and get", (test) => {
  test(
    "5 MB of any bytes come out as they went in, through pipes and files, on either node",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = await machine.nodes(2);
      const bytes = bytesFrom(seedFromEnv(7), 5_000_000);
      for (const home of [0, 1]) {
        const cluster = home === 0 ? a!.url : b!.url;
        const put = ["put", `raw/${home}`, "--home", String(home), "--cluster"];
        assert.deepEqual(await runJson(machine, [...put, a!.url], { input: bytes }), {
          key: `raw/${home}`,
          home,
          bytes: bytes.length,
        });
        const get = await machine.run(["get", `raw/${home}`, "--home", String(home), "--cluster", cluster]);
        assert.ok(get.stdout.equals(bytes), get.stderr);
      }
      writeFileSync(join(machine.path, "bytes"), bytes);
      assert.equal(
        (await machine.run(["put", "file", "bytes", "--home", "1", "--cluster", b!.url])).stdout.toString(),
        "file: 4.8 MiB stored at shard 1\n",
      );
      assert.ok((await machine.run(["get", "file", "--home", "1", "--cluster", a!.url])).stdout.equals(bytes));
    },
    LIMIT,
  );

  test(
    "keys without --home go by the hash of their name, and an empty value is a value",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = await machine.nodes(2, ["--shards", "2"]);
      const names = ["alpha", "beta", "gamma", "dictionary/constructor", "__proto__", "schlüssel 🗝"];
      for (const name of names) {
        const { home } = await runJson<{ home: number }>(machine, ["put", name, "--cluster", a!.url], { input: name });
        assert.ok(home === 0 || home === 1, "hashed over the shards of the first node");
        assert.equal((await machine.run(["get", name, "--cluster", b!.url])).stdout.toString(), name);
      }
      assert.deepEqual(await runJson(machine, ["put", "empty", "-", "--home", "3", "--cluster", a!.url]), {
        key: "empty",
        home: 3,
        bytes: 0,
      });
      const empty = await machine.run(["get", "empty", "--home", "3", "--cluster", a!.url]);
      assert.deepEqual([empty.code, empty.stdout.length, empty.stderr], [0, 0, ""]);
    },
    LIMIT,
  );

  test(
    "a key takes one value: the same bytes again succeed, others are KEY_EXISTS and change nothing",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      const put = (input: string) => machine.run(["put", "once", "--cluster", a!.url], { input });
      assert.equal((await put("first")).stdout.toString(), "once: 5 B stored at shard 0\n");
      assert.equal((await put("first")).stdout.toString(), "once: 5 B were there already at shard 0\n");
      assertFails(await put("other"), /^eau2: put "once": .*use a new key \(KEY_EXISTS\)\n$/);
      assertFails(await put("first!"), /\(KEY_EXISTS\)/);
      assert.equal((await machine.run(["get", "once", "--cluster", a!.url])).stdout.toString(), "first");
    },
    LIMIT,
  );

  test(
    "a get of a key that nobody has put says so, and how to wait for it",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      assertFails(await machine.run(["get", "nothing", "--cluster", a!.url]), /nobody has put "nothing".*--wait/);
    },
    LIMIT,
  );

  test(
    "keys that cannot be, homes that never were and values that are too much are refused in words",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1, ["--memory", "8MB"]);
      const cluster = ["--cluster", a!.url];
      for (const verb of ["put", "get"]) {
        assertFails(await machine.run([verb, "", ...cluster]), /key "" .*it is empty.*1 to 1024.*\(KEY_INVALID\)/);
        const long = "ü".repeat(1_000);
        assertFails(await machine.run([verb, long, ...cluster]), /it has 2000 bytes.*\(KEY_INVALID\)/);
        assertFails(
          await machine.run([verb, "k", "--home", "7", ...cluster], { input: "x" }),
          /no node .* ever had shard 7.*eau2 status.*\(HOME_UNKNOWN\)/,
        );
        assertFails(await machine.run([verb, "k", "--home", "99999999999", ...cluster]), /\(HOME_UNKNOWN\)/);
        for (const home of ["-1", "one", "1.5"])
          assertFails(await machine.run([verb, "k", `--home=${home}`, ...cluster]), new RegExp(`--home ${home}`), 2);
      }
      const limit = "k".repeat(1_024);
      assert.equal((await machine.run(["put", limit, ...cluster], { input: "x" })).code, 0);
      assert.equal((await machine.run(["get", limit, ...cluster])).stdout.toString(), "x");
    },
    LIMIT,
  );

  test(
    "a value over the budget is MEMORY_EXCEEDED with the numbers and the way out, and the node lives on",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = await machine.nodes(2, ["--memory", "8MB"]);
      const big = new Uint8Array(9_000_000);
      for (const node of [a!, b!]) {
        assertFails(
          await machine.run(["put", "big", "--home", "1", "--cluster", node.url], { input: big }),
          /8\.6 MiB.*7\.6 MiB.*--memory.*\(MEMORY_EXCEEDED\)/,
        );
      }
      await runJson(machine, ["put", "small", "--home", "1", "--cluster", a!.url], { input: "fits" });
      assert.equal((await machine.run(["get", "small", "--home", "1", "--cluster", b!.url])).stdout.toString(), "fits");
    },
    LIMIT,
  );

  test(
    "a file over the limit of values is refused before it is read, with the limit",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      const descriptor = openSync(join(machine.path, "huge"), "w");
      ftruncateSync(descriptor, VALUE_BYTES_MAX + 1); // a hole: nothing is written
      closeSync(descriptor);
      assertFails(
        await machine.run(["put", "huge", "huge", "--cluster", a!.url]),
        /put "huge": .*1\.0 GiB.*split.*\(VALUE_TOO_LARGE\)/,
      );
    },
    LIMIT,
  );

  test(
    "a file that is not there, or is a folder, is FILE_MISSING with its path",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      mkdirSync(join(machine.path, "folder"));
      assertFails(
        await machine.run(["put", "k", "absent.bin", "--cluster", a!.url]),
        /read ".*\/absent\.bin": there is no such file.*\(FILE_MISSING\)/,
      );
      assertFails(
        await machine.run(["put", "k", "folder", "--cluster", a!.url]),
        /read ".*\/folder": it is a folder.*\(FILE_MISSING\)/,
      );
    },
    LIMIT,
  );

  test(
    "under a package manager paths are those of the user's folder",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      const folder = join(machine.path, "where-i-stand");
      mkdirSync(folder);
      writeFileSync(join(folder, "mine"), "here");
      const put = ["put", "mine", "mine", "--cluster", a!.url];
      assert.equal((await machine.run(put, { env: { INIT_CWD: folder } })).code, 0);
      assert.equal((await machine.run(["get", "mine", "--cluster", a!.url])).stdout.toString(), "here");
    },
    LIMIT,
  );

  test(
    "a reader that has enough ends a get without a word",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      await runJson(machine, ["put", "long", "--cluster", a!.url], { input: new Uint8Array(5_000_000) });
      const get = machine.eau2(["get", "long", "--cluster", a!.url]);
      get.child.stdout!.destroy();
      const { code, stderr } = await get.finished();
      assert.deepEqual([code, stderr], [0, ""]);
    },
    LIMIT,
  );
});
