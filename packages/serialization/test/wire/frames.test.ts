import assert from "node:assert/strict";
import {
  CONTROL_BYTES_MAX,
  isEau2Error,
  MESSAGE_BYTES_MAX,
  NO_TIME_LIMIT,
  RAW_BYTES_MAX,
  VALUE_BYTES_MAX,
} from "@eau2/protocol";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { decodeMessage } from "../../src/wire/decode-message.js";
import type { OutgoingFrame } from "../../src/wire/frame.js";
import { FLAG_RAW_COVERED, FLAG_STREAMED, HEADER_BYTES } from "../../src/wire/frame-header.js";
import { BATCH_BYTES_MAX, FrameWriter, RAW_COPIED_BYTES_MAX } from "../../src/wire/frame-writer.js";

const SEED = seedFromEnv(11);
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

/** Bytes that depend on a number only, so that large ones cost nothing to shrink or print. */
const patterned = (bytes: number, seed: number): Uint8Array =>
  new Uint8Array(bytes).map((_, index) => (index * 31 + seed * 7 + (index >> 8)) & 0xff);

const sizes = (max: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.nat(200) },
    { weight: 1, arbitrary: fc.constantFrom(0, RAW_COPIED_BYTES_MAX, RAW_COPIED_BYTES_MAX + 1, BATCH_BYTES_MAX, max) },
  );

const frames: fc.Arbitrary<OutgoingFrame> = fc
  .record({
    kindCode: fc.nat(0xffff),
    id: uint32,
    timeLeftMs: uint32,
    epoch: uint32,
    incarnation: uint32,
    controlBytes: sizes(CONTROL_BYTES_MAX),
    rawBytes: sizes(RAW_BYTES_MAX),
    covered: fc.boolean(),
    streamBytes: fc.option(fc.nat(VALUE_BYTES_MAX), { nil: undefined, freq: 4 }),
    seed: fc.nat(255),
  })
  .map(({ controlBytes, rawBytes, covered, streamBytes, seed, ...rest }) => ({
    ...rest,
    control: patterned(controlBytes, seed),
    ...(streamBytes === undefined
      ? { flags: covered ? FLAG_RAW_COVERED : 0, raw: patterned(rawBytes, seed + 1) }
      : { flags: FLAG_STREAMED, raw: new Uint8Array(0), streamBytes, rawChecksum: seed }),
  }));

const messagesOf = (all: readonly OutgoingFrame[]): Uint8Array[] => {
  const messages: Uint8Array[] = [];
  // Not Buffers: their `slice` shares memory.
  const writer = new FrameWriter((message) => messages.push(new Uint8Array(Buffer.concat(message))));
  for (const frame of all) writer.append(frame);
  writer.flush();
  return messages;
};

/** Cuts bytes into pieces, some of them empty. */
const cut = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const places = [0, ...cuts.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index]!, end));
};

const frame = (fields: Partial<OutgoingFrame> = {}): OutgoingFrame => ({
  kindCode: 49,
  flags: 0,
  id: 1,
  timeLeftMs: NO_TIME_LIMIT,
  epoch: 1,
  incarnation: 1,
  control: Uint8Array.of(0x80),
  raw: new Uint8Array(0),
  ...fields,
});

