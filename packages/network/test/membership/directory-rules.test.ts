import assert from "node:assert/strict";
import {
  ClusterId,
  CONTROL_BYTES_MAX,
  DIRECTORY_NODES_MAX,
  Directory,
  isEau2Error,
  NodeId,
  type NodeOffer,
  type NodeState,
} from "@eau2/protocol";
import { encodeControl } from "@eau2/serialization";
import { testSuite } from "@eau2/testing";
import {
  foundDirectory,
  newerDirectory,
  ownerOfShard,
  registerNode,
  withNodeState,
} from "../../src/membership/directory-rules.js";

const clusterId = ClusterId.parse("eau2-test");
const offer = (name: string, fields: Partial<NodeOffer> = {}): NodeOffer => ({
  id: NodeId.parse(name),
  name,
  incarnation: 10,
  address: `${name}:1`,
  shardCount: 2,
  build: "test",
  ...fields,
});
const three = (): Directory =>
  registerNode(registerNode(foundDirectory(clusterId, offer("a")), offer("b")), offer("c", { shardCount: 3 }));
const id = (name: string) => NodeId.parse(name);

testSuite("directory", (test) => {
  test("begins with the first node as master; others get the next shard indices", () => {
    const directory = three();
    assert.deepEqual(Directory.parse(directory), directory);
    assert.deepEqual(
      directory.nodes.map(({ name, master, shards, state }) => ({ name, master, shards, state })),
      [
        { name: "a", master: true, shards: [0, 1], state: "up" },
        { name: "b", master: false, shards: [2, 3], state: "up" },
        { name: "c", master: false, shards: [4, 5, 6], state: "up" },
      ],
    );
    assert.deepEqual([directory.epoch, directory.nextShard, directory.hashShards], [3, 7, 2]);
  });

  test("registering again: who may, and what it changes", () => {
    type Outcome = "same" | "up again" | "replaced" | "USAGE";
    const table: readonly (readonly [NodeState, number, Outcome])[] = [
      // the state that b has, the incarnation that asks (b is 10), what comes of it
      ["up", 10, "same"],
      ["suspect", 10, "up again"],
      ["gone", 10, "up again"],
      ["up", 11, "USAGE"],
      ["suspect", 11, "replaced"],
      ["gone", 11, "replaced"],
      ["up", 9, "USAGE"],
      ["suspect", 9, "USAGE"],
      ["gone", 9, "USAGE"],
    ];
    for (const [state, incarnation, outcome] of table) {
      const before = withNodeState(three(), id("b"), state);
      const title = `${state}, ${incarnation}`;
      if (outcome === "USAGE") {
        assert.throws(() => registerNode(before, offer("b", { incarnation })), { code: "USAGE" }, title);
        continue;
      }
      const after = registerNode(before, offer("b", { incarnation }));
      const b = after.nodes.find((node) => node.id === "b")!;
      assert.equal(b.state, "up", title);
      assert.equal(after.epoch - before.epoch, outcome === "same" ? 0 : 1, title);
      // A new start never gets the shards of the earlier one: what they held is lost.
      assert.deepEqual(b.shards, outcome === "replaced" ? [7, 8] : [2, 3], title);
      assert.equal(after.nextShard, outcome === "replaced" ? 9 : 7, title);
    }
  });

  test("a change of state raises the epoch, no change is the same object", () => {
    const before = three();
    assert.equal(withNodeState(before, id("b"), "up"), before);
    assert.equal(withNodeState(before, id("x"), "gone"), before);
    const after = withNodeState(before, id("b"), "suspect");
    assert.equal(after.epoch, before.epoch + 1);
    assert.deepEqual(
      after.nodes.map(({ state }) => state),
      ["up", "suspect", "up"],
    );
    assert.equal(before.nodes[1]!.state, "up");
  });

  test("the higher epoch is believed", () => {
    const older = three();
    const newer = withNodeState(older, id("b"), "gone");
    assert.equal(newerDirectory(undefined, older), older);
    assert.equal(newerDirectory(older, newer), newer);
    assert.equal(newerDirectory(newer, older), newer);
    assert.equal(newerDirectory(older, { ...older }), older);
  });

  test("a shard has an owner, had one, or never did", () => {
    const directory = registerNode(withNodeState(three(), id("b"), "gone"), offer("b", { incarnation: 11 }));
    const owner = (shard: number) => {
      const found = ownerOfShard(directory, shard);
      return found.kind === "node" ? found.node.name : found.kind;
    };
    assert.deepEqual(
      Array.from({ length: 10 }, (_, shard) => owner(shard)),
      ["a", "a", "gone", "gone", "c", "c", "c", "b", "b", "unknown"],
    );
  });

  test("a full directory forgets nodes that have gone, but none that may come back", () => {
    let directory = foundDirectory(clusterId, offer("a"));
    for (let count = 1; count < DIRECTORY_NODES_MAX; count++) directory = registerNode(directory, offer(`n${count}`));
    assert.throws(() => registerNode(directory, offer("late")), { code: "BUSY" });
    const suspected = withNodeState(directory, id("n1"), "suspect");
    assert.throws(() => registerNode(suspected, offer("late")), { code: "BUSY" });
    const roomier = withNodeState(withNodeState(directory, id("n1"), "gone"), id("n2"), "gone");
    const after = registerNode(roomier, offer("late"));
    assert.equal(after.nodes.length, DIRECTORY_NODES_MAX - 1);
    assert.deepEqual(Directory.parse(after), after);
    // Their indices stay used.
    assert.equal(ownerOfShard(after, 2).kind, "gone");
    assert.equal(after.nodes.at(-1)!.shards[0], 2 * DIRECTORY_NODES_MAX);
  });

  test("a directory never outgrows the frame that it travels in", () => {
    const large = (name: string) => offer(name, { shardCount: 128, address: `${name}.${"x".repeat(200)}:1` });
    let directory = foundDirectory(clusterId, large("a"));
    let refusal: unknown;
    for (let count = 1; count < DIRECTORY_NODES_MAX && refusal === undefined; count++) {
      try {
        directory = registerNode(directory, large(`n${count}`));
      } catch (error) {
        refusal = error;
      }
    }
    assert.ok(isEau2Error(refusal, "BUSY"));
    for (const node of directory.nodes) directory = withNodeState(directory, node.id, "suspect");
    assert.ok(encodeControl({ directory }).length <= CONTROL_BYTES_MAX);
  });
});
