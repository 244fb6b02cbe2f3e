/** A cluster of real processes on this machine, for as long as a demo lasts. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { Eau2Error } from "@eau2/protocol";

const START_LIMIT_MS = 30_000;
const END_LIMIT_MS = 6_000;

export interface ClusterOptions {
  readonly nodes: number;
  readonly shards: number;
  readonly dataRoots: readonly string[];
  readonly memory?: string | undefined;
}

export interface DemoCluster {
  /** `ws://host:port` of the first node. */
  readonly url: string;
  readonly token: Uint8Array;
  readonly processIds: readonly number[];
  /** Resolves when every process has ended. */
  close(): Promise<void>;
}

interface Ready {
  readonly address: string;
}

const nodeBinary = (): string =>
  join(dirname(createRequire(import.meta.url).resolve("@eau2/node/package.json")), "dist", "main.js");

const startProcess = (args: readonly string[], token: string): ChildProcess =>
  spawn(process.execPath, [nodeBinary(), "node", ...args, "--json", "--log-level", "error"], {
    env: { ...process.env, EAU2_TOKEN: token },
    stdio: ["ignore", "pipe", "pipe"],
  });

/** Waits for the line that says where the node listens. */
const ready = (child: ChildProcess): Promise<Ready> =>
  new Promise((resolve, reject) => {
    let errors = "";
    const fail = (why: string) => reject(new Eau2Error("INTERNAL", `a node did not start: ${errors.trim() || why}`));
    const timer = setTimeout(() => fail(`it said nothing for ${START_LIMIT_MS} ms`), START_LIMIT_MS);
    child.stderr!.on("data", (data: Buffer) => {
      errors += data.toString();
    });
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`exit code ${code}`));
    createInterface({ input: child.stdout! }).once("line", (line) => {
      clearTimeout(timer);
      child.removeAllListeners("exit");
      resolve(JSON.parse(line) as Ready);
    });
  });

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once("exit", () => resolve()));

export const startCluster = async ({ nodes, shards, dataRoots, memory }: ClusterOptions): Promise<DemoCluster> => {
  const token = randomBytes(32).toString("hex");
  const children: ChildProcess[] = [];
  const killAll = () => {
    for (const child of children) child.kill("SIGKILL");
  };
  process.on("exit", killAll);
  const start = (name: string, join?: string): Promise<Ready> => {
    const args = ["--listen", "127.0.0.1:0", "--name", name, "--shards", String(shards)];
    if (memory !== undefined) args.push("--memory", memory);
    for (const root of dataRoots) args.push("--data-root", root);
    if (join !== undefined) args.push("--join", join);
    const child = startProcess(args, token);
    children.push(child);
    return ready(child);
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
    // One after another, so that shard indices follow the names.
    for (let index = 2; index <= nodes; index++) await start(`node-${index}`, url);
    return { url, token: new TextEncoder().encode(token), processIds: children.map(({ pid }) => pid!), close };
  } catch (error) {
    await close();
    throw error;
  }
};
