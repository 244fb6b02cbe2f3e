/** Functions of programs and clients on the threads of real nodes. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { open, userModule } from "@eau2/application";
import { DataFrame } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { TestMachine } from "./harness/test-machine.js";

const LIMIT = { timeoutMs: 120_000 };
const CHUNK_SUMS = fileURLToPath(new URL("./programs/chunk-sums.ts", import.meta.url));

testSuite("modules on a cluster of processes", (test) => {
  test(
    "a program maps functions of its own file: its share on each node, all chunks from any; a throw names node, rows and line",
    async () => {
      await using machine = new TestMachine();
      const [a, b, c] = await machine.nodes(3, ["--allow-run"]);
      const finished = await machine.run(["run", CHUNK_SUMS, "first", "--cluster", b!.url]);
      assert.equal(finished.code, 0, finished.stderr);
      assert.deepEqual(finished.stdout.toString().trimEnd().split("\n").sort(), [
        "[a] 7 chunks here, 20 on 3 nodes, sum 49995000",
        "[b] 7 chunks here, 20 on 3 nodes, sum 49995000",
        "[c] 6 chunks here, 20 on 3 nodes, sum 49995000",
      ]);
      assert.equal((await machine.run(["drop", "chunk-sums", "--cluster", a!.url])).code, 0);
      const failed = await machine.run(["run", CHUNK_SUMS, "second", "fail", "--cluster", b!.url]);
      assert.equal(failed.code, 1);
      assert.match(
        failed.stderr,
        /^eau2: program chunk-sums\.ts on node c: map on node [abc]: chunk-sums\.ts#fail on rows \d+ to \d+: no answer for row \d+ \(TASK_FAILED\)\n {4}at fail \(.*chunk-sums\.ts:20:\d+\)\n$/,
      );

      // A client's module, and a node that dies while it runs.
      const file = join(machine.path, "client.mjs");
      writeFileSync(
        file,
        "export const rows = (chunk) => chunk.rowCount;\nexport const never = () => { for (;;); };\n",
      );
      await using eau2 = await open(a!.url, { tokenFile: join(machine.path, ".eau2", "token") });
      const numbers = await DataFrame.fromArray(eau2.store, [1, 2, 3], { chunkRows: 1 });
      assert.deepEqual(await numbers.map(userModule(file, "rows")), [1, 1, 1]);
      assert.deepEqual(await numbers.pmap(userModule(file, "rows")), [], "a client has no chunks of its own");
      const never = numbers.map(userModule(file, "never"), { onProgress: () => void c!.process.kill() });
      await assert.rejects(never, { code: "NODE_GONE", message: /node c has gone/ });
    },
    LIMIT,
  );
});
