/** Queries from the side of who asks for them: plans go to the node, results stay in the cluster. */
import {
  type ExplainOptions,
  encodePlan,
  type Plan,
  type QueryExplained,
  type QueryOptions,
  type QueryResult,
  type QueryRunner,
  type RunOptions,
} from "@eau2/dataframe";
import type { KeyRecord } from "@eau2/protocol";
import { dropFrameJob } from "../jobs/drop-frame.js";
import { explainQueryJob, queryJob } from "../jobs/query/query-job.js";
import type { JobClient } from "./job-client.js";
import type { StoreClient } from "./store-client.js";

export class SessionQueries implements QueryRunner {
  constructor(
    private readonly store: StoreClient,
    private readonly jobs: JobClient,
  ) {}

  async run(plan: Plan, { name, ...options }: RunOptions): Promise<QueryResult> {
    const { result } = await this.jobs.run(queryJob, { plan: encodePlan(plan) }, this.#options(options));
    const { frame, elapsedMs } = result;
    if (name !== undefined) {
      try {
        await this.store.bind(name, frame);
      } catch (error) {
        await this.release(frame).catch(() => {});
        throw error;
      }
    }
    return { key: frame, report: { elapsedMs } };
  }

  async explain(plan: Plan, { analyze = false, ...options }: ExplainOptions): Promise<QueryExplained> {
    const args = { plan: encodePlan(plan), analyze };
    const { result } = await this.jobs.run(explainQueryJob, args, this.#options(options));
    const named = await this.store.catalog.list();
    const names = new Map(named.map(({ name, key }) => [key.name, name]));
    const stages = result.stages.map((stage) => {
      const { source } = stage;
      return source.kind === "frame"
        ? { ...stage, source: { ...source, name: names.get(source.frame) ?? null } }
        : stage;
    });
    return { ...result, stages };
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
