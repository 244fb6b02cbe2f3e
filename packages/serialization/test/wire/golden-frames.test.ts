/** The bytes of one frame of every kind: a change of the protocol shows up as a diff of the fixture. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { EVENTS, isEventKind, isRequestKind, KIND_CODES, type Kind, LINK_FRAMES, REQUESTS } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { decodeControl, encodeControl } from "../../src/wire/control-codec.js";
import { decodeMessage } from "../../src/wire/decode-message.js";
import { FLAG_RAW_COVERED, FLAG_REPLY_STREAM, FLAG_STREAMED } from "../../src/wire/frame-header.js";
import { FrameWriter } from "../../src/wire/frame-writer.js";
import { EVENT_SAMPLES, LINK_SAMPLES, REQUEST_SAMPLES } from "./sample-messages.js";

const FIXTURES = new URL("./fixtures/frames.txt", import.meta.url);
const RAW = new TextEncoder().encode("the raw part");

interface Golden {
  readonly kind: Kind;
  readonly control: unknown;
  readonly schema: { parse(value: unknown): unknown };
  readonly raw?: Uint8Array;
  readonly flags?: number;
  readonly streamBytes?: number;
}

/** By name: each kind, each request's reply, and the forms with a raw part. */
const goldenFrames = (): Map<string, Golden> => {
  const all = new Map<string, Golden>();
  for (const kind of Object.keys(KIND_CODES) as Kind[]) {
    if (kind === "reply.ok") continue;
    if (isRequestKind(kind)) {
      const { request, reply } = REQUEST_SAMPLES[kind];
      all.set(kind, { kind, control: request, schema: REQUESTS[kind].request });
      all.set(`reply.ok to ${kind}`, { kind: "reply.ok", control: reply, schema: REQUESTS[kind].reply });
    } else if (isEventKind(kind)) {
      all.set(kind, { kind, control: EVENT_SAMPLES[kind], schema: EVENTS[kind] });
    } else {
      all.set(kind, { kind, control: LINK_SAMPLES[kind], schema: LINK_FRAMES[kind] });
    }
  }
  const put = {
    kind: "kv.put",
    control: REQUEST_SAMPLES["kv.put"].request,
    schema: REQUESTS["kv.put"].request,
  } as const;
  const piece = { kind: "stream.data", control: {}, schema: LINK_FRAMES["stream.data"], raw: RAW } as const;
  all.set("kv.put with its value", { ...put, raw: RAW });
  all.set("kv.put with a streamed value", { ...put, flags: FLAG_STREAMED, streamBytes: 5_000_000 });
  all.set("stream.data of a request", { ...piece, flags: FLAG_RAW_COVERED });
  all.set("stream.data of a reply", { ...piece, flags: FLAG_RAW_COVERED | FLAG_REPLY_STREAM });
  return all;
};

const bytesOf = ({ kind, control, raw, flags, streamBytes }: Golden): Uint8Array => {
  const messages: Uint8Array[] = [];
  const writer = new FrameWriter((message) => messages.push(...message));
  writer.append({
    kindCode: KIND_CODES[kind],
    flags: flags ?? 0,
    id: 0x0102_0304,
    timeLeftMs: 30_000,
    epoch: 7,
    incarnation: 1,
    control: encodeControl(control),
    raw: raw ?? new Uint8Array(0),
    ...(streamBytes === undefined ? {} : { streamBytes, rawChecksum: 0x1234_5678 }),
  });
  writer.flush();
  return Buffer.concat(messages);
};

/** A section a frame: its name after `#`, then its bytes in hex, 40 a line, so that the header is the first line. */
const render = (frames: ReadonlyMap<string, Uint8Array>): string =>
  [...frames]
    .map(([name, bytes]) => `# ${name}\n${Buffer.from(bytes).toString("hex").replaceAll(/.{80}/g, "$&\n").trimEnd()}\n`)
    .join("\n");

const parse = (text: string): Map<string, Uint8Array> =>
  new Map(
    text
      .split(/^# /m)
      .slice(1)
      .map((section) => {
        const [name = "", ...lines] = section.split("\n");
        return [name, new Uint8Array(Buffer.from(lines.join(""), "hex"))];
      }),
  );

testSuite("golden frames", (test) => {
  const golden = goldenFrames();
  const written = new Map([...golden].map(([name, frame]) => [name, bytesOf(frame)]));
  // UPDATE_FIXTURES=1 writes the file anew, for a change of the protocol that is meant.
  if (process.env.UPDATE_FIXTURES === "1") writeFileSync(FIXTURES, render(written));
  const fixtures = parse(readFileSync(FIXTURES, "utf8"));

  test("there is one of every kind and of every reply, and none without a kind", () => {
    assert.deepEqual([...fixtures.keys()], [...golden.keys()]);
    const kinds = new Set([...golden.values()].map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), Object.keys(KIND_CODES).sort());
  });

  for (const [name, { kind, control, schema, raw }] of golden) {
    test(`${name} has the bytes of its fixture, which read back as the message`, () => {
      const bytes = fixtures.get(name);
      assert.ok(bytes !== undefined, `no fixture for ${name}; UPDATE_FIXTURES=1 writes it`);
      assert.equal(Buffer.from(written.get(name)!).toString("hex"), Buffer.from(bytes).toString("hex"));
      const [frame, ...more] = decodeMessage([bytes]);
      assert.equal(more.length, 0);
      assert.equal(frame!.header.kindCode, KIND_CODES[kind]);
      assert.deepEqual([frame!.header.id, frame!.header.timeLeftMs, frame!.header.epoch], [0x0102_0304, 30_000, 7]);
      assert.deepEqual(schema.parse(decodeControl(frame!.control)), control);
      assert.deepEqual(Buffer.concat(frame!.raw), Buffer.from(raw ?? []));
    });
  }
});
