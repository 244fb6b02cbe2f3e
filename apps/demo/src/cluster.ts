/** A cluster of real processes on this machine, for as long as a demo or a comparison lasts. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { type Eau2, open } from "@eau2/application";
import { Eau2Error } from "@eau2/protocol";

const START_LIMIT_MS = 30_000;
const END_LIMIT_MS = 6_000;

export interface ClusterOptions {
  readonly nodes: number;
  readonly shards: number;
  readonly dataRoots: readonly string[];
  /** Further flags of every node. */
  readonly nodeFlags?: readonly string[];
  /** Aborting it ends the start; the nodes that run already are ended too. */
  readonly signal: AbortSignal;
}

interface OwnCluster {
  /** `ws://host:port` of the first node. */
  readonly url: string;
  readonly processIds: readonly number[];
  readonly token: Uint8Array;
  /** Resolves when every process has ended. */
  close(): Promise<void>;
}

interface Ready {
  readonly address: string;
}

const nodeBinary = (): string =>
  join(dirname(createRequire(import.meta.url).resolve("@eau2/node/package.json")), "dist", "main.js");

/** `EAU2_*` variables of the user mean a cluster of their own (`EAU2_JOIN`); they must not reach this one. */
const nodeEnvironment = (token: string): NodeJS.ProcessEnv => {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("EAU2_"));
  return { ...Object.fromEntries(others), EAU2_TOKEN: token };
};

const startProcess = (args: readonly string[], token: string): ChildProcess =>
  spawn(process.execPath, [nodeBinary(), "node", ...args, "--until-stdin-ends", "--json", "--log-level", "error"], {
    env: nodeEnvironment(token),
    // Its standard input ends with this process, even one that is killed.
    stdio: "pipe",
  });

const cancelled = (): Eau2Error => new Eau2Error("CANCELLED", "start nodes: cancelled by the caller");

/** Waits for the line that says where the node listens. */
const ready = (child: ChildProcess, signal: AbortSignal): Promise<Ready> =>
  new Promise((resolve, reject) => {
    let errors = "";
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    const fail = (why: string) => {
      settle();
      reject(new Eau2Error("INTERNAL", `a node did not start: ${errors.trim() || why}`));
    };
    const onAbort = () => {
      settle();
      reject(cancelled());
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const timer = setTimeout(() => fail(`it said nothing for ${START_LIMIT_MS} ms`), START_LIMIT_MS);
    child.stderr!.on("data", (data: Buffer) => {
      errors += data.toString();
    });
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`exit code ${code}`));
    createInterface({ input: child.stdout! }).once("line", (line) => {
      settle();
      child.removeAllListeners("exit");
      resolve(JSON.parse(line) as Ready);
    });
  });

const ended = (child: ChildProcess): Promise<void> =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once("exit", () => resolve()));

/**
 * Starts the nodes one after another, so that shard indices follow the names.
 * @throws {@link Eau2Error} `CANCELLED`, or `INTERNAL` with what the node said; nothing is left running then.
 */
export const startCluster = async ({
  nodes,
  shards,
  dataRoots,
  nodeFlags = [],
  signal,
}: ClusterOptions): Promise<OwnCluster> => {
  const token = randomBytes(32).toString("hex");
  const children: ChildProcess[] = [];
  const killAll = () => {
    for (const child of children) child.kill("SIGKILL");
  };
  process.on("exit", killAll);
  const start = async (name: string, join?: string): Promise<Ready> => {
    const args = ["--listen", "127.0.0.1:0", "--name", name, "--shards", String(shards)];
    args.push(...nodeFlags);
    for (const root of dataRoots) args.push("--data-root", root);
    if (join !== undefined) args.push("--join", join);
    if (signal.aborted) throw cancelled();
    const child = startProcess(args, token);
    children.push(child);
    return ready(child, signal);
  };
  const close = async () => {
    for (const child of children) child.kill("SIGTERM");
    const timer = setTimeout(killAll, END_LIMIT_MS);
    await Promise.all(children.map(ended));
    clearTimeout(timer);
    process.off("exit", killAll);
  };
  try {
    const first = await start("node-1");
    const url = `ws://${first.address}`;
    for (let index = 2; index <= nodes; index++) await start(`node-${index}`, url);
    const processIds = children.map(({ pid }) => pid!);
    return { url, processIds, token: new TextEncoder().encode(token), close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Starts a cluster for as long as `use` takes, with a client of its first node. @throws what starting it and `use` throw */
export const onOwnCluster = async <Result>(
  options: ClusterOptions,
  use: (eau2: Eau2) => Promise<Result>,
): Promise<Result> => {
  const cluster = await startCluster(options);
  try {
    await using eau2 = await open(cluster.url, { name: "demo", token: cluster.token });
    return await use(eau2);
  } finally {
    await cluster.close();
  }
};
