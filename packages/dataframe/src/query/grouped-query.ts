import type { Query } from "./query.js";
import type { Aggregated, AggregateTerms, CheckedGiven, GivenTerms } from "./row-shapes.js";

/** Rows that are to be grouped: {@link agg} says what is wanted of each group. */
export class GroupedQuery<Row, Keys extends readonly unknown[]> {
  /** @param aggregated - the query for some aggregates; handed in, because it is made of what a query keeps to itself. */
  constructor(private readonly aggregated: (terms: AggregateTerms | ((row: never) => AggregateTerms)) => unknown) {}

  /**
   * One row a group: its keys, then the aggregates, in the order in which they are given.
   * @throws {@link Eau2Error} `COLUMN_UNKNOWN`, `TYPE_MISMATCH`, `USAGE`
   * @example trips.groupBy("carrier").agg({ flights: count(), delay: mean("delay") })
   * @example trips.groupBy("carrier").agg((row) => ({ late: mean(row.delay.sub(15)) }))
   */
  agg<const Given extends GivenTerms<Row>>(
    terms: Given & CheckedGiven<Row, Given>,
  ): Query<Aggregated<Row, Keys, Given>> {
    return this.aggregated(terms) as Query<Aggregated<Row, Keys, Given>>;
  }
}
