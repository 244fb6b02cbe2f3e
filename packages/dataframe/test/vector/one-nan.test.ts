import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { encodeVector } from "../../src/vector/encode-vector.js";

const bitsOf = (values: ArrayBufferView): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex");

testSuite("NaN", (test) => {
  test("whatever made it, a computed NaN has the same bits; other values keep theirs", () => {
    const made = (nan: bigint) => {
      const values = new Float64Array([-0, 0, 1.5]);
      new BigUint64Array(values.buffer)[1] = nan;
      const layout = encodeVector({ kind: "numbers", type: "float64", rowCount: 3, validity: undefined, values });
      return bitsOf((layout as { readonly values: Float64Array }).values);
    };
    const expected = "0000000000000080000000000000f87f000000000000f83f";
    for (const nan of [0x7ff8000000000000n, 0xfff8000000000000n, 0xfff8000000000001n])
      assert.equal(made(nan), expected);
  });
});
