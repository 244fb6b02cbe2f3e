import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { childrenOf, isRunning } from "@eau2/node/test/harness/child-processes.js";
import { TestMachine } from "@eau2/node/test/harness/test-machine.js";
import type { TestProcess } from "@eau2/node/test/harness/test-process.js";
import { until } from "@eau2/node/test/harness/until.js";
import { testSuite } from "@eau2/testing";
import { startDemo } from "./harness/demo.js";
import { largeText } from "./harness/seeded-text.js";

const LIMIT = { timeoutMs: 60_000 };
const NODES = 3;
const END_LIMIT_MS = 10_000;
/** Progress is for terminals: this makes the demo believe that it has one. */
const ON_A_TERMINAL = { NODE_OPTIONS: "--import=data:text/javascript,process.stderr.isTTY=true" };

const assertInterrupted = async (demo: TestProcess, children: readonly number[]): Promise<void> => {
  const { code, stdout, stderr } = await demo.finished(END_LIMIT_MS);
  assert.deepEqual([code, stdout.toString()], [130, ""], stderr);
  assert.match(stderr, /(^|\[K)interrupted: ending what runs \(once more ends it at once\)\n$/);
  for (const child of children) assert.equal(isRunning(child), false, `node process ${child} outlived the demo`);
};

/** A demo in the middle of reading. */
const startLarge = async (machine: TestMachine): Promise<{ demo: TestProcess; children: number[] }> => {
  const path = join(machine.path, "large.txt");
  writeFileSync(path, largeText(5, 96));
  const demo = startDemo(machine, [path, "--nodes", String(NODES)], { env: ON_A_TERMINAL });
  await demo.printed(/read \d+ %/);
  const children = childrenOf(demo.pid);
  assert.equal(children.length, NODES);
  return { demo, children };
};

const firstChildren = (demo: TestProcess): Promise<number[]> =>
  until("it has started a node", () => {
    const found = childrenOf(demo.pid);
    return found.length > 0 ? found : undefined;
  });

testSuite("demo: interrupted", (test) => {
  test(
    "ctrl-C in a terminal, which reaches the nodes too, ends everything with exit code 130",
    async () => {
      await using machine = new TestMachine();
      const { demo, children } = await startLarge(machine);
      demo.signalGroup("SIGINT");
      await assertInterrupted(demo, children);
    },
    LIMIT,
  );

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    test(
      `${signal} to the demo alone ends its nodes too`,
      async () => {
        await using machine = new TestMachine();
        const { demo, children } = await startLarge(machine);
        demo.signal(signal);
        await assertInterrupted(demo, children);
      },
      LIMIT,
    );
  }

  test(
    "kill -9 of the demo ends its nodes too, also while they are being started",
    async () => {
      await using machine = new TestMachine();
      const { demo, children } = await startLarge(machine);
      const starting = startDemo(machine, ["--nodes", "64"], { env: { TMPDIR: machine.path } });
      const begun = await firstChildren(starting);
      for (const killed of [demo, starting]) await killed.kill();
      for (const child of [...children, ...begun])
        await until(`${child} ends`, () => (isRunning(child) ? undefined : true));
    },
    LIMIT,
  );

  test(
    "an interrupt while nodes are being started starts no more of them",
    async () => {
      await using machine = new TestMachine();
      const demo = startDemo(machine, ["--nodes", "64"], { env: { TMPDIR: machine.path } });
      const children = await firstChildren(demo);
      demo.signal("SIGINT");
      await assertInterrupted(demo, children);
    },
    LIMIT,
  );

  test(
    "a second ctrl-C ends it at once; no node outlives it",
    async () => {
      await using machine = new TestMachine();
      const { demo, children } = await startLarge(machine);
      // Stopped nodes cannot drain, so the first one alone would take its time limit.
      for (const child of children) process.kill(child, "SIGSTOP");
      demo.signal("SIGINT");
      await demo.printed(/interrupted/);
      demo.signal("SIGINT");
      assert.equal((await demo.finished(END_LIMIT_MS)).code, 130);
      for (const child of children) await until(`${child} ends`, () => (isRunning(child) ? undefined : true));
    },
    LIMIT,
  );
});
