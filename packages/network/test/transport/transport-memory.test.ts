import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { systemClock } from "../../src/platform/system.js";
import { type Link, UNTRUSTED_LINKS_MAX } from "../../src/transport/transport.js";
import { MemoryNetwork, MemoryTransport } from "../../src/transport-memory/transport-memory.js";
import { transportContract } from "../contract/transport-contract.js";
import { eventually, turn } from "../kit/turns.js";

transportContract("memory", async () => ({
  transport: new MemoryTransport(new MemoryNetwork(), systemClock),
  anyAddress: "here:0",
  deadAddress: "nowhere:9",
  passTime: turn,
  settled: (promise) => promise,
  [Symbol.asyncDispose]: async () => {},
}));

testSuite("memory transport", (test) => {
  test("copies what is sent, so the sender's memory is free when it is flushed", async () => {
    const transport = new MemoryTransport(new MemoryNetwork(), systemClock);
    const received: number[] = [];
    await transport.listen("here:1", (link) => {
      link.open({ message: ([bytes]) => received.push(bytes![0]!), close: () => {} });
    });
    const link = await transport.connect("here:1");
    link.open({ message: () => {}, close: () => {} });
    const bytes = Uint8Array.of(7);
    let isFlushed = false;
    link.send([bytes], () => {
      isFlushed = true;
    });
    bytes[0] = 8;
    await eventually(() => isFlushed);
    assert.deepEqual(received, [7]);
  });

  test("holds a bounded number of links that have not proved the token", async () => {
    const transport = new MemoryTransport(new MemoryNetwork(), systemClock);
    const accepted: Link[] = [];
    await transport.listen("here:1", (link) => accepted.push(link));
    let refused = 0;
    for (let count = 0; count < UNTRUSTED_LINKS_MAX + 5; count++) {
      const link = await transport.connect("here:1");
      link.open({ message: () => {}, close: () => refused++ });
    }
    await eventually(() => refused === 5 && accepted.length === UNTRUSTED_LINKS_MAX);
    accepted[0]!.trust();
    accepted[1]!.destroy("no longer wanted");
    for (let count = 0; count < 2; count++) await transport.connect("here:1");
    await eventually(() => accepted.length === UNTRUSTED_LINKS_MAX + 2);
  });
});
