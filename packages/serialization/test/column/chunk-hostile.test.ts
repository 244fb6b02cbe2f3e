import assert from "node:assert/strict";
import { isEau2Error } from "@eau2/protocol";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { decodeChunk, encodeChunk } from "../../src/column/chunk-codec.js";
import { COLUMN_TYPES, type ColumnLayout } from "../../src/column/column-types.js";
import { validateChunk } from "../../src/column/validate-chunk.js";
import { cellsOf, chunkModels, dictionaryOf, layoutOf, type Model } from "./random-columns.js";

const SEED = seedFromEnv(14);
const HEAD_BYTES = 64;
const RECORD_BYTES = 128;

const bytesOfChunk = (columns: readonly ColumnLayout[], rowCount: number): Uint8Array => {
  const encoded = encodeChunk(columns, rowCount);
  const bytes = new Uint8Array(encoded.byteLength);
  encoded.write(bytes);
  return bytes;
};

/** Decode and, when that succeeds, validate and read everything; the only error allowed is DATA_INVALID. */
const survive = (
  bytes: Uint8Array,
  dictionarySizes: readonly (number | undefined)[],
): "refused" | "invalid" | "valid" => {
  let chunk: ReturnType<typeof decodeChunk>;
  try {
    chunk = decodeChunk(bytes);
  } catch (error) {
    assert.equal(isEau2Error(error, "DATA_INVALID"), true, String(error));
    return "refused";
  }
  // There is one way to write a chunk, so whatever decodes is what encoding gives.
  assert.deepEqual(bytesOfChunk(chunk.columns, chunk.rowCount), bytes);
  try {
    validateChunk(chunk, dictionarySizes);
  } catch (error) {
    assert.equal(isEau2Error(error, "DATA_INVALID"), true, String(error));
    return "invalid";
  }
  const strings = Array.from({ length: 300 }, (_, code) => new Uint8Array([code]));
  for (const column of chunk.columns) if (column.rowCount <= 1000) cellsOf(column, strings);
  return "valid";
};

const sizesOf = (models: readonly Model[]): (number | undefined)[] => models.map((model) => model.dictionary?.length);

interface Change {
  readonly at: number;
  readonly value: number;
}

const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({ at: fc.nat(), value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 4, 8, 0x7f, 0x80, 0xff)) }),
  { minLength: 1, maxLength: 6 },
);

