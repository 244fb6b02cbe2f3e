/** Runs a program of the demo on a cluster that is started for it, and takes its result out of the store. */
import { readFileSync } from "node:fs";
import { type Eau2, open } from "@eau2/application";
import { Eau2Error } from "@eau2/protocol";
import { startCluster } from "./cluster.js";

export interface ProgramAppOptions {
  readonly nodes: number;
  readonly shards: number;
  readonly dataRoots?: readonly string[];
  /** Memory of each node for values, like "2GB". */
  readonly memory?: string | undefined;
  /** Of each program, like "2GB". */
  readonly programMemory?: string | undefined;
  readonly signal: AbortSignal;
}

/** What is under this prefix is the program's own. */
const PREFIX = "demo";

/**
 * @param name - of the program among those that are built with the demo.
 * @param prepare - puts data into the cluster; returns the program's further arguments.
 * @returns what the program has put under `demo/result`. @throws its failure
 */
export const runProgramApp = async <Result>(
  name: string,
  { nodes, shards, dataRoots = [], memory, programMemory, signal }: ProgramAppOptions,
  prepare: (eau2: Eau2) => Promise<readonly string[]> = async () => [],
): Promise<Result> => {
  const nodeFlags = ["--allow-run"];
  if (memory !== undefined) nodeFlags.push("--memory", memory);
  if (programMemory !== undefined) nodeFlags.push("--program-memory", programMemory);
  const cluster = await startCluster({ nodes, shards, dataRoots, nodeFlags, signal });
  try {
    const eau2 = await open(cluster.url, { name: "demo", token: cluster.token });
    try {
      const args = await prepare(eau2);
      const module = readFileSync(new URL(`./programs/${name}.js`, import.meta.url));
      const { error, code } = await eau2.runProgram(module, {
        name,
        args: [PREFIX, ...args],
        signal,
        onOutput: ({ node, text }) => void process.stderr.write(`[${node}] ${text}\n`),
      });
      if (error !== undefined) throw error;
      if (code !== 0) throw new Eau2Error("TASK_FAILED", `${name} ended with exit code ${code}`);
      const bytes = await eau2.store.get(await eau2.store.key(`${PREFIX}/result`));
      if (bytes === undefined) throw new Eau2Error("TASK_FAILED", `${name} ended without a result`);
      return JSON.parse(new TextDecoder().decode(bytes)) as Result;
    } finally {
      await eau2.close();
    }
  } finally {
    await cluster.close();
  }
};
