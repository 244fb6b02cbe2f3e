/** Coverage-guided: FUZZ_SEED and FUZZ_RUNS try other and more inputs. */
import assert from "node:assert/strict";
import { isEau2Error, KIND_CODES, REQUESTS, type RequestKind } from "@eau2/protocol";
import { coverageFuzz, type FuzzTarget, fuzzOptionsFromEnv, testSuite } from "@eau2/testing";
import { crc32 } from "../../src/platform/crc32.js";
import { decodeControl, encodeControl } from "../../src/wire/control-codec.js";
import { decodeMessage } from "../../src/wire/decode-message.js";
import { FLAG_STREAMED } from "../../src/wire/frame-header.js";
import { FrameWriter } from "../../src/wire/frame-writer.js";
import { REQUEST_SAMPLES } from "./sample-messages.js";

const ALLOWED = new Set(["DATA_INVALID", "VERSION_MISMATCH", "VALUE_TOO_LARGE"]);
const isExpected = (thrown: unknown): boolean => isEau2Error(thrown) && ALLOWED.has(thrown.code);

const REQUEST_KINDS = Object.keys(REQUESTS) as RequestKind[];

const message = (): Uint8Array => {
  const parts: Uint8Array[] = [];
  const writer = new FrameWriter((pieces) => parts.push(...pieces));
  const base = { id: 1, timeLeftMs: 1000, epoch: 1, incarnation: 1 };
  const control = encodeControl(REQUEST_SAMPLES["kv.put"].request);
  writer.append({ ...base, kindCode: KIND_CODES["kv.put"], flags: 0, control, raw: new Uint8Array(20) });
  const streamed = { flags: FLAG_STREAMED, streamBytes: 100_000, raw: new Uint8Array(0) };
  writer.append({ ...base, ...streamed, kindCode: KIND_CODES["kv.put"], control });
  writer.flush();
  return Buffer.concat(parts);
};

/** Checksums stop nearly every changed byte; a sender who means harm makes them right. */
const repairChecksums = (input: Uint8Array): Uint8Array => {
  const bytes = input.slice();
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 40 <= bytes.length; ) {
    const controlBytes = view.getUint32(at + 24, true);
    const rawBytes = (view.getUint8(at + 5) & FLAG_STREAMED) !== 0 ? 0 : view.getUint32(at + 28, true);
    const rawAt = at + 40 + controlBytes;
    if (rawAt + rawBytes > bytes.length) break;
    if (rawBytes > 0) view.setUint32(at + 32, crc32(bytes.subarray(rawAt, rawAt + rawBytes)), true);
    const sealed = crc32(bytes.subarray(at + 40, rawAt), crc32(bytes.subarray(at, at + 36)));
    view.setUint32(at + 36, sealed, true);
    at = rawAt + rawBytes;
  }
  return bytes;
};

const messages: FuzzTarget = {
  run: (input) => {
    // The first byte says where the message is cut, and whether its checksums are made right.
    const body = (input[0] ?? 0) & 1 ? repairChecksums(input.subarray(1)) : input.subarray(1);
    const cut = Math.min(body.length, input[0] ?? 0);
    for (const { header, control, raw } of decodeMessage([body.subarray(0, cut), body.subarray(cut)])) {
      assert.equal(control.length, header.controlBytes);
      const rawBytes = raw.reduce((sum, piece) => sum + piece.length, 0);
      assert.equal(rawBytes, (header.flags & FLAG_STREAMED) !== 0 ? 0 : header.rawBytes);
    }
  },
  isExpected,
  seeds: [Buffer.concat([Uint8Array.of(0), message()]), Buffer.concat([Uint8Array.of(51), message()])],
  watch: ["/src/wire/"],
};

const controls: FuzzTarget = {
  run: (input) => {
    // The first byte chooses whose schema judges it.
    const kind = REQUEST_KINDS[(input[0] ?? 0) % REQUEST_KINDS.length]!;
    const value = decodeControl(input.subarray(1));
    for (const schema of [REQUESTS[kind].request, REQUESTS[kind].reply]) {
      const parsed = schema.safeParse(value);
      // What a schema lets through can be sent on.
      if (parsed.success) assert.deepEqual(decodeControl(encodeControl(parsed.data)), parsed.data);
    }
  },
  isExpected,
  seeds: REQUEST_KINDS.flatMap((kind, index) =>
    [REQUEST_SAMPLES[kind].request, REQUEST_SAMPLES[kind].reply].map((sample) =>
      Buffer.concat([Uint8Array.of(index), encodeControl(sample)]),
    ),
  ),
  watch: ["/src/wire/", "/protocol/dist/"],
};

testSuite("wire fuzz", (test) => {
  const run = (target: FuzzTarget, committed: { seed: number; runs: number }) => {
    const options = fuzzOptionsFromEnv(committed);
    const { runs, corpus, edges, findings } = coverageFuzz(target, options);
    const shown = findings.map(({ what, hex }) => `${what}\n${hex}`).join("\n");
    assert.equal(findings.length, 0, `FUZZ_SEED=${options.seed} FUZZ_RUNS=${options.runs}\n${shown}`);
    assert.equal(runs, options.runs);
    // It has to be guided: without counters nothing would ever be kept.
    assert.ok(edges > 20 && corpus > target.seeds.length, `${edges} edges, corpus of ${corpus}`);
    console.log(`${runs} runs, ${edges} edges, corpus ${corpus}`);
  };

  // FUZZ_RUNS decides how long it takes.
  const options = { timeoutMs: 24 * 3600_000 };

  test(
    "messages of any bytes are taken or refused with a code",
    () => run(messages, { seed: 1, runs: 25_000 }),
    options,
  );

  test(
    "controls of any bytes are taken or refused with a code",
    () => run(controls, { seed: 2, runs: 8_000 }),
    options,
  );
});
