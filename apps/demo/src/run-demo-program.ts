/** Runs a program of the demo on a cluster, and takes its result out of the store. */
import { readFileSync } from "node:fs";
import type { Eau2 } from "@eau2/application";
import { Eau2Error } from "@eau2/protocol";
import type { ClusterOptions } from "./cluster.js";
import { readResult } from "./programs/result.js";

/** Flags of the commands that run a program on nodes of their own. */
export interface ProgramFlags {
  readonly nodes: number;
  readonly shards: number;
  /** Memory of each node for values, like "2GB". */
  readonly memory?: string | undefined;
  /** Of each program, like "2GB". */
  readonly programMemory?: string | undefined;
  readonly signal: AbortSignal;
}

/** What is under this prefix is the program's own: nobody else is in its cluster. */
export const PREFIX = "demo";

export const programCluster = ({ nodes, shards, memory, programMemory, signal }: ProgramFlags): ClusterOptions => {
  const nodeFlags = ["--allow-run"];
  if (memory !== undefined) nodeFlags.push("--memory", memory);
  if (programMemory !== undefined) nodeFlags.push("--program-memory", programMemory);
  return { nodes, shards, dataRoots: [], nodeFlags, signal };
};

/**
 * @param name - of the program among those that are built with the demo.
 * @returns what the program has put as its result under {@link PREFIX}. @throws its failure
 */
export const runDemoProgram = async <Result>(
  eau2: Eau2,
  name: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Result> => {
  const module = readFileSync(new URL(`./programs/${name}.js`, import.meta.url));
  const { error, code } = await eau2.runProgram(module, {
    name,
    args,
    signal,
    onOutput: ({ node, text }) => void process.stderr.write(`[${node}] ${text}\n`),
  });
  if (error !== undefined) throw error;
  if (code !== 0) throw new Eau2Error("TASK_FAILED", `${name} ended with exit code ${code}`);
  const result = await readResult(eau2.store, PREFIX);
  if (result === undefined) throw new Eau2Error("TASK_FAILED", `${name} ended without a result`);
  return result as Result;
};
