/** What waits in memory is bounded, whatever the other side does or does not do. */
import assert from "node:assert/strict";
import { NodeId, RAW_BYTES_MAX, VALUE_BYTES_MAX } from "@eau2/protocol";
import {
  crc32,
  decodeControl,
  FLAG_RAW_COVERED,
  FLAG_REPLY_STREAM,
  FLAG_STREAMED,
  HEADER_BYTES,
} from "@eau2/serialization";
import { testSuite } from "@eau2/testing";
import { CHANNEL_QUEUE_BYTES_MAX, STREAM_QUEUE_BYTES_MAX } from "../../src/session/channel.js";
import { bodyOf } from "../../src/session/outgoing-requests.js";
import { INLINE_BODY_BYTES_MAX, type RequestHandlers } from "../../src/session/request-types.js";
import type { Session } from "../../src/session/session.js";
import { STREAM_WINDOW_BYTES } from "../../src/session/streams.js";
import type { Link } from "../../src/transport/transport.js";
import { patterned } from "../kit/patterned.js";
import { rawPeer } from "../kit/raw-peer.js";
import { keyOf, SimulatedCluster } from "../kit/simulated-cluster.js";
import { Loans } from "../kit/tracked-body.js";

/** A node that answers `kv.get SIZE` with so many bytes, and the links that come to it. */
const answering = async (loans: Loans, handlers: RequestHandlers<Session> = {}) => {
  const cluster = new SimulatedCluster(5);
  const links: Link[] = [];
  await cluster.start(["a"], {
    onLink: (link) => links.push(link),
    handlers: {
      "kv.get": {
        handle: ({ control }) => ({
          control: { found: true, checksum: 0 },
          body: loans.body(patterned(Number(control.key.name), 1), `answer ${control.key.name}`),
        }),
      },
      ...handlers,
    },
  });
  return { cluster, simulation: cluster.simulation, links };
};

const rawBytes = (frames: readonly { raw: readonly Uint8Array[] }[]): number =>
  frames.reduce((sum, { raw }) => sum + raw.reduce((bytes, piece) => bytes + piece.length, 0), 0);

