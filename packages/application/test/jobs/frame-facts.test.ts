import assert from "node:assert/strict";
import { type ChunkFacts, FrameId } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { FrameFacts } from "../../src/jobs/frame-facts.js";

const facts = (count: number) => Array.from({ length: count }, () => ({})) as ChunkFacts[];
const [a, b, c] = ["a", "b", "c"].map((id) => FrameId.parse(id)) as [FrameId, FrameId, FrameId];

testSuite("facts of frames", (test) => {
  test("are bounded: the frame that was not asked for the longest time goes", () => {
    const kept = new FrameFacts(10);
    kept.keep(a, 0, facts(4));
    kept.keep(b, 0, facts(4));
    assert.equal(kept.get(a, 0)?.length, 4);
    assert.equal(kept.get(a, 1), undefined);
    kept.keep(c, 0, facts(4));
    assert.deepEqual([kept.get(a, 0)?.length, kept.get(b, 0), kept.get(c, 0)?.length], [4, undefined, 4]);
    kept.keep(a, 1, facts(2));
    assert.deepEqual([kept.get(a, 1)?.length, kept.count], [2, 10]);
    kept.keep(a, 1, facts(2));
    assert.equal(kept.count, 10, "the same again counts once");
    kept.keep(b, 0, facts(11));
    assert.deepEqual([kept.get(b, 0), kept.count], [undefined, 10], "more than all is not kept");
    kept.forget(a);
    assert.deepEqual([kept.get(a, 0), kept.count], [undefined, 4]);
  });
});
