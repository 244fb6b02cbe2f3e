import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { RunOptions, TestMachine } from "@eau2/node/test/harness/test-machine.js";
import type { TestProcess } from "@eau2/node/test/harness/test-process.js";

const BINARY = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** What `--json` prints. */
export interface DemoResult {
  readonly app: string;
  readonly nodes: number;
  readonly shards: number;
  readonly bytes: number;
  readonly words: number;
  readonly distinct: number;
  readonly top: readonly (readonly [string, number])[];
  readonly loadMs: number;
  readonly countMs: number;
  readonly sha256: string;
  readonly frameSha256: string;
  readonly shares: readonly {
    readonly home: number;
    readonly node: string;
    readonly blocks: number;
    readonly bytes: number;
    readonly rows: number;
    readonly sentBytes: number;
  }[];
}

/** Starts `demo ARGS`, in a process group of its own: whatever it leaves running fails the test. */
export const startDemo = (machine: TestMachine, args: readonly string[], options: RunOptions = {}): TestProcess =>
  machine.start(`demo ${args.join(" ")}`, BINARY, args, { ...options, group: true });

/** Runs `demo ARGS --json` to its end; it must succeed. */
export const runDemo = async (
  machine: TestMachine,
  args: readonly string[],
  options: RunOptions = {},
): Promise<DemoResult> => {
  const { code, stdout, stderr } = await startDemo(machine, [...args, "--json"], options).finished();
  assert.deepEqual([code, stderr], [0, ""], `demo ${args.join(" ")}`);
  return JSON.parse(stdout.toString()) as DemoResult;
};