testSuite("frames", (test) => {
  test("come out as they went in, however many there are and however their message is cut", () => {
    fc.assert(
      fc.property(
        fc.array(frames, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (all, cuts) => {
          const messages = messagesOf(all);
          for (const message of messages) assert.ok(message.length <= MESSAGE_BYTES_MAX);
          const arrived = messages.flatMap((message) => decodeMessage(cut(message, cuts)));
          assert.equal(arrived.length, all.length);
          for (const [index, { header, control, raw }] of arrived.entries()) {
            const sent = all[index]!;
            const { kindCode, flags, id, timeLeftMs, epoch, incarnation } = header;
            assert.deepEqual(
              { kindCode, flags, id, timeLeftMs, epoch, incarnation },
              {
                kindCode: sent.kindCode,
                flags: sent.flags,
                id: sent.id,
                timeLeftMs: sent.timeLeftMs,
                epoch: sent.epoch,
                incarnation: sent.incarnation,
              },
            );
            assert.equal(Buffer.compare(control, sent.control), 0);
            assert.equal(Buffer.compare(Buffer.concat(raw), sent.raw), 0);
            assert.equal(header.rawBytes, sent.streamBytes ?? sent.raw.length);
          }
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });

  test("that are small share a message; one with a large raw part has its own and is not copied", () => {
    const raw = new Uint8Array(RAW_COPIED_BYTES_MAX + 1);
    const messages: (readonly Uint8Array[])[] = [];
    const writer = new FrameWriter((message) => messages.push(message));
    for (let id = 0; id < 100; id++) writer.append(frame({ id }));
    assert.equal(messages.length, 0);
    assert.ok(writer.pending);
    writer.append(frame({ id: 100, raw }));
    assert.equal(messages.length, 2);
    assert.equal(decodeMessage(messages[0]!).length, 100);
    assert.equal(messages[1]![1], raw);
    assert.equal(writer.pending, false);
  });

  test("fill a batch and leave at once when it is full, without a flush", () => {
    const messages: (readonly Uint8Array[])[] = [];
    const writer = new FrameWriter((message) => messages.push(message));
    for (let id = 0; id < 20; id++) writer.append(frame({ id, raw: new Uint8Array(RAW_COPIED_BYTES_MAX) }));
    assert.ok(messages.length >= 2);
    for (const message of messages) assert.ok(message[0]!.length <= BATCH_BYTES_MAX);
  });

  test("a message that was handed out is never written again", () => {
    const messages: Uint8Array[] = [];
    const copies: Uint8Array[] = [];
    const writer = new FrameWriter(([bytes]) => {
      messages.push(bytes!);
      copies.push(bytes!.slice());
    });
    for (let id = 0; id < 3000; id++) {
      writer.append(frame({ id, raw: patterned(id % 200, id) }));
      if (id % 7 === 0) writer.flush();
    }
    writer.flush();
    assert.deepEqual(messages, copies);
  });

  test("over their limits are a bug of the sender, refused before they are written", () => {
    const writer = new FrameWriter(() => assert.fail("something was sent"));
    const tooMuch: readonly Partial<OutgoingFrame>[] = [
      { control: new Uint8Array(CONTROL_BYTES_MAX + 1) },
      { raw: new Uint8Array(RAW_BYTES_MAX + 1) },
      { flags: FLAG_STREAMED, streamBytes: 5, raw: new Uint8Array(5) },
    ];
    for (const fields of tooMuch) assert.throws(() => writer.append(frame(fields)), /invariant/);
    writer.flush();
  });
});

testSuite("frames that were damaged", (test) => {
  test("are refused whichever single bit is flipped", () => {
    const raw = patterned(40, 3);
    for (const sent of [frame({ control: patterned(30, 1), raw }), frame({ flags: FLAG_STREAMED, streamBytes: 99 })]) {
      const [message] = messagesOf([sent]);
      for (let bit = 0; bit < message!.length * 8; bit++) {
        const flipped = message!.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        assert.throws(() => decodeMessage([flipped]), isEau2Error, `bit ${bit}`);
      }
    }
  });

  test("are refused wherever they end", () => {
    const [message] = messagesOf([frame({ raw: patterned(40, 3) }), frame()]);
    const whole = HEADER_BYTES + 1 + 40;
    for (let bytes = 0; bytes < message!.length; bytes++) {
      if (bytes === whole) continue; // the first frame alone
      assert.throws(() => decodeMessage([message!.subarray(0, bytes)]), { code: "DATA_INVALID" }, `${bytes} bytes`);
    }
  });

  test("of another version are told apart from garbage", () => {
    const [message] = messagesOf([frame()]);
    message![4] = 2;
    assert.throws(() => decodeMessage([message!]), { code: "VERSION_MISMATCH", details: { theirs: 2, ours: 1 } });
    message![0] = 0;
    assert.throws(() => decodeMessage([message!]), { code: "DATA_INVALID" });
  });

  test("that promise more than is allowed are refused by their header", () => {
    const promise = (fields: { at: number; value: number; flags?: number }): Uint8Array => {
      const [message] = messagesOf([frame()]);
      const view = new DataView(message!.buffer, message!.byteOffset);
      view.setUint8(5, fields.flags ?? 0);
      view.setUint32(fields.at, fields.value, true);
      return message!;
    };
    const refused = (bytes: Uint8Array, code: string) => assert.throws(() => decodeMessage([bytes]), { code });
    refused(promise({ at: 24, value: CONTROL_BYTES_MAX + 1 }), "DATA_INVALID");
    refused(promise({ at: 24, value: 0xffff_ffff }), "DATA_INVALID");
    refused(promise({ at: 28, value: RAW_BYTES_MAX + 1 }), "DATA_INVALID");
    refused(promise({ at: 28, value: VALUE_BYTES_MAX + 1, flags: FLAG_STREAMED }), "VALUE_TOO_LARGE");
    refused(promise({ at: 0, value: 0x32756165, flags: 0x80 }), "DATA_INVALID");
    refused(new Uint8Array(MESSAGE_BYTES_MAX + 1), "DATA_INVALID");
    assert.throws(() => decodeMessage([]), { code: "DATA_INVALID" });
  });
});
