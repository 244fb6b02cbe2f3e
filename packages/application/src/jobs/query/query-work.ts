/** What the stages of one query share: its options, names for intermediate values, and how far it is. */
import type { FrameRecord, Stage, StageReport } from "@eau2/dataframe";
import type { Key } from "@eau2/kvstore";
import type { JobContext } from "../job.js";
import { workPrefix } from "../split-runs.js";
import { sourceColumns } from "./stage-reader.js";

export interface QueryJobOptions {
  /** Floats are added as they come: only for measuring what sameness costs. */
  readonly plainSums: boolean;
}

export class QueryWork {
  #scopes = 0;
  #tasksDone = 0;
  #taskCount = 0;
  #tasksReported = 0;
  readonly stages: StageReport[] = [];
  readonly dictionaries: Key[] = [];
  readonly #made = new Map<string, Promise<unknown>>();

  constructor(
    readonly context: JobContext,
    readonly options: QueryJobOptions,
  ) {}

  /** A prefix for values that live as long as the query. */
  scope(kind: string): string {
    return `${workPrefix(this.context)}/${kind}${this.#scopes++}`;
  }

  /** A dictionary that this query made: dropped in the end if the result does not refer to it. */
  ownsDictionary(key: Key): void {
    this.dictionaries.push(key);
  }

  /** So many more tasks are known. @returns what is called when one is done. */
  phase(taskCount: number): () => void {
    this.#taskCount += taskCount;
    return () => {
      this.#tasksDone++;
      this.context.progress({ phase: "query", done: this.#tasksDone, total: this.#taskCount });
    };
  }

  /** What `make` gives, made once for each key. */
  once<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#made.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.#made.set(key, made);
    return made;
  }

  /** Notes what a stage was in the end. */
  report(stage: Stage, rowsIn: number, { rowCount, bytes }: FrameRecord, elapsedMs: number): void {
    const taskCount = this.#taskCount - this.#tasksReported;
    this.#tasksReported = this.#taskCount;
    this.stages.push({ name: nameOf(stage), taskCount, rowsIn, rowsOut: rowCount, bytesOut: bytes, elapsedMs });
  }

  columnsOf(stage: Stage): Stage["output"] {
    return sourceColumns(stage);
  }
}

const nameOf = ({ steps, sink }: Stage): string => [...steps.map(({ kind }) => kind), sink.kind].join(", ");
