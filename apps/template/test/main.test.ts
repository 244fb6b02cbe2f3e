/** The app as its users start it: its build, embedded and on real node processes. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertFails } from "@eau2/node/test/harness/assert-fails.js";
import { TestMachine } from "@eau2/node/test/harness/test-machine.js";
import type { Finished } from "@eau2/node/test/harness/test-process.js";
import { testSuite } from "@eau2/testing";
import { someTrips } from "../src/trips.js";

const LIMIT = { timeoutMs: 60_000 };
const BINARY = fileURLToPath(new URL("../dist/main.js", import.meta.url));

const start = (machine: TestMachine, ...args: string[]): Promise<Finished> =>
  machine.start("the app", BINARY, args).finished();

/** By another way than the app's: carrier by carrier. */
const expectedMeans = (count: number): unknown[] => {
  const known = someTrips(count).filter(({ delay }) => delay !== null);
  return [...new Set(known.map(({ carrier }) => carrier))]
    .map((carrier) => {
      const delays = known.filter((trip) => trip.carrier === carrier).map(({ delay }) => delay!);
      return { carrier, trips: delays.length, mean: delays.reduce((a, b) => a + b) / delays.length };
    })
    .sort((a, b) => b.mean - a.mean);
};

testSuite("mean delays", (test) => {
  test(
    "the answer is right, and the same embedded and on two nodes, where nothing is left",
    async () => {
      await using machine = new TestMachine();
      const embedded = await start(machine, "--json");
      assert.equal(embedded.code, 0, embedded.stderr);
      assert.deepEqual(JSON.parse(embedded.stdout.toString()), expectedMeans(100_000));

      const [, b] = await machine.nodes(2);
      const clustered = await start(machine, "--json", "--cluster", b!.url);
      assert.equal(clustered.stdout.toString(), embedded.stdout.toString(), clustered.stderr);
      const { stdout } = await machine.run(["status", "--json", "--cluster", b!.url]);
      const { nodes } = JSON.parse(stdout.toString()) as { nodes: { bytes: number }[] };
      assert.deepEqual(
        nodes.map(({ bytes }) => bytes),
        [0, 0],
      );
    },
    LIMIT,
  );

  test(
    "a file is read, with its missing values; what cannot be is said in words",
    async () => {
      await using machine = new TestMachine();
      writeFileSync(join(machine.path, "trips.sor"), "<AA> <10>\n<UA> <>\n<AA> <5>\n<WN> <-1>\n");
      const { code, stdout, stderr } = await start(machine, "trips.sor");
      assert.deepEqual([code, stdout.toString()], [0, "AA 7.50 min, 2 trips\nWN -1.00 min, 1 trips\n"], stderr);
      assertFails(await start(machine, "none.sor"), /: read .*none\.sor": .* \(FILE_MISSING\)\n$/);
      assertFails(await start(machine, "--cluster", "localhost"), /: "localhost" .* \(USAGE\)\n$/, 2);
      assertFails(await start(machine, "--clutser", "x"), /unknown option '--clutser'/, 2);
    },
    LIMIT,
  );
});
