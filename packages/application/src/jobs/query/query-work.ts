/** What the stages of one query share: its options, names for intermediate values, how far it is, and what is to be told of it. */
import type { FrameRecord, Stage, StageExplained } from "@eau2/dataframe";
import type { Key } from "@eau2/kvstore";
import type { JobContext, JobShard } from "../job.js";
import { workPrefix } from "../split-runs.js";
import { type Described, StageDescriptions } from "./describe-stage.js";
import { sinkColumns } from "./sink-expressions.js";
import { type StageInput, stageInput } from "./stage-input.js";
import { sourceColumns } from "./stage-reader.js";
import { TaskMeter } from "./task-meter.js";

export interface QueryJobOptions {
  /** Floats are added as they come: only for measuring what sameness costs. */
  readonly plainSums: boolean;
  /** Stages are described. */
  readonly explains: boolean;
}

export class QueryWork {
  #scopes = 0;
  #tasksDone = 0;
  #taskCount = 0;
  readonly dictionaries: Key[] = [];
  readonly #made = new Map<string, Promise<unknown>>();
  readonly #meter: TaskMeter;
  readonly #descriptions: StageDescriptions;

  constructor(
    readonly context: JobContext,
    readonly options: QueryJobOptions,
  ) {
    this.#meter = new TaskMeter(context.clock);
    this.#descriptions = new StageDescriptions(options);
  }

  /** The stages so far, in the order in which they ran; none unless they are described. */
  get stages(): readonly StageExplained[] {
    return this.#descriptions.stages;
  }

  /** A prefix for values that live as long as the query. */
  scope(kind: string): string {
    return `${workPrefix(this.context)}/${kind}${this.#scopes++}`;
  }

  /** What a stage reads. */
  input(stage: Stage, record: FrameRecord): Promise<StageInput> {
    const columns = this.options.explains ? sourceColumns(stage).map(({ name }) => name) : [];
    return stageInput(stage, record, [...sinkColumns(stage), ...columns], this);
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

  taskDone(shard: JobShard, name: string, outputBytes: readonly number[]): void {
    this.#meter.taskDone(shard, name, outputBytes);
  }

  /**
   * A stage has run; everything since the one before was its work.
   * @param asPlanned - the stage of the plan. @param asRun - the same, or what was made of it.
   * @param spelled - the stage whose result was made anew, with its text spelled out.
   */
  finished(asPlanned: Described, asRun: Described, result: FrameRecord, spelled?: Stage): void {
    if (!this.options.explains) return;
    this.#descriptions.add(asPlanned, asRun, this.#meter.take(result), spelled);
  }

  /** A stage that is not run, of a frame that is there. */
  planned(stage: Described): void {
    this.#descriptions.add(stage, stage, null);
  }

  /** A stage that is not run, of stages that are not run either. */
  plannedUnseen(stage: Stage): void {
    this.#descriptions.addUnseen(stage);
  }

  columnsOf(stage: Stage): Stage["output"] {
    return sourceColumns(stage);
  }
}
