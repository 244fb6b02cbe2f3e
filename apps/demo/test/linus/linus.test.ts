import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { closedForm, generatedCommits, generatedShape } from "../../src/linus/generated.js";
import { IdSet } from "../../src/linus/id-set.js";
import { reach } from "../../src/linus/reach.js";

const setOf = (ids: readonly number[], size: number): IdSet => {
  const set = new IdSet(size);
  for (const id of ids) set.add(id);
  return set;
};

testSuite("sets of ids", (test) => {
  test("hold what was added, in order, and survive the wire as list or bitmap; ids beyond the size are no members", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.array(fc.integer({ min: -3, max: 400 }), { maxLength: 400 }),
        (size, ids) => {
          const set = setOf(ids, size);
          const expected = [...new Set(ids)].filter((id) => id >= 0 && id < size).sort((a, b) => a - b);
          for (const one of [set, IdSet.decode(set.encode(), size)]) {
            assert.deepEqual([...one], expected);
            assert.equal(one.count, expected.length);
            for (let id = -2; id < 402; id++) assert.equal(one.has(id), expected.includes(id));
          }
        },
      ),
      { seed: seedFromEnv(81), numRuns: 100 },
    );
  });

  test("few ids travel as a list, many as a bitmap", () => {
    assert.equal(setOf([5, 9_000], 10_000).encode().length, 8 + 2 * 4);
    assert.equal(
      setOf(
        Array.from({ length: 9_000 }, (_, id) => id),
        10_000,
      ).encode().length,
      8 + Math.ceil(10_000 / 32) * 4,
    );
    assert.equal(new IdSet(0).encode().length, 8);
  });
});

testSuite("who is reached", (test) => {
  test("generated commits give the closed form; those of strangers change nothing", async () => {
    for (const further of [0, 20_000]) {
      const shape = generatedShape(4, further);
      assert.equal(shape.commitCount, Math.max(further, 2_460 * 4));
      const commits = generatedCommits(shape, 0, shape.commitCount);
      const { projectCount, userCount } = shape;
      assert.deepEqual(await reach([commits], { start: 0, degrees: 4, projectCount, userCount }), closedForm(4));
    }
    const seven = generatedShape(7);
    assert.deepEqual([seven.projectCount, seven.userCount, seven.commitCount], [1_793_613, 5_380_840, 7_174_452]);
  });

  test("any range of commits can be made alone", () => {
    const shape = generatedShape(3, 3_000);
    const all = generatedCommits(shape, 0, shape.commitCount);
    for (const [start, end] of [
      [0, 10],
      [1_090, 1_100],
      [2_999, 3_000],
    ] as const) {
      const part = generatedCommits(shape, start, end);
      assert.deepEqual(part.projects, all.projects.slice(start, end));
      assert.deepEqual(part.authors, all.authors.slice(start, end));
    }
  });

  test("projects and users beyond the sizes are not members", async () => {
    const commits = { projects: Int32Array.of(0, 0, 5, 1), authors: Int32Array.of(0, 9, 0, 1) };
    assert.deepEqual(await reach([commits], { start: 0, degrees: 2, projectCount: 2, userCount: 3 }), [
      { stage: 0, projects: 1, users: 1 },
      { stage: 1, projects: 1, users: 1 },
    ]);
  });
});
