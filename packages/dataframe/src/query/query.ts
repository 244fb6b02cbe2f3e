/**
 * A question about frames, as a program writes it: a plan that grows step by step, and what runs it. A query is checked as
 * it is written (names, types, constants), and computes nothing until one of its last methods asks for the result. It never
 * changes: every step is a new one.
 *
 * What steps throw: {@link Eau2Error} `COLUMN_UNKNOWN`, `TYPE_MISMATCH`, `USAGE`, `PLAN_INVALID` (too large). What running
 * throws: see {@link QueryRunner.run}.
 */

import { printExplained } from "../explain/print-explained.js";
import type { QueryExplained } from "../explain/stage-explained.js";
import type { Term } from "../expression/term.js";
import type { ChunkView, NameOf } from "../frame/chunk-view.js";
import type { DataFrame } from "../frame/data-frame.js";
import type { RowSeen } from "../frame/row-types.js";
import type { Plan, PlanColumn } from "../plan/plan.js";
import { planColumns } from "../plan/plan-columns.js";
import { bigintColumns } from "./bigint-columns.js";
import type { Flat, NewColumns, RowOfChoices, WithColumns } from "./column-terms.js";
import { type ColumnSummary, describeColumns } from "./describe.js";
import { GroupedQuery } from "./grouped-query.js";
import type { Ordering } from "./ordering.js";
import {
  allChunks,
  allColumns,
  allRows,
  filesOf,
  type QueryContext,
  queriesOf,
  type Result,
  resultOf,
} from "./query-results.js";
import type { ExplainOptions, QueryOptions, RunOptions, WriteReport } from "./query-runner.js";
import type { RowExprs } from "./row-exprs.js";
import type {
  Aggregated,
  CheckedGiven,
  CheckedOrder,
  Dropped,
  Exploded,
  GivenTerms,
  ListNameOf,
  NewNames,
  Renamed,
} from "./row-shapes.js";
import { checkedStep } from "./step.js";
import {
  aggregateStep,
  deriveStep,
  distinctStep,
  dropStep,
  filterStep,
  limitStep,
  namesOf,
  renameStep,
  sampleStep,
  selectStep,
  sortStep,
  unionStep,
} from "./steps.js";

/** An expression, or a column or an expression with a direction. */
type By = Term | Ordering;
type Condition<Row> = Term<boolean> | ((row: RowExprs<Row>) => Term<boolean>);

export class Query<Row = unknown> {
  /** Never there; it carries the type of rows. */
  declare readonly row?: Row | undefined;
  readonly #context: QueryContext;

  /** Made by frames, and by queries of themselves. */
  constructor(
    readonly plan: Plan,
    context: QueryContext,
  ) {
    this.#context = context;
  }

  /** The same query for code that takes any: names and types are checked as it is written. */
  get untyped(): Query {
    return this as unknown as Query;
  }

  get columnNames(): readonly string[] {
    return namesOf(this.plan);
  }

  /** Names and types of the result's columns. */
  get columnTypes(): readonly PlanColumn[] {
    return planColumns(this.plan);
  }

  /**
   * These columns, in this order: names, and new ones as in {@link derive}.
   * @example trips.select("carrier", (row) => ({ hours: row.delay.div(60) }))
   */
  select<const Choices extends readonly (NameOf<Row> | NewColumns<Row>)[]>(
    ...choices: Choices
  ): Query<Flat<RowOfChoices<Row, Choices>>> {
    return this.#with(selectStep(this.plan, choices));
  }

  /**
   * All columns and new ones; one of a name that is there takes its place.
   * @example trips.derive((row) => ({ speed: row.distance.div(row.hours) }))
   */
  derive<const Choices extends readonly NewColumns<Row>[]>(...choices: Choices): Query<WithColumns<Row, Choices>> {
    return this.#with(deriveStep(this.plan, choices));
  }

  /** @example trips.rename({ dep_delay: "delay" }) */
  rename<const Names extends NewNames<Row>>(names: Names): Query<Renamed<Row, Names>> {
    return this.#with(renameStep(this.plan, names));
  }

  /** All columns but these. */
  drop<const Names extends readonly NameOf<Row>[]>(...names: Names): Query<Dropped<Row, Names[number]>> {
    return this.#with(dropStep(this.plan, names));
  }

  /**
   * Rows for which all conditions are true: not false, and not null.
   * @example trips.filter((row) => row.delay.gt(15).and(row.carrier.isIn(["AA", "DL"])))
   */
  filter(...conditions: readonly Condition<Row>[]): Query<Row> {
    return this.#with(filterStep(this.plan, conditions));
  }

