import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { systemClock } from "../../src/platform/system.js";
import { formatAddress, parseAddress, WebSocketTransport } from "../../src/platform/transport-ws.js";
import type { Link, Listener, Transport } from "../../src/transport/transport.js";
import { transportContract } from "../contract/transport-contract.js";
import { turn } from "../kit/turns.js";

/** Remembers what was opened, so that a test leaves no sockets behind. */
class TrackedTransport implements Transport, AsyncDisposable {
  #inner = new WebSocketTransport(systemClock);
  #links: Link[] = [];
  #listeners: Listener[] = [];

  async listen(address: string, accept: (link: Link) => void): Promise<Listener> {
    const listener = await this.#inner.listen(address, (link) => {
      this.#links.push(link);
      accept(link);
    });
    this.#listeners.push(listener);
    return listener;
  }

  async connect(address: string, signal?: AbortSignal): Promise<Link> {
    const link = await this.#inner.connect(address, signal);
    this.#links.push(link);
    return link;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links) link.destroy("the test is over");
    for (const listener of this.#listeners) await listener.close();
  }
}

/** A port that was free a moment ago. */
const deadAddress = async (): Promise<string> => {
  const listener = await new WebSocketTransport(systemClock).listen("127.0.0.1:0", () => {});
  await listener.close();
  return listener.address;
};

transportContract("WebSocket", async () => {
  const transport = new TrackedTransport();
  return {
    transport,
    anyAddress: "127.0.0.1:0",
    deadAddress: await deadAddress(),
    passTime: turn,
    settled: (promise) => promise,
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
});

testSuite("addresses", (test) => {
  test("are host and port, an IPv6 host in brackets", () => {
    assert.deepEqual(parseAddress("127.0.0.1:3282"), { host: "127.0.0.1", port: 3282 });
    assert.deepEqual(parseAddress("localhost:0"), { host: "localhost", port: 0 });
    assert.deepEqual(parseAddress("[::1]:65535"), { host: "::1", port: 65_535 });
    assert.equal(formatAddress("::1", 1), "[::1]:1");
    assert.equal(formatAddress("10.0.0.1", 1), "10.0.0.1:1");
  });

  test("that are none are USAGE and show how one looks", () => {
    for (const text of ["", ":", "host", ":3282", "host:", "host:70000", "host:1x", "host:-1", "ws://host:/"]) {
      assert.throws(() => parseAddress(text), { code: "USAGE", message: /127\.0\.0\.1:3282/ }, text);
    }
  });

  test("that cannot be listened on are USAGE", async () => {
    const attempt = new WebSocketTransport(systemClock).listen("192.0.2.1:1", () => {});
    await assert.rejects(attempt, { code: "USAGE" });
  });
});
