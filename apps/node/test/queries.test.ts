/** Queries on a cluster of processes: explained by the command, and ended by a node that dies in the middle. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { open } from "@eau2/application";
import { count, DataFrame, desc, int64, schema, utf8 } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { assertFails } from "./harness/assert-fails.js";
import { runJson, TestMachine } from "./harness/test-machine.js";
import { until } from "./harness/until.js";

const LIMIT = { timeoutMs: 180_000 };
const LATE = fileURLToPath(new URL("./programs/late-trips.ts", import.meta.url));
const Trip = schema({ carrier: utf8, delay: int64 });

testSuite("queries on a cluster of processes", (test) => {
  test(
    "eau2 explain prints how a query of a file runs, and says what is wrong with a file",
    async () => {
      await using machine = new TestMachine();
      const [a, b, c] = await machine.nodes(3);
      const tokenFile = join(machine.path, ".eau2", "token");
      await using eau2 = await open(b!.url, { tokenFile });
      const rows = Array.from({ length: 20_000 }, (_, row) => ({ carrier: `c${row % 9}`, delay: row }));
      await DataFrame.fromRows(eau2.store, Trip, rows, { name: "trips", chunkRows: 100 });

      const { code, stdout, stderr } = await machine.run(["explain", LATE, "--cluster", a!.url]);
      assert.equal(code, 0, stderr);
      assert.match(
        stdout.toString(),
        /^stage 1\n {2}reads {4}trips: 20,000 rows, 200 chunks\n(?:.|\n)*\n {2}pruned {3}50 of 200 chunks by statistics; 15,000 rows left\n(?:.|\n)*\nstage 2\n(?:.|\n)*gives {4}3 rows at most\n$/,
      );
      const analyzed = await runJson<{ stages: { ran: { rowsOut: number; places: { node: string }[] } }[] }>(machine, [
        "explain",
        LATE,
        "--analyze",
        "--cluster",
        a!.url,
      ]);
      assert.deepEqual(
        analyzed.stages.map(({ ran }) => ran.rowsOut),
        [9, 3],
      );
      assert.deepEqual([...new Set(analyzed.stages[0]!.ran.places.map(({ node }) => node))], [a!.id, b!.id, c!.id]);

      const files = { "none.ts": "export const q = 1;", "number.mjs": "export default 5;" };
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(machine.path, name), text);
        assertFails(
          await machine.run(["explain", name, "--cluster", a!.url]),
          new RegExp(`^eau2: explain ${name}: its default export makes no query: write .* \\(USAGE\\)\n$`),
          2,
        );
      }

      // A node is killed while a query runs on all of them, through another one.
      const before = await eau2.store.keys("");
      const frame = await eau2.frame("trips", Trip);
      let killed: Promise<unknown> | undefined;
      // Many queries in a row, so that one is always under way.
      const asking = async (): Promise<never> => {
        for (;;) {
          await frame
            .groupBy("carrier")
            .agg({ trips: count() })
            .sort(desc("trips"))
            .collect({
              timeoutMs: 60_000,
              onProgress: () => {
                killed ??= c!.process.kill();
              },
            });
        }
      };
      await assert.rejects(asking(), (error: Error & { code: string }) => {
        assert.match(error.code, /^(NODE_GONE|PEER_GONE|CHUNK_LOST)$/);
        assert.match(error.message, /load the frame again|node c/);
        return true;
      });
      await killed;
      await until("nothing of the query is left on the others", async () => {
        const lost = new Set(c!.shards);
        const expected = before.filter(({ home }) => !lost.has(home)).map(({ name }) => name);
        const names = (await eau2.store.keys("").catch(() => [])).map(({ name }) => name);
        return names.sort().join() === expected.sort().join() ? true : undefined;
      });
      // What lies on the others can still be asked.
      await DataFrame.fromRows(eau2.store, Trip, rows.slice(0, 5), { name: "few" });
      assert.deepEqual(await (await eau2.frame("few", Trip)).agg({ n: count() }).collect(), [{ n: 5 }]);
    },
    LIMIT,
  );
});
