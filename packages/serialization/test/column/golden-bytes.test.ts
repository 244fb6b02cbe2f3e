/** Chunks and a dictionary, byte by byte: a change of the format shows up as a diff of these files. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { testSuite } from "@eau2/testing";
import { decodeChunk, type EncodedBytes, encodeChunk } from "../../src/column/chunk-codec.js";
import { decodeDictionary, encodeDictionary } from "../../src/column/dictionary-codec.js";
import { bitsOfFloat, type Cell, cellsOf, dictionaryOf, layoutOf, type Model } from "./random-columns.js";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const strings = [text("oak"), text(""), text('a "b"\n'), new Uint8Array([0xff, 0x00])];

const GOLDEN: Readonly<Record<string, Model>> = {
  boolean: { type: "boolean", cells: [true, null, false, true] },
  int8: { type: "int8", cells: [-128n, 127n, null] },
  "int16-offset": { type: "int16", cells: [30_000n, null, 30_001n] },
  int32: { type: "int32", cells: [1n, 2n, 2n ** 31n - 1n] },
  "int64-offset": { type: "int64", cells: [2n ** 53n + 1n, 2n ** 53n + 70_000n] },
  int64: { type: "int64", cells: [-(2n ** 63n), null, 2n ** 63n - 1n] },
  "int64-constant": { type: "int64", cells: [2n ** 53n + 1n, 2n ** 53n + 1n, null] },
  float64: {
    type: "float64",
    cells: [...[-0, 1.5, Number.NEGATIVE_INFINITY].map(bitsOfFloat), null, 0x7ff8_0000_0000_0001n],
  },
  float32: { type: "float32", cells: [0x8000_0000n, 0x3fc0_0000n, null, 0x7fc0_0001n] },
  "float32-constant": { type: "float32", cells: [0x7f80_0001n, null, 0x7f80_0001n] },
  date: { type: "date", cells: [-719_528n, null, 19_782n] },
  timestamp: { type: "timestamp", cells: [-1n, 1_709_212_455_123_456n] },
  "utf8-plain": { type: "utf8", cells: [strings[0]!, null, strings[1]!, strings[2]!, strings[3]!] },
  "utf8-constant": { type: "utf8", cells: [strings[2]!, null] },
  "utf8-codes": { type: "utf8", cells: [strings[3]!, null, strings[0]!], dictionary: strings },
  list: { type: "list", items: "int16", cells: [[1n, null], null, [], [-300n, 7n, 7n]] },
  "list-of-codes": { type: "list", items: "utf8", cells: [[strings[0]!, strings[3]!], [null]], dictionary: strings },
  nulls: { type: "utf8", cells: [null, null] },
};

/** 32 bytes a line: position, then hex. */
const hexLines = (bytes: Uint8Array): string =>
  Array.from({ length: Math.ceil(bytes.length / 32) }, (_, line) => {
    const hex = Buffer.from(bytes.subarray(line * 32, line * 32 + 32)).toString("hex");
    return `${(line * 32).toString(16).padStart(4, "0")} ${hex}\n`;
  }).join("");

const bytesOfHex = (lines: string): Uint8Array =>
  new Uint8Array(Buffer.from(lines.replaceAll(/^\w+ |\n/gm, ""), "hex"));

const check = (name: string, encoded: EncodedBytes): Uint8Array => {
  const file = new URL(`./fixtures/${name}.hex`, import.meta.url);
  const bytes = new Uint8Array(encoded.byteLength);
  encoded.write(bytes);
  // EAU2_UPDATE_GOLDEN=1 writes the files anew, for a change that is meant and whose version is raised.
  if (process.env.EAU2_UPDATE_GOLDEN === "1") writeFileSync(file, hexLines(bytes));
  const golden = readFileSync(file, "utf8");
  assert.equal(hexLines(bytes), golden);
  return bytesOfHex(golden);
};

testSuite("golden bytes", (test) => {
  for (const [name, model] of Object.entries(GOLDEN)) {
    test(`a chunk of ${name} has the bytes of its fixture, which read back`, () => {
      const golden = check(name, encodeChunk([layoutOf(model)], model.cells.length));
      const cells: readonly Cell[] = cellsOf(decodeChunk(golden).columns[0]!, model.dictionary);
      assert.deepEqual(cells, model.cells);
    });
  }

  test("a chunk of several columns has the bytes of its fixture", () => {
    const list: Model = { type: "list", items: "utf8", cells: [[strings[0]!], null, [null, strings[2]!]] };
    const models = [GOLDEN.int8!, list, GOLDEN.int32!, GOLDEN["utf8-codes"]!, { ...list, cells: [[], [], []] }];
    const golden = check("several", encodeChunk(models.map(layoutOf), 3));
    assert.equal(decodeChunk(golden).columns.length, 5);
  });

  test("a dictionary has the bytes of its fixture, which read back", () => {
    const golden = check("dictionary", encodeDictionary(dictionaryOf(strings)));
    assert.deepEqual(decodeDictionary(golden), dictionaryOf(strings));
  });
});
