import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { workerArguments } from "../../src/platform/shard-worker.js";

testSuite("Node's flags for workers", (test) => {
  test("a program on the command line is not run again in each worker; all other flags stay", () => {
    const program = "await open({ a: '--x=1' })";
    for (const flags of [
      ["--input-type=module", "-e", program],
      ["-pe", program],
      [`--eval=${program}`],
      ["--input-type", "module", "--print", program],
      ["-c"],
    ]) {
      assert.deepEqual(
        workerArguments(["--expose-gc", ...flags, "--import", "tsx", "--max-old-space-size=100"]),
        ["--expose-gc", "--import", "tsx", "--max-old-space-size=100"],
        flags.join(" "),
      );
    }
    assert.deepEqual(workerArguments([]), []);
  });
});