testSuite("chunk codec, hostile bytes", (test) => {
  test("changed bytes are refused as DATA_INVALID or are another chunk that reads safely", () => {
    const outcomes = { refused: 0, invalid: 0, valid: 0 };
    fc.assert(
      fc.property(chunkModels(COLUMN_TYPES, 20), changes, fc.boolean(), (models, edits, inHead) => {
        const bytes = bytesOfChunk(models.map(layoutOf), models[0]?.cells.length ?? 0);
        const itemRecordCount = new DataView(bytes.buffer).getUint32(20, true);
        const head = HEAD_BYTES + (models.length + itemRecordCount) * RECORD_BYTES;
        const reach = inHead ? head : bytes.length;
        for (const { at, value } of edits) bytes[at % reach] = value;
        outcomes[survive(bytes, sizesOf(models))]++;
      }),
      { seed: SEED, numRuns: 3000 },
    );
    assert.equal(outcomes.refused > 0 && outcomes.invalid > 0 && outcomes.valid > 0, true, JSON.stringify(outcomes));
  });

  test("cut, extended and random bytes are refused", () => {
    fc.assert(
      fc.property(
        chunkModels(COLUMN_TYPES, 20),
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        (models, cut, more) => {
          const bytes = bytesOfChunk(models.map(layoutOf), models[0]?.cells.length ?? 0);
          assert.equal(survive(bytes.slice(0, cut % bytes.length), []), "refused");
          assert.equal(survive(new Uint8Array([...bytes, ...more]), []), "refused");
          assert.equal(survive(more, []), "refused");
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });

  test("every single byte of a head, set to every value, is refused or read safely", () => {
    const columns = [
      layoutOf({ type: "list", items: "utf8", cells: [[new Uint8Array([1, 2]), null], null, [new Uint8Array([3])]] }),
      layoutOf({ type: "int64", cells: [2n ** 40n, null, -1n] }),
    ];
    const bytes = bytesOfChunk(columns, 3);
    for (let at = 0; at < HEAD_BYTES + 3 * RECORD_BYTES; at++) {
      const before = bytes[at]!;
      for (let value = 0; value < 256; value++) {
        bytes[at] = value;
        survive(bytes, [undefined, undefined]);
      }
      bytes[at] = before;
    }
    assert.equal(survive(bytes, [undefined, undefined]), "valid");
  });

  test("text offsets that do not span the text, and one column too many, are refused by decoding alone", () => {
    const bytes = bytesOfChunk([layoutOf({ type: "utf8", cells: [new Uint8Array([1, 2]), new Uint8Array([3])] })], 2);
    const view = new DataView(bytes.buffer);
    for (const [position, value] of [
      [HEAD_BYTES + RECORD_BYTES, 1],
      [HEAD_BYTES + RECORD_BYTES + 8, 2],
      [HEAD_BYTES + RECORD_BYTES + 8, 4],
    ] as const) {
      const was = view.getUint32(position, true);
      view.setUint32(position, value, true);
      assert.throws(() => decodeChunk(bytes), {
        code: "DATA_INVALID",
        message: /column 0: its offsets do not span its text/,
      });
      view.setUint32(position, was, true);
    }
    const none = bytesOfChunk([], 0);
    const many = new Uint8Array(none.length + 4097 * RECORD_BYTES);
    many.set(none);
    new DataView(many.buffer).setUint32(8, 4097, true);
    assert.throws(() => decodeChunk(many), { code: "DATA_INVALID", message: /it has 4097 columns/ });
  });

  test("lists without items, items without lists, and lists of lists are refused by decoding alone", () => {
    const list: Model = { type: "list", items: "int8", cells: [[1n, 2n], [3n]] };
    const bytes = () => bytesOfChunk([layoutOf(list), layoutOf(list)], 2);
    const records = HEAD_BYTES + 2 * RECORD_BYTES;
    for (const [position, value, message] of [
      [20, 3, /it has items of 3 columns and 2 columns/],
      [records, COLUMN_TYPES.indexOf("list"), /column 0: its items are lists/],
      [HEAD_BYTES + 4 * RECORD_BYTES, 1, /column 0: its offsets do not begin with 0/],
      [HEAD_BYTES + 4 * RECORD_BYTES + 8, 4, /column 0: its items: /],
    ] as const) {
      const changed = bytes();
      changed[position] = value;
      assert.throws(() => decodeChunk(changed), { code: "DATA_INVALID", message }, `byte ${position}`);
    }
    const many = bytes();
    new DataView(many.buffer).setUint32(HEAD_BYTES + 4 * RECORD_BYTES + 8, 2 ** 31, true);
    assert.throws(() => decodeChunk(many), { code: "DATA_INVALID", message: /column 0: it has 2147483648 items/ });
    // Chunks of one column that are right but for a record of items too many, or too few.
    const withRecords = (model: Model, recordCount: number, rangePosition: number): Uint8Array => {
      const written = bytesOfChunk([layoutOf(model)], 2);
      const buffers = written.subarray(HEAD_BYTES + (model.type === "list" ? 2 : 1) * RECORD_BYTES);
      const start = HEAD_BYTES + recordCount * RECORD_BYTES;
      const made = new Uint8Array(start + buffers.length);
      made.set(written.subarray(0, HEAD_BYTES + RECORD_BYTES));
      made.set(buffers, start);
      const view = new DataView(made.buffer);
      view.setUint32(16, made.length, true);
      view.setUint32(20, recordCount - 1, true);
      view.setUint32(HEAD_BYTES + rangePosition, start, true);
      return made;
    };
    const integers = withRecords({ type: "int8", cells: [1n, 2n] }, 2, 48);
    assert.throws(() => decodeChunk(integers), { code: "DATA_INVALID", message: /items of 1 columns, and lists in 0/ });
    const itemless = withRecords(list, 1, 40);
    assert.throws(() => decodeChunk(itemless), { code: "DATA_INVALID", message: /column 0: its items have no record/ });
  });

  test("huge declared counts in few bytes are refused before anything is allocated", () => {
    const bytes = bytesOfChunk([layoutOf({ type: "int32", cells: [1n, 70_000n] })], 2);
    const view = new DataView(bytes.buffer);
    const before = process.memoryUsage().arrayBuffers;
    for (const position of [8, 12, 16, 20, HEAD_BYTES + 4, HEAD_BYTES + 52]) {
      for (const huge of [0xffff_ffff, 0x7fff_ffff, 0x1000_0000]) {
        const was = view.getUint32(position, true);
        view.setUint32(position, huge, true);
        assert.equal(survive(bytes, [undefined]), "refused");
        view.setUint32(position, was, true);
      }
    }
    assert.equal(process.memoryUsage().arrayBuffers - before < 1024 * 1024, true);
  });
});

/** A chunk of one column, changed after encoding. */
const broken =
  (model: Model, change: (bytes: Uint8Array, column: ColumnLayout) => void, dictionarySize?: number) => () => {
    const bytes = bytesOfChunk([layoutOf(model)], model.cells.length);
    const chunk = decodeChunk(bytes);
    change(bytes, chunk.columns[0]!);
    validateChunk(decodeChunk(bytes), [dictionarySize]);
  };

const invalid = (message: RegExp) => ({ code: "DATA_INVALID", message });
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

testSuite("validateChunk", (test) => {
  const strings: Model = { type: "utf8", cells: [text("ab"), null, text("c")] };
  const dictionary = [text("x"), text("y"), text("z")];
  const codes: Model = { type: "utf8", cells: [dictionary[2]!, null, dictionary[0]!], dictionary };
  const integers: Model = { type: "int16", cells: [32_767n, null, 32_700n] };

  test("text offsets that descend, and text in a null row, are found", () => {
    const setOffset = (index: number, value: number) => (_: Uint8Array, column: ColumnLayout) => {
      if (column.encoding === "plain") column.offsets[index] = value;
    };
    assert.throws(broken(strings, setOffset(1, 4)), invalid(/column 0: the offsets of row 1 descend/));
    assert.throws(broken(strings, setOffset(1, 1)), invalid(/row 1 is null but has values/));
    assert.throws(
      broken({ type: "utf8", cells: [text("ab"), text("c")] }, setOffset(1, 0xffff_ffff)),
      invalid(/descend/),
    );
  });

  test("codes beyond the dictionary, or without one, are found", () => {
    assert.throws(
      broken(codes, () => {}, 2),
      invalid(/a code is not below 2/),
    );
    assert.throws(
      broken(codes, () => {}),
      invalid(/no dictionary/),
    );
    const one: Model = { type: "utf8", cells: [dictionary[2]!, dictionary[2]!], dictionary };
    assert.throws(
      broken(one, () => {}, 2),
      invalid(/code 2 is not below 2/),
    );
    broken(one, () => {}, 3)();
  });

  test("a stored value that its offset pushes out of its type is found", () => {
    const change = (_: Uint8Array, column: ColumnLayout) => {
      if (column.encoding === "int8") column.values[0] = 127;
    };
    assert.throws(broken(integers, change), invalid(/outside int16/));
  });

  test("a day beyond 32 bits is found", () => {
    const late: Model = { type: "timestamp", cells: [2n ** 31n, 2n ** 31n] };
    const asDate = (bytes: Uint8Array) => {
      bytes[HEAD_BYTES] = COLUMN_TYPES.indexOf("date");
    };
    assert.throws(broken(late, asDate), invalid(/its offset or value 2147483648 is outside date/));
    broken({ type: "timestamp", cells: [2n ** 31n - 1n, 0n] }, asDate)();
  });

  test("a null count, a null slot or a statistic that is not true is found", () => {
    const slot = (_: Uint8Array, column: ColumnLayout) => {
      if (column.encoding === "int8") column.values[1] = 1;
    };
    assert.throws(broken(integers, slot), invalid(/slot of a null row is not 0/));
    const count = (_: Uint8Array, column: ColumnLayout) => {
      column.validity![0] = 0b111;
    };
    assert.throws(broken(integers, count), invalid(/0 rows are null, not 1/));
    const poke = (position: number, value: number) => (bytes: Uint8Array) => {
      bytes[HEAD_BYTES + position] = value;
    };
    const sorted: Model = { type: "float64", cells: [1, 2, 3].map((value) => BigInt(value) << 52n) };
    assert.throws(broken(sorted, poke(2, 2)), invalid(/its order is ascending, not descending/));
    assert.throws(broken(sorted, poke(2, 3)), invalid(/its order is ascending, not constant/));
    assert.throws(broken(sorted, poke(8, 2)), invalid(/3 distinct values, not 2/));
    assert.throws(broken(sorted, poke(64, 1)), invalid(/its min/));
    assert.throws(broken(sorted, poke(96, 1)), invalid(/its max/));
    assert.throws(broken(sorted, poke(24, 1)), invalid(/its magnitude/));
    assert.throws(broken(sorted, poke(56, 1)), invalid(/its smallest magnitude/));
    for (const [position, value] of [
      [7, 0x80], // negative
      [7, 0x7f], // above the magnitude
    ] as const) {
      assert.throws(broken(sorted, poke(56 + position, value)), invalid(/its smallest magnitude is -?\d/));
    }
    broken(sorted, poke(2, 0))();
  });

  test("offsets of lists that descend, items of a null row, and items that are not what they claim are found", () => {
    const lists: Model = { type: "list", items: "utf8", cells: [[dictionary[2]!], null, [dictionary[0]!]], dictionary };
    const setOffset = (index: number, value: number) => (_: Uint8Array, column: ColumnLayout) => {
      if (column.encoding === "list") column.offsets[index] = value;
    };
    broken(lists, () => {}, 3)();
    assert.throws(broken(lists, setOffset(1, 3), 3), invalid(/column 0: the offsets of row 1 descend/));
    assert.throws(broken(lists, setOffset(1, 0), 3), invalid(/row 1 is null but has values/));
    assert.throws(
      broken(lists, () => {}, 2),
      invalid(/column 0: its items: a code is not below 2/),
    );
    assert.throws(
      broken(lists, () => {}),
      invalid(/its items: it has codes but its frame has no dictionary/),
    );
  });

  test("codes of 16 and 32 bits are checked against large dictionaries", () => {
    for (const [size, encoding] of [
      [300, "codes16"],
      [70_000, "codes32"],
    ] as const) {
      const many = Array.from({ length: size }, (_, code) => text(`s${code}`));
      assert.equal(dictionaryOf(many).count, size);
      const model: Model = { type: "utf8", cells: [many[0]!, null, many[size - 1]!], dictionary: many };
      const column = decodeChunk(bytesOfChunk([layoutOf(model)], 3)).columns[0]!;
      assert.equal(column.encoding, encoding);
      assert.deepEqual(cellsOf(column, many), model.cells);
      broken(model, () => {}, size)();
      assert.throws(
        broken(model, () => {}, size - 1),
        invalid(/not below/),
      );
    }
  });
});
