import assert from "node:assert/strict";
import { Eau2Error } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { Key } from "../../src/store/key.js";
import { WAITS_MAX, Waits } from "../../src/store/waits.js";
import { virtualWheel } from "./virtual-wheel.js";

const waitsOf = () => {
  const { simulation, wheel } = virtualWheel();
  return { simulation, waits: new Waits(() => simulation.nowMs, wheel) };
};

testSuite("Waits", (test) => {
  test("a put wakes exactly those who wait for its name and home", async () => {
    const { waits } = waitsOf();
    const woken: string[] = [];
    const park = (name: string, home: number, waiter: string) =>
      waits.park(new Key(name, home), waiter, {}).then(() => woken.push(waiter));
    const first = [park("a", 0, "one"), park("a", 0, "two")];
    void park("a", 1, "other home");
    void park("b", 0, "other name");
    waits.wake(new Key("a", 0));
    await Promise.all(first);
    assert.deepEqual(woken, ["one", "two"]);
    assert.equal(waits.count, 2);
    waits.wake(new Key("nobody", 0));
    assert.equal(waits.count, 2);
  });

  test("the list has the longest wait first, with its age, and at most so many", async () => {
    const { simulation, waits } = waitsOf();
    void waits.park(new Key("old", 0), "x".repeat(300), {});
    await simulation.advance(1_500);
    void waits.park(new Key("young", 3), "b", {});
    await simulation.advance(500);
    assert.deepEqual(waits.list(10), [
      { key: "old", home: 0, waiter: "x".repeat(128), sinceMs: 2_000 },
      { key: "young", home: 3, waiter: "b", sinceMs: 500 },
    ]);
    assert.deepEqual(
      waits.list(1).map(({ key }) => key),
      ["old"],
    );
  });

  test("a wait ends with CANCELLED, with the signal's own error, or at its deadline, and is gone from the list", async () => {
    const { simulation, waits } = waitsOf();
    const key = new Key("a", 0);
    const [plain, own] = [new AbortController(), new AbortController()];
    const ended = [
      waits.park(key, "plain", { signal: plain.signal, timeoutMs: 1_000 }),
      waits.park(key, "own", { signal: own.signal }),
      waits.park(key, "late", { timeoutMs: 1_000 }),
    ].map((promise) => promise.catch((error: unknown) => (error as Eau2Error).code));
    plain.abort();
    own.abort(new Eau2Error("PEER_GONE", "it left"));
    assert.equal(waits.count, 1);
    await simulation.advance(2_000);
    assert.deepEqual(await Promise.all(ended), ["CANCELLED", "PEER_GONE", "DEADLINE"]);
    assert.equal(waits.count, 0);
    await assert.rejects(waits.park(key, "again", { signal: plain.signal }), { code: "CANCELLED" });
    assert.equal(waits.count, 0);
  });

  test("a signal that is aborted after the put changes nothing", async () => {
    const { simulation, waits } = waitsOf();
    const controller = new AbortController();
    const parked = waits.park(new Key("a", 0), "one", { signal: controller.signal, timeoutMs: 100 });
    waits.wake(new Key("a", 0));
    controller.abort();
    await simulation.advance(1_000);
    await parked;
    assert.equal(waits.count, 0);
  });

  test("one more than the bound is BUSY", async () => {
    const { waits } = waitsOf();
    const key = new Key("a", 0);
    for (let index = 0; index < WAITS_MAX; index++) void waits.park(key, "many", {});
    await assert.rejects(waits.park(key, "one more", {}), { code: "BUSY" });
    waits.wake(key);
    assert.equal(waits.count, 0);
  });
});
