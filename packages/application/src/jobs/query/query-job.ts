/** Runs a plan: its result is a frame whose chunks lie where they were finished. */
import { decodePlan, rewritePlan, stageOf } from "@eau2/dataframe";
import { KeyRecord } from "@eau2/protocol";
import { z } from "zod";
import { defineJob } from "../job.js";
import { putRecord } from "../load-frame.js";
import { workPrefix } from "../split-runs.js";
import { QueryWork } from "./query-work.js";
import { runStage } from "./run-stage.js";

export const QueryJobArgs = z.strictObject({
  /** An encoded plan. */
  plan: z.instanceof(Uint8Array),
  /** Floats are added as they come: only for measuring what sameness costs. */
  plainSums: z.boolean().default(false),
});

const StageReportRecord = z.strictObject({
  name: z.string(),
  taskCount: z.number(),
  rowsIn: z.number(),
  rowsOut: z.number(),
  bytesOut: z.number(),
  elapsedMs: z.number(),
});

export const QueryJobResult = z.strictObject({
  frame: KeyRecord,
  elapsedMs: z.number(),
  stages: z.array(StageReportRecord),
});

export const queryJob = defineJob({
  name: "query.run",
  args: QueryJobArgs,
  result: QueryJobResult,
  run: async ({ plan, plainSums }, context) => {
    const startMs = context.clock.now();
    const work = new QueryWork(context, { plainSums });
    const kept = new Set<string>();
    try {
      const { record } = await runStage(stageOf(rewritePlan(decodePlan(plan))), work);
      const frame = await putRecord(record, context);
      for (const dictionary of record.dictionaries) if (dictionary !== null) kept.add(dictionary.key.name);
      return { frame, elapsedMs: context.clock.now() - startMs, stages: work.stages };
    } finally {
      const gone = work.dictionaries.filter(({ name }) => !kept.has(name));
      await Promise.allSettled([
        context.store.drop(workPrefix(context)),
        ...gone.map(({ name }) => context.store.drop(name)),
      ]);
    }
  },
});
