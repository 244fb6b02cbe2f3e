import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import type { Link } from "../../src/transport/transport.js";
import { Simulation } from "../../src/transport-simulated/simulation.js";
import { SimulatedNetwork } from "../../src/transport-simulated/transport-simulated.js";
import { transportContract } from "../contract/transport-contract.js";
import { turn } from "../kit/turns.js";

transportContract("simulated", async () => {
  const simulation = new Simulation(1, turn);
  const network = new SimulatedNetwork(simulation);
  return {
    transport: network.transport("here"),
    anyAddress: "here:0",
    deadAddress: "nowhere:9",
    passTime: () => simulation.advance(5),
    settled: (promise) => simulation.until(promise),
    [Symbol.asyncDispose]: async () => {},
  };
});

/** Two hosts, one link, and what happened on it, with the time. */
const linked = async (seed: number) => {
  const simulation = new Simulation(seed, turn);
  const network = new SimulatedNetwork(simulation);
  const events: string[] = [];
  const note = (who: string, link: Link) =>
    link.open({
      message: ([bytes]) => events.push(`${simulation.nowMs} ${who} ${bytes![0]}`),
      close: (reason) => events.push(`${simulation.nowMs} ${who} ${reason}`),
    });
  const listener = await network.transport("b").listen("b:1", (link) => note("b", link));
  const link = await simulation.until(network.transport("a").connect(listener.address));
  note("a", link);
  return { simulation, network, link, events };
};

testSuite("simulated transport", (test) => {
  test("virtual time passes in order of time, ties in order of creation", async () => {
    const { clock, ...simulation } = (() => {
      const it = new Simulation(1, turn);
      return { clock: it.clock, advance: (ms: number) => it.advance(ms) };
    })();
    const seen: string[] = [];
    const cancel = clock.after(5, () => seen.push("cancelled"));
    clock.after(10, () => seen.push("b"));
    clock.after(5, () => {
      seen.push(`a at ${clock.now()}`);
      clock.soon(() => seen.push("soon"));
    });
    clock.after(10, () => seen.push("c"));
    clock.after(11, () => seen.push("late"));
    cancel();
    await simulation.advance(10);
    assert.deepEqual(seen, ["a at 5", "soon", "b", "c"]);
    assert.equal(clock.now(), 10);
  });

  test("a promise that nothing can settle is an error, not a hang", async () => {
    const simulation = new Simulation(1, turn);
    await assert.rejects(simulation.until(new Promise(() => {})), /nothing is left to happen/);
    simulation.clock.after(10_000, () => {});
    await assert.rejects(simulation.until(new Promise(() => {}), 500), /pending after 500 ms/);
  });

  test("a stalled message holds up those behind it, nothing overtakes", async () => {
    const { simulation, network, link, events } = await linked(3);
    network.setFaults({ stallChance: 0.3, stallMs: 2_000 });
    for (let index = 0; index < 50; index++) link.send([Uint8Array.of(index)]);
    await simulation.advance(10_000);
    assert.deepEqual(
      events.map((event) => Number(event.split(" ")[2])),
      Array.from({ length: 50 }, (_, index) => index),
    );
    assert.ok(simulation.nowMs >= 10_000 && Number(events[49]!.split(" ")[0]) > 2_000);
  });

  test("a break loses what is in flight and tells both sides", async () => {
    const { simulation, network, link, events } = await linked(4);
    link.send([Uint8Array.of(1)]);
    await simulation.advance(50);
    link.send([Uint8Array.of(2)]);
    network.breakLinks("a", "b");
    await simulation.advance(50);
    const what = events.map((event) => event.replace(/^\S+ /, ""));
    assert.deepEqual(what.sort(), ["a simulated break", "b 1", "b simulated break"]);
  });

  test("a cut holds up what is sent, without a word to either side; after it all arrives in order", async () => {
    const { simulation, network, link, events } = await linked(5);
    network.cut("a", "b");
    link.send([Uint8Array.of(1)]);
    await simulation.advance(60_000);
    assert.equal(events.length, 0);
    await assert.rejects(simulation.until(network.transport("a").connect("b:1")), { code: "PEER_GONE" });
    link.send([Uint8Array.of(2)]);
    await simulation.advance(1000);
    network.heal();
    link.send([Uint8Array.of(3)]);
    await simulation.advance(100);
    assert.deepEqual(
      events.map((event) => event.replace(/^\S+ /, "")),
      ["b 1", "b 2", "b 3"],
    );
  });

  test("a link that is given up during a cut flushes at once; the other side hears of it after the cut", async () => {
    const { simulation, network, link, events } = await linked(7);
    network.cut("a", "b");
    let isFlushed = false;
    link.send([Uint8Array.of(1)], () => {
      isFlushed = true;
    });
    link.destroy("given up");
    await simulation.advance(10_000);
    assert.equal(isFlushed, true);
    assert.equal(events.length, 1);
    network.heal();
    await simulation.advance(100);
    assert.equal(events.length, 2);
    assert.match(events[1]!, /b given up/);
  });

  test("a killed host closes its links and listens no more", async () => {
    const { simulation, network, events } = await linked(6);
    network.kill("b");
    await simulation.advance(50);
    assert.equal(events.filter((event) => event.includes("killed")).length, 2);
    const again = simulation.until(network.transport("a").connect("b:1"));
    await assert.rejects(again, { code: "PEER_GONE", details: { address: "b:1", refused: 1 } });
  });

  test("one seed is one history, another seed another", async () => {
    const history = async (seed: number): Promise<string> => {
      const { simulation, network, link, events } = await linked(seed);
      network.setFaults({ stallChance: 0.05, breakChance: 0.01 });
      for (let index = 0; index < 100; index++) link.send([Uint8Array.of(index)]);
      await simulation.advance(20_000);
      return events.join("\n");
    };
    assert.equal(await history(9), await history(9));
    assert.notEqual(await history(9), await history(10));
  });
});
