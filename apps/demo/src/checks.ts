/** `pnpm demo trivial` and `pnpm demo summarizer`: programs that check themselves. */
import { type ProgramAppOptions, runProgramApp } from "./program-app.js";

export interface CheckOptions extends ProgramAppOptions {
  readonly json: boolean;
}

export const runCheck = async (app: "trivial" | "summarizer", options: CheckOptions): Promise<void> => {
  const startMs = performance.now();
  const { ok, sum } = await runProgramApp<{ readonly ok: boolean; readonly sum: number }>(app, options);
  const ms = Math.round(performance.now() - startMs);
  const { nodes, shards } = options;
  if (options.json) process.stdout.write(`${JSON.stringify({ app, nodes, shards, ok, sum, ms })}\n`);
  else {
    const on = `${nodes} ${nodes === 1 ? "node" : "nodes"} of ${shards} ${shards === 1 ? "shard" : "shards"}`;
    process.stdout.write(
      `${app} on ${on}: ${ok ? "SUCCESS" : "FAILURE"}, sum ${sum.toLocaleString("en-US")}, ${ms} ms\n`,
    );
  }
  if (!ok) process.exitCode = 1;
};