testSuite("flow control", (test) => {
  test("a stream that gets no credit stops at its window, the others go on", async () => {
    const loans = new Loans();
    const { cluster, simulation } = await answering(loans);
    await using _cluster = cluster;
    const peer = await rawPeer(cluster, "a:1");
    peer.pair.control.send("kv.get", { id: 1, control: keyOf("10000000") });
    await simulation.advance(5_000);
    const ofStream = (id: number) => peer.ofKind("stream.data").filter(({ header }) => header.id === id);
    assert.equal(rawBytes(ofStream(1)), STREAM_WINDOW_BYTES);
    // A second one on the same links, whose receiver takes what comes.
    peer.pair.control.send("kv.get", { id: 2, control: keyOf("10000000") });
    for (let step = 0; step < 40 && rawBytes(ofStream(2)) < 10_000_000; step++) {
      await simulation.advance(100);
      peer.pair.data.send("stream.credit", { id: 2, flags: FLAG_REPLY_STREAM, control: { bytes: 1_000_000 } });
    }
    assert.equal(rawBytes(ofStream(2)), 10_000_000);
    assert.equal(rawBytes(ofStream(1)), STREAM_WINDOW_BYTES);
    // The first goes on where it stood when it gets credit.
    peer.pair.data.send("stream.credit", { id: 1, flags: FLAG_REPLY_STREAM, control: { bytes: 8_000_000 } });
    await simulation.advance(2_000);
    assert.equal(rawBytes(ofStream(1)), 10_000_000);
    assert.deepEqual([loans.open, loans.faults], [[], []]);
  });

  test("many streams to a peer that does not read share one queue", async () => {
    const loans = new Loans();
    const { cluster, simulation, links } = await answering(loans);
    await using _cluster = cluster;
    const peer = await rawPeer(cluster, "a:1");
    const dataLink = links.at(-1)!;
    peer.links[1]!.pause();
    for (let id = 1; id <= 100; id++) peer.pair.control.send("kv.get", { id, control: keyOf("1000000") });
    await simulation.advance(2_000);
    // They take turns: what is queued beyond the bound is the piece that reached it.
    const boundBytes = STREAM_QUEUE_BYTES_MAX + RAW_BYTES_MAX + 100 * HEADER_BYTES;
    assert.ok(dataLink.bufferedBytes <= boundBytes, `${dataLink.bufferedBytes} bytes`);
    peer.links[1]!.resume();
    for (let id = 1; id <= 100; id++)
      peer.pair.data.send("stream.credit", { id, flags: FLAG_REPLY_STREAM, control: { bytes: 1_000_000 } });
    await simulation.advance(10_000);
    assert.equal(rawBytes(peer.ofKind("stream.data")), 100_000_000);
    assert.deepEqual([loans.open, loans.faults], [[], []]);
  });

  test("a peer that asks and does not read its answers is not read from, and is ended when it stays silent", async () => {
    const loans = new Loans();
    const { cluster, simulation, links } = await answering(loans);
    await using _cluster = cluster;
    const peer = await rawPeer(cluster, "a:1");
    const controlLink = links.at(-2)!;
    peer.links[0]!.pause();
    let mostBytes = 0;
    for (let id = 1; id <= 3_000; id++) {
      peer.pair.control.send("kv.get", { id, control: keyOf(String(INLINE_BODY_BYTES_MAX)) });
      if (id % 100 === 0) {
        await simulation.advance(20);
        mostBytes = Math.max(mostBytes, controlLink.bufferedBytes);
      }
    }
    // 3,000 answers are 188 MiB; what was in one message when the bound was reached waits unanswered.
    assert.ok(mostBytes > CHANNEL_QUEUE_BYTES_MAX, "the bound was never reached");
    assert.ok(mostBytes < CHANNEL_QUEUE_BYTES_MAX + 2 * INLINE_BODY_BYTES_MAX, `${mostBytes} bytes`);
    await simulation.advance(20_000);
    assert.ok(cluster.gone.includes("a: raw"), "a peer that takes nothing for 15 s is given up");
    assert.deepEqual([loans.open, loans.faults], [[], []]);
  });

  test("a peer that reads again after a while gets every answer", async () => {
    const loans = new Loans();
    const { cluster, simulation, links } = await answering(loans);
    await using _cluster = cluster;
    const peer = await rawPeer(cluster, "a:1");
    peer.links[0]!.pause();
    for (let id = 1; id <= 1_000; id++)
      peer.pair.control.send("kv.get", { id, control: keyOf(String(INLINE_BODY_BYTES_MAX)) });
    await simulation.advance(3_000);
    assert.ok(links.at(-2)!.bufferedBytes > CHANNEL_QUEUE_BYTES_MAX);
    peer.links[0]!.resume();
    await simulation.advance(3_000);
    const answers = peer.ofKind("reply.ok");
    assert.deepEqual(
      answers.map(({ header }) => header.id),
      Array.from({ length: 1_000 }, (_, index) => index + 1),
    );
    assert.equal(rawBytes(answers), 1_000 * INLINE_BODY_BYTES_MAX);
    assert.deepEqual([loans.open, loans.faults], [[], []]);
  });

  test("questions that do not fit the queue wait for room, those that come first go first", async () => {
    const cluster = new SimulatedCluster(6);
    await using _cluster = cluster;
    // Of the links that b dials, the first is the control link.
    const links: Link[] = [];
    const [a] = await cluster.start(["a"], { onLink: (link) => links.push(link) });
    const asked: string[] = [];
    const b = await cluster.node("b", {
      handlers: {
        "kv.put": {
          handle: ({ control }) => {
            asked.push(control.key.name);
            return { control: { stored: true } };
          },
        },
      },
    });
    await cluster.simulation.until(b.join("a:1"));
    const session = a!.session(NodeId.parse("b"));
    const loans = new Loans();
    const peak = { bytes: 0 };
    const requests = Array.from({ length: 1_000 }, (_, index) => {
      const body = loans.body(patterned(INLINE_BODY_BYTES_MAX, index), String(index));
      const request = session.request(
        "kv.put",
        { ...keyOf(String(index)), checksum: body.checksum },
        { body, timeoutMs: 60_000 },
      );
      peak.bytes = Math.max(peak.bytes, links[0]!.bufferedBytes);
      return request;
    });
    assert.ok(peak.bytes > CHANNEL_QUEUE_BYTES_MAX / 2, `${peak.bytes} bytes`);
    assert.ok(peak.bytes < CHANNEL_QUEUE_BYTES_MAX + 2 * INLINE_BODY_BYTES_MAX, `${peak.bytes} bytes`);
    await cluster.simulation.until(Promise.all(requests));
    assert.deepEqual(
      asked,
      Array.from({ length: 1_000 }, (_, index) => String(index)),
    );
    await cluster.simulation.advance(100);
    assert.deepEqual([loans.open, loans.faults], [[], []]);
  });
});

