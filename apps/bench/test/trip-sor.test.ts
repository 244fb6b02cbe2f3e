import assert from "node:assert/strict";
import { inferSorSchema, sidbSchema } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { TripSor } from "../src/trip-sor.js";

const linesOf = (sor: TripSor, bytes: number): string[] => {
  const block = Buffer.alloc(bytes);
  const filled = sor.fill(block);
  assert.ok(filled <= bytes && filled > bytes - 200);
  return block.toString("latin1", 0, filled).trimEnd().split("\n");
};

testSuite("TripSor", (test) => {
  test("lines are whole, and the same for the same seed however they are cut", () => {
    const whole = linesOf(new TripSor(5), 10_000);
    const sor = new TripSor(5);
    const parts = [...linesOf(sor, 1_000), ...linesOf(sor, 3_000)];
    assert.deepEqual(parts, whole.slice(0, parts.length));
    assert.notDeepEqual(linesOf(new TripSor(6), 10_000), whole);
  });

  test("its columns have the types that it says, and a tip may be missing", () => {
    const lines = linesOf(new TripSor(1), 100_000);
    const { columns } = inferSorSchema(Buffer.from(lines.join("\n")));
    assert.deepEqual(
      columns.map(({ type }) => type),
      sidbSchema("BIIIIDDDDSSSS").columns.map(({ type }) => type),
    );
    assert.ok(lines.every((line) => line.split("> <").length === 13));
    const withoutTip = lines.filter((line) => line.split("> <")[8] === "").length;
    assert.ok(withoutTip > lines.length / 4 && withoutTip < lines.length / 2);
  });
});
