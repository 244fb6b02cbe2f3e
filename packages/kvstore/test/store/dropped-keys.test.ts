import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { DroppedKeys } from "../../src/store/dropped-keys.js";

testSuite("DroppedKeys", (test) => {
  test("behaves like a set of names", () => {
    const names = fc.string({ maxLength: 12, unit: "binary" });
    fc.assert(
      fc.property(fc.array(names, { maxLength: 200 }), fc.array(names, { maxLength: 50 }), (added, asked) => {
        const dropped = new DroppedKeys();
        const model = new Set<string>();
        for (const name of added) {
          assert.equal(dropped.has(name), model.has(name));
          dropped.add(name);
          model.add(name);
        }
        assert.equal(dropped.count, model.size);
        for (const name of [...added, ...asked]) assert.equal(dropped.has(name), model.has(name));
      }),
      { seed: seedFromEnv(32), numRuns: 200 },
    );
  });

  test("200,000 names are all remembered, none is made up, and a name costs at most 32 bytes", () => {
    const dropped = new DroppedKeys();
    for (let index = 0; index < 200_000; index++) dropped.add(`f/${index.toString(16)}/c/${index}`);
    assert.equal(dropped.count, 200_000);
    for (let index = 0; index < 200_000; index++) assert.ok(dropped.has(`f/${index.toString(16)}/c/${index}`));
    for (let index = 0; index < 200_000; index++) assert.ok(!dropped.has(`f/${index.toString(16)}/d/${index}`));
    assert.ok(dropped.bytes <= 32 * 200_000);
  });

  test("adding a name again takes no room", () => {
    const dropped = new DroppedKeys();
    for (let round = 0; round < 1_000; round++) dropped.add("same");
    assert.deepEqual([dropped.count, dropped.bytes], [1, new DroppedKeys().bytes]);
  });
});