testSuite("peers that know the token and break the protocol", (test) => {
  const piece = { flags: FLAG_RAW_COVERED, raw: new Uint8Array(1000) };
  const wrong: Readonly<Record<string, (peer: Awaited<ReturnType<typeof rawPeer>>) => void>> = {
    "random bytes": ({ links }) => links[0]!.send([new Uint8Array(500).fill(0x65)]),
    "an empty message": ({ links }) => links[0]!.send([new Uint8Array(0)]),
    "a hello in the middle": ({ pair }) => pair.control.send("link.hello", { control: {} }),
    "a credit of nothing": ({ pair }) => pair.data.send("stream.credit", { id: 1, control: { bytes: 0 } }),
    "a credit that is no credit": ({ pair }) => pair.data.send("stream.credit", { id: 1, control: [1] }),
    "an event that is none": ({ pair }) => pair.control.send("cluster.directory", { control: { directory: 1 } }),
    "a body of 4 GiB": ({ pair }) =>
      pair.data.send("kv.put", { id: 1, control: {}, flags: FLAG_STREAMED, streamBytes: 0xffff_ffff }),
  };
  for (const [name, send] of Object.entries(wrong)) {
    test(`${name} ends the links, and nobody else notices`, async () => {
      const { cluster, simulation } = await answering(new Loans());
      await using _cluster = cluster;
      const honest = await cluster.client("a:1");
      const peer = await rawPeer(cluster, "a:1");
      send(peer);
      await simulation.advance(200);
      assert.equal(peer.closes.length, 2);
      assert.equal((await simulation.until(honest.session.request("kv.get", keyOf("10")))).body.length, 10);
    });
  }

  test("a frame of another incarnation ends the links", async () => {
    const { cluster, simulation } = await answering(new Loans());
    await using _cluster = cluster;
    // It says one number in its hello and another in its frames.
    const peer = await rawPeer(cluster, "a:1", { incarnation: 78 });
    peer.pair.control.send("link.ping", {});
    await simulation.advance(200);
    assert.equal(peer.closes.length, 2);
  });

  const harmless: Readonly<Record<string, (peer: Awaited<ReturnType<typeof rawPeer>>) => void>> = {
    "answers that nobody asked for": ({ pair }) => {
      pair.control.send("reply.ok", { id: 7, control: {} });
      pair.control.send("reply.error", { id: 7, control: { code: "X" } });
    },
    "pieces of streams that do not exist": ({ pair }) => {
      pair.data.send("stream.data", { ...piece, id: 7 });
      pair.data.send("stream.data", { ...piece, id: 7, flags: FLAG_RAW_COVERED | FLAG_REPLY_STREAM });
    },
    "credits and cancels of requests that do not exist": ({ pair }) => {
      pair.data.send("stream.credit", { id: 7, control: { bytes: 1 } });
      pair.control.send("request.cancel", { id: 7 });
    },
  };
  for (const [name, send] of Object.entries(harmless)) {
    test(`${name} are ignored: they may be late`, async () => {
      const { cluster, simulation } = await answering(new Loans());
      await using _cluster = cluster;
      const peer = await rawPeer(cluster, "a:1");
      send(peer);
      peer.pair.control.send("kv.get", { id: 8, control: keyOf("10") });
      await simulation.advance(200);
      assert.equal(peer.closes.length, 0);
      assert.equal(rawBytes(peer.ofKind("reply.ok")), 10);
    });
  }

  test("bodies that are only declared cost nothing where no body is taken; the links stay", async () => {
    const { cluster, simulation } = await answering(new Loans());
    await using _cluster = cluster;
    const peer = await rawPeer(cluster, "a:1");
    const before = process.memoryUsage().arrayBuffers;
    const requests = 65;
    for (let id = 1; id < requests; id++) {
      const streamBytes = id === 1 ? 1 : VALUE_BYTES_MAX;
      peer.pair.data.send("kv.get", { id, control: keyOf("10"), flags: FLAG_STREAMED, streamBytes });
    }
    // In one piece, above what a frame of our own ever carries.
    const raw = new Uint8Array(INLINE_BODY_BYTES_MAX + 1);
    peer.pair.data.send("kv.get", { id: requests, control: keyOf("10"), raw, rawChecksum: crc32(raw) });
    await simulation.advance(500);
    const refused = peer.ofKind("reply.error").map(({ control }) => decodeControl(control) as { code: string });
    assert.deepEqual(
      refused.map(({ code }) => code),
      Array(requests).fill("VALUE_TOO_LARGE"),
    );
    assert.ok(process.memoryUsage().arrayBuffers - before < VALUE_BYTES_MAX);
    peer.pair.control.send("kv.get", { id: requests + 1, control: keyOf("10") });
    await simulation.advance(200);
    assert.equal(rawBytes(peer.ofKind("reply.ok")), 10);
    assert.equal(peer.closes.length, 0);
  });

  test("a stream that is longer than declared, or damaged, is refused as a request; the session lives", async () => {
    let abandoned = 0;
    const { cluster, simulation } = await answering(new Loans(), {
      "kv.put": {
        prepare: (_control, bytes) => ({ view: new Uint8Array(bytes), abandon: () => abandoned++ }),
        handle: () => ({ control: { stored: true } }),
      },
    });
    await using _cluster = cluster;
    const peer = await rawPeer(cluster, "a:1");
    const body = bodyOf(patterned(100_000, 1));
    const head = { control: { ...keyOf("k"), checksum: 0 }, flags: FLAG_STREAMED, rawChecksum: body.checksum };
    const put = (id: number, declared: number, bytes: Uint8Array) => {
      peer.pair.data.send("kv.put", { ...head, id, streamBytes: declared });
      peer.pair.data.send("stream.data", { id, flags: FLAG_RAW_COVERED, raw: bytes });
    };
    put(1, 100_000, patterned(100_001, 1));
    put(2, 100_000, patterned(100_000, 2));
    put(3, 100_000, patterned(100_000, 1));
    await simulation.advance(500);
    assert.deepEqual(
      peer.ofKind("reply.error").map(({ header }) => header.id),
      [1, 2],
    );
    assert.deepEqual(
      peer.ofKind("reply.ok").map(({ header }) => header.id),
      [3],
    );
    assert.equal(abandoned, 2);
  });
});
