/** Runs a plan: its result is a frame whose chunks lie where they were finished. Or says how it would, or did, run. */
import {
  decodePlan,
  type FrameRecord,
  planColumns,
  QueryExplained,
  rewritePlan,
  type Stage,
  stageOf,
} from "@eau2/dataframe";
import { KeyRecord } from "@eau2/protocol";
import { z } from "zod";
import { defineJob, type JobContext } from "../job.js";
import { putRecord } from "../load-frame.js";
import { workPrefix } from "../split-runs.js";
import { explainStage } from "./explain-plan.js";
import { type QueryJobOptions, QueryWork } from "./query-work.js";
import { runStage } from "./run-stage.js";
import { dropStageFrame, type StageFrame } from "./stage-frame.js";

/** An encoded plan. */
const EncodedPlan = z.instanceof(Uint8Array);

export const QueryJobArgs = z.strictObject({
  plan: EncodedPlan,
  /** Floats are added as they come: only for measuring what sameness costs. */
  plainSums: z.boolean().default(false),
});

export const QueryJobResult = z.strictObject({ frame: KeyRecord, elapsedMs: z.number() });

/** Plans come from anybody: names and types are checked before they are relied on. */
const lastStage = (bytes: Uint8Array): Stage => {
  const plan = decodePlan(bytes);
  planColumns(plan);
  return stageOf(rewritePlan(plan));
};

/** Runs a plan, and keeps of what it made only what `keep` wants: whatever happens, nothing else is left. */
const run = async <T>(
  plan: Uint8Array,
  options: QueryJobOptions,
  context: JobContext,
  keep: (result: StageFrame, work: QueryWork) => Promise<{ readonly value: T; readonly kept: FrameRecord | undefined }>,
): Promise<T> => {
  const work = new QueryWork(context, options);
  const needed = new Set<string>();
  try {
    const result = await runStage(lastStage(plan), work);
    try {
      const { value, kept } = await keep(result, work);
      for (const dictionary of kept?.dictionaries ?? []) if (dictionary !== null) needed.add(dictionary.key.name);
      if (kept === undefined) await dropStageFrame(result, context);
      return value;
    } catch (error) {
      await dropStageFrame(result, context);
      throw error;
    }
  } finally {
    const gone = work.dictionaries.filter(({ name }) => !needed.has(name));
    await Promise.allSettled([
      context.store.drop(workPrefix(context)),
      ...gone.map(({ name }) => context.store.drop(name)),
    ]);
  }
};

export const queryJob = defineJob({
  name: "query.run",
  args: QueryJobArgs,
  result: QueryJobResult,
  run: async ({ plan, plainSums }, context) => {
    const startMs = context.clock.now();
    return run(plan, { plainSums, explains: false }, context, async ({ record }) => {
      const frame = await putRecord(record, context);
      // Whoever has gone meanwhile will not drop it.
      context.signal.throwIfAborted();
      return { value: { frame, elapsedMs: context.clock.now() - startMs }, kept: record };
    });
  },
});

export const explainQueryJob = defineJob({
  name: "query.explain",
  args: z.strictObject({ plan: EncodedPlan, analyze: z.boolean() }),
  result: QueryExplained,
  run: async ({ plan, analyze }, context): Promise<QueryExplained> => {
    const startMs = context.clock.now();
    const options = { plainSums: false, explains: true };
    if (!analyze) {
      const work = new QueryWork(context, options);
      await explainStage(lastStage(plan), work);
      return { stages: [...work.stages], elapsedMs: null };
    }
    return run(plan, options, context, async (_, { stages }) => {
      const value = { stages: [...stages], elapsedMs: context.clock.now() - startMs };
      return { value, kept: undefined };
    });
  },
});
