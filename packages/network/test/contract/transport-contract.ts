/** What every transport promises; each implementation runs all of it. */
import assert from "node:assert/strict";
import { MESSAGE_BYTES_MAX } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { type Link, type Listener, type Transport, UNTRUSTED_BYTES_MAX } from "../../src/transport/transport.js";
import { patterned } from "../kit/patterned.js";
import { eventually } from "../kit/turns.js";

export interface TransportHarness extends AsyncDisposable {
  readonly transport: Transport;
  /** An address to listen on whose port is chosen. */
  readonly anyAddress: string;
  /** An address where nobody listens. */
  readonly deadAddress: string;
  /** Lets things happen for a moment. */
  passTime(): Promise<void>;
  /** Lets things happen until the promise has settled. */
  settled<T>(promise: Promise<T>): Promise<T>;
}

/** One end of a link and what has come out of it. */
interface End {
  readonly link: Link;
  readonly messages: Uint8Array[];
  readonly closes: string[];
}

const listenTo = (link: Link): End => {
  const end: End = { link, messages: [], closes: [] };
  link.open({
    message: (pieces) => {
      assert.equal(end.closes.length, 0, "a message after the close");
      end.messages.push(Buffer.concat(pieces));
    },
    close: (reason) => end.closes.push(reason),
  });
  return end;
};

const assertSame = (actual: readonly Uint8Array[], expected: readonly Uint8Array[]): void => {
  assert.equal(actual.length, expected.length);
  for (const [index, bytes] of actual.entries()) assert.equal(Buffer.compare(bytes, expected[index]!), 0, `${index}`);
};

/** Two ends of a link that trust each other (or not), and the listener. */
const connected = async (
  harness: TransportHarness,
  { trusted = true } = {},
): Promise<{ dialed: End; accepted: End; listener: Listener }> => {
  const links: Link[] = [];
  const listener = await harness.settled(harness.transport.listen(harness.anyAddress, (link) => links.push(link)));
  const dialed = listenTo(await harness.settled(harness.transport.connect(listener.address)));
  await eventually(() => links.length === 1, harness.passTime);
  const accepted = listenTo(links[0]!);
  if (trusted) {
    accepted.link.trust();
    dialed.link.trust();
  }
  return { dialed, accepted, listener };
};

