/** What random histories found, each as the shortest story that shows it. */
import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { CalmCluster, scriptOf } from "./calm-cluster.js";

testSuite("ends of programs", (test) => {
  test("a node whose answer is lost with its link is asked again and does not start the program a second time", async () => {
    const calm = await CalmCluster.start("a", "b");
    const { simulation, network, processes } = calm;
    const slow = scriptOf({ steps: [{ kind: "sleep", ms: 3_000 }] });
    const running = calm.run("a", [slow, scriptOf({ ending: { kind: "return", code: 7 } })]);
    await calm.until(() => processes.some(({ record }) => record.node === "b" && record.phase === "over"));
    network.breakLinks("a", "b");
    const { code, error } = await simulation.until(running);
    assert.equal(error, undefined);
    assert.equal(code, 7);
    assert.deepEqual(processes.map(({ record }) => record.node).sort(), ["a", "b"]);
  });

  test("a node that is stopped ends its part with NODE_GONE: nobody has cancelled it", async () => {
    const calm = await CalmCluster.start("a", "b");
    const { simulation, processes, cluster } = calm;
    const endless = scriptOf({ ending: { kind: "never" } });
    const running = calm.run("a", [endless, endless]);
    await calm.until(() => processes.length === 2 && processes.every(({ record }) => record.phase === "running"));
    const stopped = cluster.stop("b");
    const { error } = await simulation.until(running);
    assert.equal(error?.code, "NODE_GONE");
    assert.equal(error?.details.node, "b");
    await simulation.until(stopped);
  });

  test("a program whose output is lost because its coordinator stops has not ended well", async () => {
    const calm = await CalmCluster.start("a");
    const { simulation, processes, cluster } = calm;
    const clock = simulation.clock;
    // It holds the node up while it stops, long enough for a client to ask for more.
    void calm.run("a", [scriptOf({ ending: { kind: "never" }, obeys: false })]).catch(() => {});
    const chatty = scriptOf({ steps: [{ kind: "print", count: 40, length: 8_000 }] });
    let lines = 0;
    const running = calm.run("a", [chatty], {
      onOutput: () => {
        lines++;
        return new Promise((resolve) => clock.after(20, resolve));
      },
    });
    await calm.until(() => processes.some(({ record }) => record.outcome?.kind === "returned"));
    await simulation.advance(50);
    const stopped = cluster.stop("a");
    const { code, error } = await simulation.until(running);
    assert.ok(lines < 40);
    assert.equal(code, 1);
    assert.equal(error?.code, "NODE_GONE");
    await simulation.until(stopped);
  });
});
