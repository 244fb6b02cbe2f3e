import type { KeyRecord } from "@eau2/protocol";
import type { QueryExplained } from "../../src/explain/stage-explained.js";
import type { DataFrame } from "../../src/frame/data-frame.js";
import type { Plan } from "../../src/plan/plan.js";
import type { ExplainOptions, QueryResult, QueryRunner, RunOptions } from "../../src/query/query-runner.js";
import { MemoryFrameStore } from "./memory-frame-store.js";

/** Answers every plan with a frame that a test has prepared, and remembers what it was asked. */
export class PreparedQueries implements QueryRunner {
  readonly ran: { readonly plan: Plan; readonly options: RunOptions }[] = [];
  readonly explained: { readonly plan: Plan; readonly analyze: boolean }[] = [];
  readonly released: KeyRecord[] = [];
  /** Releases fail with it. */
  releaseError: Error | undefined;

  /** @param isAtHand - whether results come with their record. */
  constructor(
    private readonly answer: (plan: Plan) => Promise<DataFrame>,
    private readonly isAtHand = true,
  ) {}

  async run(plan: Plan, options: RunOptions): Promise<QueryResult> {
    this.ran.push({ plan, options });
    const { key, record } = await this.answer(plan);
    options.onProgress?.({ tasksDone: 1, taskCount: 1 });
    return { key, record: this.isAtHand ? record : undefined, report: { elapsedMs: 0 } };
  }

  async explain(plan: Plan, { analyze = false }: ExplainOptions): Promise<QueryExplained> {
    this.explained.push({ plan, analyze });
    return { stages: [], elapsedMs: analyze ? 12 : null };
  }

  async release(result: KeyRecord): Promise<void> {
    this.released.push(result);
    if (this.releaseError !== undefined) throw this.releaseError;
  }
}

/** A store that runs queries, of a sort. */
export const storeWithQueries = <Queries extends QueryRunner>(
  queries: Queries,
): MemoryFrameStore & { readonly queries: Queries } => Object.assign(new MemoryFrameStore(), { queries });