export const transportContract = (name: string, create: () => Promise<TransportHarness>): void =>
  testSuite(`transport: ${name}`, (test) => {
    test("messages arrive whole and in order, both ways, whatever their size and number of parts", async () => {
      await using harness = await create();
      const { dialed, accepted } = await connected(harness);
      const sent = [1, 2, 125, 126, 127, 1000, 65_535, 65_536, 70_000, 3].map(patterned);
      for (const [from, to] of [
        [dialed, accepted],
        [accepted, dialed],
      ] as const) {
        for (const bytes of sent) {
          const [a, b] = [bytes.length >> 2, bytes.length >> 1];
          from.link.send([bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)]);
        }
        await eventually(() => to.messages.length === sent.length, harness.passTime);
        assertSame(to.messages, sent);
      }
    });

    test("a message as long as allowed arrives", async () => {
      await using harness = await create();
      const { dialed, accepted } = await connected(harness);
      const sent = [patterned(MESSAGE_BYTES_MAX, 1), patterned(10, 2), patterned(MESSAGE_BYTES_MAX, 3)];
      for (const bytes of sent) dialed.link.send([bytes]);
      await eventually(() => accepted.messages.length === sent.length, harness.passTime);
      assertSame(accepted.messages, sent);
    });

    test("what arrives before somebody listens is held", async () => {
      await using harness = await create();
      const links: Link[] = [];
      const listener = await harness.settled(harness.transport.listen(harness.anyAddress, (link) => links.push(link)));
      const dialed = await harness.settled(harness.transport.connect(listener.address));
      const sent = [patterned(10, 1), patterned(2000, 2)];
      for (const bytes of sent) dialed.send([bytes]);
      for (let count = 0; count < 20; count++) await harness.passTime();
      await eventually(() => links.length === 1, harness.passTime);
      const accepted = listenTo(links[0]!);
      await eventually(() => accepted.messages.length === sent.length, harness.passTime);
      assertSame(accepted.messages, sent);
    });

    test("close sends what is queued, then both sides are told, once", async () => {
      await using harness = await create();
      const { dialed, accepted } = await connected(harness);
      const sent = Array.from({ length: 20 }, (_, index) => patterned(50_000, index));
      for (const bytes of sent) dialed.link.send([bytes]);
      dialed.link.close();
      dialed.link.close();
      await eventually(() => accepted.closes.length > 0 && dialed.closes.length > 0, harness.passTime);
      assertSame(accepted.messages, sent);
      dialed.link.destroy("again");
      accepted.link.destroy("again");
      for (let count = 0; count < 20; count++) await harness.passTime();
      assert.deepEqual([accepted.closes.length, dialed.closes.length], [1, 1]);
    });

    for (const side of ["dialed", "accepted"] as const) {
      test(`destroy by the ${side} side ends both at once, once, and gives the reason here`, async () => {
        await using harness = await create();
        const ends = await connected(harness);
        ends[side].link.destroy("enough");
        assert.deepEqual(ends[side].closes, ["enough"]);
        ends[side].link.destroy("more than enough");
        ends[side].link.close();
        await eventually(() => ends.accepted.closes.length > 0 && ends.dialed.closes.length > 0, harness.passTime);
        for (let count = 0; count < 20; count++) await harness.passTime();
        assert.deepEqual([ends.accepted.closes.length, ends.dialed.closes.length], [1, 1]);
      });
    }

    test("every message is flushed once, also those that a closed link swallows", async () => {
      await using harness = await create();
      const { dialed, accepted } = await connected(harness);
      const flushed: number[] = [];
      const send = (index: number) =>
        dialed.link.send([patterned(40_000, index)], () => {
          flushed.push(index);
        });
      for (let index = 0; index < 10; index++) send(index);
      await eventually(() => flushed.length === 10 && accepted.messages.length === 10, harness.passTime);
      assert.equal(dialed.link.bufferedBytes, 0);
      for (let index = 10; index < 15; index++) send(index);
      dialed.link.destroy("enough");
      for (let index = 15; index < 20; index++) send(index);
      await eventually(() => flushed.length >= 20, harness.passTime);
      assert.deepEqual(
        flushed.sort((a, b) => a - b),
        Array.from({ length: 20 }, (_, index) => index),
      );
    });

    test("a receiver that pauses gets nothing, its sender sees the bytes pile up, and all come when it resumes", async () => {
      await using harness = await create();
      const { dialed, accepted } = await connected(harness);
      accepted.link.pause();
      // More than sockets buffer on the way.
      const sent = Array.from({ length: 48 }, (_, index) => patterned(MESSAGE_BYTES_MAX, index));
      for (const bytes of sent) dialed.link.send([bytes]);
      for (let count = 0; count < 100; count++) await harness.passTime();
      assert.equal(accepted.messages.length, 0);
      assert.ok(dialed.link.bufferedBytes > 8 * MESSAGE_BYTES_MAX, `${dialed.link.bufferedBytes} bytes`);
      accepted.link.resume();
      await eventually(() => accepted.messages.length === sent.length, harness.passTime);
      assertSame(accepted.messages, sent);
      await eventually(() => dialed.link.bufferedBytes === 0, harness.passTime);
    });

    test("a peer that has not proved the token may send 64 KiB and is cut off beyond", async () => {
      await using harness = await create();
      const { dialed, accepted } = await connected(harness, { trusted: false });
      for (let index = 0; index < 32; index++) dialed.link.send([patterned(8192, index)]);
      await eventually(() => accepted.closes.length > 0 && dialed.closes.length > 0, harness.passTime);
      const received = accepted.messages.reduce((sum, bytes) => sum + bytes.length, 0);
      assert.ok(received <= UNTRUSTED_BYTES_MAX, `${received} bytes`);
    });

    test("trust lifts the limit", async () => {
      await using harness = await create();
      const { dialed, accepted } = await connected(harness, { trusted: false });
      dialed.link.send([patterned(30_000, 0)]);
      await eventually(() => accepted.messages.length === 1, harness.passTime);
      accepted.link.trust();
      for (let index = 1; index < 32; index++) dialed.link.send([patterned(30_000, index)]);
      await eventually(() => accepted.messages.length === 32, harness.passTime);
    });

    test("connecting to nobody is PEER_GONE and says that it was refused", async () => {
      await using harness = await create();
      const attempt = harness.settled(harness.transport.connect(harness.deadAddress));
      await assert.rejects(attempt, (error: { code?: string; details?: { refused?: number } }) => {
        assert.equal(error.code, "PEER_GONE");
        assert.equal(error.details?.refused, 1);
        return true;
      });
    });

    test("an address can be listened on by one at a time, and again after its end", async () => {
      await using harness = await create();
      const first = await harness.settled(harness.transport.listen(harness.anyAddress, () => {}));
      const second = harness.settled(harness.transport.listen(first.address, () => {}));
      await assert.rejects(second, { code: "PORT_IN_USE" });
      await harness.settled(first.close());
      const third = await harness.settled(harness.transport.listen(first.address, () => {}));
      assert.equal(third.address, first.address);
      await harness.settled(third.close());
    });

    test("a listener closes at once: newcomers are refused, accepted links live on", async () => {
      await using harness = await create();
      const { dialed, accepted, listener } = await connected(harness);
      await harness.settled(listener.close());
      await assert.rejects(harness.settled(harness.transport.connect(listener.address)), { code: "PEER_GONE" });
      dialed.link.send([patterned(10, 1)]);
      accepted.link.send([patterned(10, 2)]);
      await eventually(() => accepted.messages.length === 1 && dialed.messages.length === 1, harness.passTime);
    });

    test("a connect that is cancelled is CANCELLED and leaves nobody behind", async () => {
      await using harness = await create();
      const links: End[] = [];
      const listener = await harness.settled(
        harness.transport.listen(harness.anyAddress, (link) => links.push(listenTo(link))),
      );
      const before = harness.transport.connect(listener.address, AbortSignal.abort());
      await assert.rejects(harness.settled(before), { code: "CANCELLED" });
      const controller = new AbortController();
      const during = harness.settled(harness.transport.connect(listener.address, controller.signal)).then(
        (link) => link.destroy("it was connected before the signal"),
        (error: { code?: string }) => assert.equal(error.code, "CANCELLED"),
      );
      controller.abort();
      await during;
      for (let count = 0; count < 50; count++) await harness.passTime();
      await eventually(() => links.every(({ closes }) => closes.length === 1), harness.passTime);
    });
  });
