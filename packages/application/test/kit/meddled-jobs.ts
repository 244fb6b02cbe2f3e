import type { JobContext } from "../../src/jobs/job.js";
import type { AnyJob } from "../../src/node/job-runner.js";
import { standardJobs } from "../../src/tasks/standard.js";

export interface Meddling {
  /** Called before each task of a job, with how many there have been. */
  beforeTask?(count: number, name: string, context: JobContext): void | Promise<void>;
}

/** The standard jobs, with something happening at a certain step: what would otherwise take luck. */
export const meddledJobs = (meddling: Meddling): ReadonlyMap<string, AnyJob> =>
  new Map(
    [...standardJobs].map(([name, job]) => {
      const run: AnyJob["run"] = (args, context) => {
        let count = 0;
        const runTask: JobContext["runTask"] = async (nodeId, task) => {
          await meddling.beforeTask?.(count++, task.name, context);
          return context.runTask(nodeId, task);
        };
        return job.run(args, { ...context, runTask });
      };
      return [name, { ...job, run }];
    }),
  );
