import assert from "node:assert/strict";
import { Eau2Error } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { Key } from "../../src/store/key.js";
import { type FetchState, SharedFetches } from "../../src/store/shared-fetches.js";
import { virtualWheel } from "./virtual-wheel.js";

const target = (name: string) => ({ verb: "get", key: new Key(name, 0) }) as const;

/** Fetches that end when the test says so. */
const fetchesOf = () => {
  const { simulation, wheel } = virtualWheel();
  const fetches = new SharedFetches<string>(wheel);
  const started: { state: FetchState; resolve(value: string): void; reject(error: Error): void }[] = [];
  const start = (state: FetchState) =>
    new Promise<string>((resolve, reject) => {
      started.push({ state, resolve, reject });
    });
  return { simulation, fetches, started, start };
};

testSuite("SharedFetches", (test) => {
  test("those who ask for the same at once share one fetch, and the next begins anew", async () => {
    const { fetches, started, start } = fetchesOf();
    const all = [fetches.run(target("a"), start), fetches.run(target("a"), start), fetches.run(target("b"), start)];
    assert.deepEqual([started.length, fetches.count], [2, 2]);
    started[0]!.resolve("A");
    started[1]!.resolve("B");
    assert.deepEqual(await Promise.all(all), ["A", "A", "B"]);
    assert.equal(fetches.count, 0);
    void fetches.run(target("a"), start);
    assert.equal(started.length, 3);
  });

  test("a failure reaches all who share it, and is not remembered", async () => {
    const { fetches, started, start } = fetchesOf();
    const all = [fetches.run(target("a"), start), fetches.run(target("a"), start, { timeoutMs: 1_000 })];
    started[0]!.reject(new Eau2Error("PEER_GONE", "it left"));
    for (const result of await Promise.allSettled(all)) {
      assert.equal(result.status === "rejected" && result.reason.code, "PEER_GONE");
    }
    assert.equal(fetches.count, 0);
  });

  test("one who gives up leaves the others alone; the last one ends the fetch", async () => {
    const { fetches, started, start } = fetchesOf();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = fetches.run(target("a"), start, { signal: first.signal });
    const two = fetches.run(target("a"), start, { signal: second.signal });
    first.abort();
    await assert.rejects(one, { code: "CANCELLED", message: 'get "a": cancelled by the caller' });
    assert.equal(started[0]!.state.signal.aborted, false);
    second.abort();
    await assert.rejects(two, { code: "CANCELLED" });
    assert.deepEqual([started[0]!.state.signal.aborted, fetches.count], [true, 0]);
    // Who comes now does not join what was given up.
    const three = fetches.run(target("a"), start);
    started[1]!.resolve("A");
    assert.equal(await three, "A");
    assert.throws(() => fetches.run(target("a"), start, { signal: first.signal }), { code: "CANCELLED" });
  });

  test("each has its own deadline: an impatient one does not end the fetch of a patient one", async () => {
    const { simulation, fetches, started, start } = fetchesOf();
    const impatient = fetches.run(target("a"), start, { timeoutMs: 100 });
    const patient = fetches.run(target("a"), start, { timeoutMs: 10_000 });
    const lateCode = impatient.catch((error: unknown) => (error as Eau2Error).code);
    await simulation.advance(200);
    assert.equal(await lateCode, "DEADLINE");
    assert.equal(started[0]!.state.signal.aborted, false);
    started[0]!.resolve("A");
    assert.equal(await patient, "A");
    await simulation.advance(20_000);
  });

  test("a drop takes a fetch from those who come later, not from those who asked before", async () => {
    const { fetches, started, start } = fetchesOf();
    const before = fetches.run(target("a/b"), start);
    const other = fetches.run(target("ab"), start);
    fetches.outdate("a");
    const after = fetches.run(target("a/b"), start);
    assert.deepEqual(
      started.map(({ state }) => state.outdated),
      [true, false, false],
    );
    started.forEach(({ resolve }, index) => {
      resolve(`value ${index}`);
    });
    assert.deepEqual(await Promise.all([before, other, after]), ["value 0", "value 1", "value 2"]);
    assert.equal(fetches.count, 0);
  });
});