  /**
   * Groups of rows with the same keys; nulls are one group. Groups have no order that means anything: sort them.
   * @example trips.groupBy("carrier", (row) => ({ month: row.date.month() })).agg({ flights: count() })
   */
  groupBy<const Keys extends readonly (NameOf<Row> | NewColumns<Row>)[]>(...keys: Keys): GroupedQuery<Row, Keys> {
    return new GroupedQuery((terms) => this.#with(aggregateStep(this.plan, keys, terms)));
  }

  /** One row about all rows. */
  agg<const Given extends GivenTerms<Row>>(terms: Given & CheckedGiven<Row, Given>): Query<Aggregated<Row, [], Given>> {
    return this.#with(aggregateStep(this.plan, [], terms));
  }

  /**
   * Stable. A name alone is ascending; nulls come last in both directions unless asked.
   * @example trips.sort(desc("delay", { nullsFirst: true }), "carrier", (row) => row.origin.lower())
   */
  sort<const Order extends readonly (NameOf<Row> | By | ((row: RowExprs<Row>) => By))[]>(
    ...by: Order & CheckedOrder<Row, Order>
  ): Query<Row> {
    return this.#with(sortStep(this.plan, by, null));
  }

  /** The first `count` rows in that order; costs less than sorting all. */
  top<const Order extends readonly (NameOf<Row> | By | ((row: RowExprs<Row>) => By))[]>(
    count: number,
    ...by: Order & CheckedOrder<Row, Order>
  ): Query<Row> {
    return this.#with(sortStep(this.plan, by, count));
  }

  /** The first row of each set of equal values in these columns; without names, in all columns. */
  distinct(...names: readonly NameOf<Row>[]): Query<Row> {
    return this.#with(distinctStep(this.plan, names));
  }

  /** @param options - `offset`: rows that are left out before. @defaultValue 0 */
  limit(count: number, { offset = 0 }: { readonly offset?: number } = {}): Query<Row> {
    return this.#with(limitStep(this.plan, count, offset));
  }

  /** The rows of this, then those of the others, which have the same columns. */
  union(...others: readonly Query<Row>[]): Query<Row> {
    return this.#with(unionStep([this.plan, ...others.map(({ plan }) => plan)]));
  }

  /** A row for each element of a list; none for null or an empty list. */
  explode<const Name extends ListNameOf<Row>>(name: Name): Query<Exploded<Row, Name>> {
    return this.#with({ kind: "explode", input: this.plan, column: name });
  }

  /**
   * Each row with probability `fraction`; which ones depends on the seed and the position of the row alone.
   * @param fraction - 0 to 1
   */
  sample(fraction: number, { seed = 0 }: { readonly seed?: number } = {}): Query<Row> {
    return this.#with(sampleStep(this.plan, fraction, seed));
  }

  /** All rows, as objects. */
  async collect(options: QueryOptions = {}): Promise<RowSeen<Row>[]> {
    return this.#reading(options, (frame) => allRows(frame, options));
  }

  /** All values, an array for each column. */
  async columns(options: QueryOptions = {}): Promise<{ readonly [Name in keyof RowSeen<Row>]: RowSeen<Row>[Name][] }> {
    return this.#reading(options, (frame) => allColumns(frame, options)) as Promise<never>;
  }

  /** The rows chunk by chunk: the next is fetched when it is asked for, and what is left is dropped when the loop ends. */
  async *batches(options: QueryOptions = {}): AsyncGenerator<ChunkView<Row>, void, undefined> {
    yield* allChunks(await this.result(options), options);
  }

  /** Numbers about each column: how many values, their mean, quartiles, least and greatest. */
  describe(options: QueryOptions = {}): Promise<ColumnSummary[]> {
    return describeColumns(this.untyped, options);
  }

  /** The result as a frame that stays in the cluster, under no name. */
  async frame(options: QueryOptions = {}): Promise<DataFrame<Row>> {
    return (await this.result(options)).frame;
  }

  /** The result as a frame of that name. @throws {@link Eau2Error} `FRAME_EXISTS` */
  async save(name: string, options: QueryOptions = {}): Promise<DataFrame<Row>> {
    return (await resultOf<Row>(this.plan, this.#context, { ...options, name })).frame;
  }

  /** Writes the result to a file, whose ending says how: `flights.csv`. */
  async write(path: string, options: QueryOptions = {}): Promise<WriteReport> {
    const files = filesOf(this.#context.source);
    return this.#reading(options, ({ untyped }) => {
      const rows = { schema: untyped.schema, rowCount: untyped.nrows, chunks: () => untyped.chunks() };
      return files.write(path, rows, options);
    });
  }

  /** How it would run, with estimates, for people; `analyze`: runs it, and says what was read, computed and sent. */
  async explain(options: ExplainOptions = {}): Promise<string> {
    return printExplained(await this.explained(options));
  }

  /** What {@link explain} prints, for programs. */
  async explained(options: ExplainOptions = {}): Promise<QueryExplained> {
    return queriesOf(this.#context.source).explain(this.plan, options);
  }

  /** Runs it; frames have their result already. */
  protected result(options: RunOptions): Promise<Result<Row>> {
    return resultOf(this.plan, this.#context, options);
  }

  async #reading<T>(options: QueryOptions, read: (frame: DataFrame<Row>) => Promise<T>): Promise<T> {
    const { frame, release } = await this.result(options);
    try {
      return await read(frame);
    } finally {
      await release();
    }
  }

  #with<NewRow>(step: Plan): Query<NewRow> {
    const plan = checkedStep(step);
    return new Query(plan, { ...this.#context, bigints: bigintColumns(plan, this.#context.bigints) });
  }
}
