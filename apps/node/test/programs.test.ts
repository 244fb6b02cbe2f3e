import assert from "node:assert/strict";
import { join } from "node:path";
import { open } from "@eau2/application";
import { testSuite } from "@eau2/testing";
import { TestMachine } from "./harness/test-machine.js";

const LIMIT = { timeoutMs: 60_000 };
const VALUE_BYTES_MAX = 1024 ** 3;

testSuite("programs that talk to a cluster of processes", (test) => {
  test(
    "a value over the limit is refused at once, and the connection goes on",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      await using eau2 = await open(a!.url, { tokenFile: join(machine.path, ".eau2", "token") });
      const key = await eau2.store.key("huge");
      // Nothing is written to it, so the system does not even find memory for it.
      const huge = new Uint8Array(VALUE_BYTES_MAX + 1);
      await assert.rejects(eau2.store.put(key, huge, { timeoutMs: 20_000 }), { code: "VALUE_TOO_LARGE" });
      assert.equal(await eau2.store.put(key, new Uint8Array(3)), true);
    },
    LIMIT,
  );

  test(
    "a cluster id that cannot be one is USAGE, one of another cluster CLUSTER_MISMATCH",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      const tokenFile = join(machine.path, ".eau2", "token");
      await assert.rejects(open(a!.url, { tokenFile, clusterId: "a b" }), {
        code: "USAGE",
        message: /clusterId "a b"/,
      });
      await assert.rejects(open(a!.url, { tokenFile, clusterId: "other" }), { code: "CLUSTER_MISMATCH" });
      await (await open(a!.url, { tokenFile, clusterId: a!.cluster })).close();
    },
    LIMIT,
  );
});
