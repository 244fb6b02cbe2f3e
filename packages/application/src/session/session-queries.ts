/** Queries from the side of who asks for them: plans go to the node, results stay in the cluster. */
import {
  encodePlan,
  type Plan,
  type QueryOptions,
  type QueryResult,
  type QueryRunner,
  type RunOptions,
} from "@eau2/dataframe";
import { Eau2Error, type KeyRecord } from "@eau2/protocol";
import { dropFrameJob } from "../jobs/drop-frame.js";
import { queryJob } from "../jobs/query/query-job.js";
import type { JobClient } from "./job-client.js";
import type { StoreClient } from "./store-client.js";

export class SessionQueries implements QueryRunner {
  constructor(
    private readonly store: StoreClient,
    private readonly jobs: JobClient,
  ) {}

  async run(plan: Plan, { name, ...options }: RunOptions): Promise<QueryResult> {
    const { result } = await this.jobs.run(queryJob, { plan: encodePlan(plan) }, this.#options(options));
    const { frame, elapsedMs, stages } = result;
    if (name !== undefined) {
      try {
        await this.store.bind(name, frame);
      } catch (error) {
        await this.release(frame).catch(() => {});
        throw error;
      }
    }
    return { key: frame, report: { elapsedMs, stages } };
  }

  async explain(_plan: Plan, _options: QueryOptions & { readonly analyze: boolean }): Promise<string> {
    throw new Eau2Error("USAGE", "explain is not there yet");
  }

  async release(result: KeyRecord): Promise<void> {
    await this.jobs.run(dropFrameJob, { frame: result });
  }

  #options({ signal, timeoutMs, onProgress }: QueryOptions) {
    return {
      signal,
      timeoutMs: timeoutMs ?? null,
      onProgress:
        onProgress &&
        (({ done, total }: { done: number; total: number }) => onProgress({ tasksDone: done, taskCount: total })),
    };
  }
}
