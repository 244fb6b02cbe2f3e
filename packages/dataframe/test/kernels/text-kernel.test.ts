import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { createTextKernel } from "../../src/kernels/text-kernel.js";
import type { SplitMode, TextKernel } from "../../src/kernels/text-kernel-types.js";
import { collidingWith } from "./colliding-strings.js";
import { ReferenceTextKernel } from "./reference-text-kernel.js";
import { stringBytes, textBytes } from "./text-bytes.js";

const seed = seedFromEnv(20);

/** All that a kernel shows, copied out of its memory. */
const stateOf = (kernel: TextKernel) => ({
  codes: [...kernel.codes()],
  size: kernel.dictionarySize,
  bytes: Buffer.from(kernel.dictionaryBytes()).toString("latin1"),
  offsets: [...kernel.dictionaryOffsets()],
  blockDistinct: kernel.blockDistinct,
  pendingBytes: kernel.pendingBytes,
});

const put = (kernel: TextKernel, bytes: Uint8Array): number => {
  kernel.space(bytes.length).set(bytes);
  return bytes.length;
};

const splitText = (kernel: TextKernel, text: string, mode: SplitMode): string[] => {
  kernel.split(mode, put(kernel, Buffer.from(text, "latin1")), true);
  return stringsOf(kernel, kernel.codes());
};

const stringsOf = (kernel: TextKernel, codes: Uint32Array): string[] => {
  const offsets = kernel.dictionaryOffsets();
  const bytes = Buffer.from(kernel.dictionaryBytes());
  return [...codes].map((code) => bytes.toString("latin1", offsets[code], offsets[code + 1]));
};

/** Strings as a column has them: bytes back to back and offsets. */
const columnOf = (strings: readonly Uint8Array[]) => {
  const offsets = Uint32Array.from([0, ...strings.map((string) => string.length)]);
  for (let index = 1; index < offsets.length; index++) offsets[index]! += offsets[index - 1]!;
  return { bytes: new Uint8Array(Buffer.concat(strings)), offsets, count: strings.length };
};

type Step =
  | { readonly kind: "split"; readonly mode: SplitMode; readonly piece: Uint8Array; readonly final: boolean }
  | { readonly kind: "intern"; readonly strings: readonly Uint8Array[] }
  | { readonly kind: "beginBlock" | "clearCodes" | "reset" };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("split" as const),
      mode: fc.constant<SplitMode>("words"),
      piece: textBytes,
      final: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("split" as const),
      mode: fc.constant<SplitMode>("lines"),
      piece: textBytes,
      final: fc.constant(true),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("intern" as const), strings: fc.array(stringBytes, { maxLength: 30 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("beginBlock" as const, "clearCodes" as const, "reset" as const) }),
  },
);

const apply = (kernel: TextKernel, step: Step): void => {
  if (step.kind === "split") kernel.split(step.mode, put(kernel, step.piece), step.final);
  else if (step.kind === "intern") {
    const { bytes, offsets, count } = columnOf(step.strings);
    kernel.intern(bytes, offsets, count);
  } else kernel[step.kind]();
};

