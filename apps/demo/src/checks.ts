/** `pnpm demo trivial` and `pnpm demo summarizer`: programs that check themselves. */
import { onOwnCluster } from "./cluster.js";
import { printCheckArgs } from "./programs/check-args.js";
import { PREFIX, type ProgramFlags, programCluster, runDemoProgram } from "./run-demo-program.js";

export interface CheckFlags extends ProgramFlags {
  readonly chunkRows?: number | undefined;
  readonly json: boolean;
}

interface CheckResult {
  readonly ok: boolean;
  readonly sum: number;
}

export const runCheck = async (app: "trivial" | "summarizer", flags: CheckFlags): Promise<void> => {
  const startMs = performance.now();
  const args = printCheckArgs({ prefix: PREFIX, chunkRows: flags.chunkRows });
  const { ok, sum } = await onOwnCluster(programCluster(flags), (eau2) =>
    runDemoProgram<CheckResult>(eau2, app, args, flags.signal),
  );
  const ms = Math.round(performance.now() - startMs);
  const { nodes, shards } = flags;
  if (flags.json) process.stdout.write(`${JSON.stringify({ app, nodes, shards, ok, sum, ms })}\n`);
  else {
    const on = `${nodes} ${nodes === 1 ? "node" : "nodes"} of ${shards} ${shards === 1 ? "shard" : "shards"}`;
    process.stdout.write(
      `${app} on ${on}: ${ok ? "SUCCESS" : "FAILURE"}, sum ${sum.toLocaleString("en-US")}, ${ms} ms\n`,
    );
  }
  if (!ok) process.exitCode = 1;
};
