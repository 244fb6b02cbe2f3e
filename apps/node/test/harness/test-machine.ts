/**
 * A machine of its own for one test: an empty home folder, no `EAU2_*` variables, and every process that was started on
 * it. When it goes out of scope nothing may be left: processes are ended, and their ports must be closed.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@eau2/testing";
import { type Finished, type ProcessOptions, TestProcess } from "./test-process.js";

const BINARY = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: NonNullable<ProcessOptions["input"]>;
  readonly group?: boolean;
}

export interface TestNode {
  readonly process: TestProcess;
  /** `host:port` */
  readonly address: string;
  /** `ws://host:port` */
  readonly url: string;
  readonly id: string;
  readonly shards: readonly number[];
  readonly cluster: string;
}

export const isPortOpen = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const at = address.lastIndexOf(":");
    const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

/** The user's own variables, without those that mean something to eau2. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith("EAU2_") && name !== "XDG_STATE_HOME" && name !== "INIT_CWD",
    ),
  );

export class TestMachine implements AsyncDisposable {
  readonly #folder = temporaryFolder();
  readonly #processes: TestProcess[] = [];
  readonly #addresses: string[] = [];

  /** A folder that is removed with the machine; working directory and home of its processes. */
  get path(): string {
    return this.#folder.path;
  }

  /** Starts any script. */
  start(title: string, script: string, args: readonly string[], { env, ...options }: RunOptions = {}): TestProcess {
    assert.ok(existsSync(script), `${script} is not there; build first: pnpm build`);
    const started = new TestProcess(title, [script, ...args], {
      env: { ...cleanEnvironment(), HOME: this.path, ...env },
      cwd: this.path,
      ...options,
    });
    this.#processes.push(started);
    return started;
  }

  /** Starts `eau2 ARGS`. */
  eau2(args: readonly string[], options: RunOptions = {}): TestProcess {
    return this.start(`eau2 ${args.join(" ").slice(0, 80)}`, BINARY, args, options);
  }

  /** Runs `eau2 ARGS` to its end. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return this.eau2(args, options).finished();
  }

  /** Starts a node on a free port and waits until it is up; one shard unless the arguments say otherwise. */
  async node(name: string, args: readonly string[] = [], options: RunOptions = {}): Promise<TestNode> {
    const shards = args.includes("--shards") ? [] : ["--shards", "1"];
    const given = ["node", "--listen", "127.0.0.1:0", "--name", name, "--json", ...shards, ...args];
    const started = this.eau2(given, options);
    const [line] = await started.printed(/^\{"event":"ready".*\}$/m);
    const { id, address, cluster, shards: indices } = JSON.parse(line) as Omit<TestNode, "process" | "url">;
    this.#addresses.push(address);
    return { process: started, id, address, url: `ws://${address}`, cluster, shards: indices };
  }

  /** `count` nodes named a, b, c...; the first is the master. */
  async nodes(count: number, args: readonly string[] = []): Promise<TestNode[]> {
    const nodes: TestNode[] = [];
    for (let index = 0; index < count; index++) {
      const join = index === 0 ? [] : ["--join", nodes[0]!.url];
      nodes.push(await this.node(String.fromCharCode(97 + index), [...join, ...args]));
    }
    return nodes;
  }

  /** Ends what still runs and makes sure that nothing is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await Promise.all(this.#processes.map((started) => started.cleanUp()));
      for (const address of this.#addresses)
        assert.equal(await isPortOpen(address), false, `${address} is still listening`);
    } finally {
      this.#folder[Symbol.dispose]();
    }
  }
}

/** Runs `eau2 ... --json` to its end; it must succeed. */
export const runJson = async <T>(
  machine: TestMachine,
  args: readonly string[],
  options: RunOptions = {},
): Promise<T> => {
  const { code, stdout, stderr } = await machine.run([...args, "--json"], options);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout.toString()) as T;
};