testSuite("text kernel", (test) => {
  test("words are runs without the six bytes of isspace, and no other byte splits", () => {
    assert.deepEqual(splitText(createTextKernel(), " a\tb\nc\vd\fe\rf  g\x08h\x0ei\x1fj!k\xa0l\x85m\0n ", "words"), [
      ..."abcdef",
      "g\x08h\x0ei\x1fj!k\xa0l\x85m\0n",
    ]);
  });

  test("empty lines are lines, a return before a new line is not of it, nothing behind the last one is no line", () => {
    assert.deepEqual(splitText(createTextKernel(), "a\r\n\n\r\nb\rc\r\r\nd\n", "lines"), ["a", "", "", "b\rc\r", "d"]);
    assert.deepEqual(splitText(createTextKernel(), "a\nb\r", "lines"), ["a", "b\r"]);
    assert.deepEqual(splitText(createTextKernel(), "\n", "lines"), [""]);
    assert.deepEqual(splitText(createTextKernel(), "", "lines"), []);
  });

  test("a string and the same with NUL behind it are two", () => {
    const kernel = createTextKernel();
    const words = Array.from({ length: 40 }, (_, length) => `a${"\0".repeat(length)}`);
    assert.deepEqual(splitText(kernel, words.join(" "), "words"), words);
    assert.equal(kernel.dictionarySize, words.length);
  });

  test("it agrees with a plain loop and a Map on any bytes, cut into any pieces", () => {
    const cuts = fc.array(fc.nat(600), { maxLength: 12 });
    fc.assert(
      fc.property(textBytes, cuts, fc.constantFrom<SplitMode>("words", "lines"), (text, offsets, mode) => {
        const kernel = createTextKernel();
        const reference = new ReferenceTextKernel();
        const ends = [...offsets.map((offset) => offset % (text.length + 1)).sort((a, b) => a - b), text.length];
        let from = 0;
        ends.forEach((end, index) => {
          const piece = text.subarray(from, end);
          from = end;
          const final = index === ends.length - 1;
          assert.equal(
            kernel.split(mode, put(kernel, piece), final),
            reference.split(mode, put(reference, piece), final),
          );
        });
        assert.deepEqual(stateOf(kernel), stateOf(reference));
      }),
      { seed, numRuns: 1500 },
    );
  });

  test("it agrees with the reference after any calls in any order", () => {
    const kernel = createTextKernel();
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 12 }), (steps) => {
        const reference = new ReferenceTextKernel();
        kernel.reset();
        for (const step of steps) {
          apply(kernel, step);
          apply(reference, step);
          assert.deepEqual(stateOf(kernel), stateOf(reference));
        }
      }),
      { seed, numRuns: 400 },
    );
  });

  test("long strings of one hash are told apart by their bytes, and by their length where the bytes agree", () => {
    const a = new Uint8Array(Buffer.from("collision-first!"));
    const b = collidingWith(a, new Uint8Array(Buffer.from("collisi0n-other!")));
    // In the dictionary `rest` lies right behind `a`, so all 32 bytes of `long` are found at the place of `a`.
    const long = collidingWith(a, new Uint8Array(Buffer.from("collision-first!and what follows")));
    const rest = long.subarray(16);
    const late = collidingWith(long, new Uint8Array(Buffer.from("collision-first!and the behind..")));
    const kernel = createTextKernel();
    const { bytes, offsets, count } = columnOf([a, rest, long, b, late, a, long, b, late]);
    kernel.intern(bytes, offsets, count);
    assert.deepEqual([...kernel.codes()], [0, 1, 2, 3, 4, 0, 2, 3, 4]);
  });

  test("300,000 distinct strings keep their codes while table and memory grow", () => {
    const kernel = createTextKernel();
    const expected = new Map<string, number>();
    const strings: Uint8Array[] = [];
    for (let index = 0; index < 400_000; index++) {
      const word = ((index * 7919) % 300_007).toString(3 + (index % 2)).padEnd(index % 5 === 0 ? 24 : 1, "-");
      if (!expected.has(word)) expected.set(word, expected.size);
      strings.push(Buffer.from(word));
    }
    const { bytes, offsets, count } = columnOf(strings);
    kernel.intern(bytes, offsets, count);
    const codes = kernel.codes();
    assert.equal(codes.length, count);
    assert.equal(kernel.dictionarySize, expected.size);
    assert.equal(kernel.blockDistinct, expected.size);
    assert.ok(strings.every((string, index) => codes[index] === expected.get(string.toString())));
    const words = [...expected.keys()];
    assert.deepEqual(stringsOf(kernel, Uint32Array.from(words.keys())), words);
  });

  test("a block counts its own distinct tokens over a dictionary that it shares", () => {
    const kernel = createTextKernel();
    splitText(kernel, "a b a c", "words");
    assert.equal(kernel.blockDistinct, 3);
    kernel.beginBlock();
    assert.equal(kernel.blockDistinct, 0);
    splitText(kernel, "c d c d", "words");
    assert.equal(kernel.blockDistinct, 2);
    assert.equal(kernel.dictionarySize, 4);
  });

  test("strings are interned from any offset and from shared memory", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(8));
    shared.set(Buffer.from("xxabcab!"));
    const offsets = new Uint32Array(new SharedArrayBuffer(20));
    offsets.set([2, 4, 5, 5, 7]);
    const kernel = createTextKernel();
    kernel.intern(shared, offsets, 4);
    assert.deepEqual(stringsOf(kernel, kernel.codes()), ["ab", "c", "", "ab"]);
  });

  test("offsets that fall, leave the bytes or are missing are DATA_INVALID", () => {
    const bytes = new Uint8Array(10);
    for (const offsets of [
      [0, 5, 3],
      [0, 11, 11],
      [4, 2, 2],
      [0, 5],
      [0, 4_000_000_000, 10],
      [12, 12, 12],
    ]) {
      assert.throws(() => createTextKernel().intern(bytes, Uint32Array.from(offsets), 2), { code: "DATA_INVALID" });
    }
  });

  test("a token of 100 MB comes piece by piece, is one string, and shows in bytes", () => {
    const kernel = createTextKernel();
    const pieceBytes = 4 * 1024 ** 2;
    const pieceCount = 25;
    for (let piece = 0; piece < pieceCount; piece++) {
      kernel.space(pieceBytes).fill(0x61 + (piece % 26));
      assert.equal(kernel.split("words", pieceBytes, false), (piece + 1) * pieceBytes);
    }
    kernel.split("words", put(kernel, Buffer.from(" tail")), true);
    assert.deepEqual([...kernel.codes()], [0, 1]);
    assert.deepEqual([...kernel.dictionaryOffsets()], [0, pieceCount * pieceBytes, pieceCount * pieceBytes + 4]);
    const bytes = kernel.dictionaryBytes();
    for (let piece = 0; piece < pieceCount; piece++) {
      assert.ok(
        bytes.subarray(piece * pieceBytes, (piece + 1) * pieceBytes).every((byte) => byte === 0x61 + (piece % 26)),
      );
    }
    assert.ok(kernel.bytes > 2 * pieceCount * pieceBytes);
  });

  test("when memory ends it is MEMORY_EXCEEDED, what was taken is whole, and reset starts anew", () => {
    const bytesMax = 2 * 1024 ** 2;
    const kernel = createTextKernel({ bytesMax });
    let taken = 0;
    const takeMore = (): void => {
      for (let from = 0; ; from += 100) {
        const words = Array.from({ length: 100 }, (_, index) => `word-${from + index}`).join(" ");
        kernel.split("words", put(kernel, Buffer.from(words)), true);
        kernel.clearCodes();
        taken = from + 100;
      }
    };
    assert.throws(takeMore, { code: "MEMORY_EXCEEDED" });
    assert.ok(kernel.bytes <= bytesMax);
    assert.ok(kernel.dictionarySize >= taken && kernel.dictionarySize < taken + 100);
    const strings = stringsOf(kernel, Uint32Array.from(Array(kernel.dictionarySize).keys()));
    assert.deepEqual(
      strings,
      strings.map((_, index) => `word-${index}`),
    );
    const first = kernel.dictionarySize;
    kernel.reset();
    assert.equal(kernel.dictionarySize, 0);
    assert.throws(takeMore, { code: "MEMORY_EXCEEDED" });
    assert.equal(kernel.dictionarySize, first);
  });

  test("more input than an address can name is MEMORY_EXCEEDED", () => {
    const kernel = createTextKernel();
    for (const bytes of [2 ** 32 - 10, 2 ** 32, 2 ** 32 + 10, 2 ** 40]) {
      assert.throws(() => kernel.space(bytes), { code: "MEMORY_EXCEEDED" });
    }
    assert.deepEqual(splitText(kernel, "still works", "words"), ["still", "works"]);
  });

  test("splitting more than was made room for, and a bound too small to start with, are refused", () => {
    const kernel = createTextKernel();
    kernel.space(10);
    assert.throws(() => kernel.split("words", 11, true), /invariant/);
    assert.throws(() => createTextKernel({ bytesMax: 1000 }), { code: "USAGE" });
  });
});
