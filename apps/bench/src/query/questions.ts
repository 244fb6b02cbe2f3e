/**
 * What is asked of the table of {@link G1Table}: the ten questions of db-benchmark's group-by task, sorts and a scan; in
 * the words of each engine, as a user of it would write them.
 */
import { corr, count, max, mean, median, min, stddev, sum, top } from "@eau2/dataframe";
import type { AnswerShape } from "./answer-digest.js";
import type { G1Query } from "./g1-frame.js";
import type { Polars, PolarsExpression, PolarsLazyFrame } from "./polars.js";

export interface Question extends AnswerShape {
  readonly name: string;
  readonly text: string;
  readonly eau2: G1Query;
  /** Of the table x. */
  readonly sql: string;
  readonly polars: (pl: Polars, x: PolarsLazyFrame) => PolarsLazyFrame;
  /** Columns behind the key that are sums: in Polars the sum of no values is 0. */
  readonly sums?: readonly number[];
}

const sums = (pl: Polars, ...columns: string[]): PolarsExpression[] => columns.map((name) => pl.col(name).sum());
const means = (pl: Polars, ...columns: string[]): PolarsExpression[] => columns.map((name) => pl.col(name).mean());

const ALL_IDS = ["id1", "id2", "id3", "id4", "id5", "id6"];

export const GROUP_BY_QUESTIONS: readonly Question[] = [
  {
    name: "q1",
    text: "sum v1 by id1",
    keyCount: 1,
    sums: [0],
    eau2: (x) => x.groupBy("id1").agg({ v1: sum("v1") }),
    sql: "SELECT id1, sum(v1) AS v1 FROM x GROUP BY id1",
    polars: (pl, x) => x.groupBy(["id1"]).agg(...sums(pl, "v1")),
  },
  {
    name: "q2",
    text: "sum v1 by id1, id2",
    keyCount: 2,
    sums: [0],
    eau2: (x) => x.groupBy("id1", "id2").agg({ v1: sum("v1") }),
    sql: "SELECT id1, id2, sum(v1) AS v1 FROM x GROUP BY id1, id2",
    polars: (pl, x) => x.groupBy(["id1", "id2"]).agg(...sums(pl, "v1")),
  },
  {
    name: "q3",
    text: "sum v1, mean v3 by id3",
    keyCount: 1,
    sums: [0],
    eau2: (x) => x.groupBy("id3").agg({ v1: sum("v1"), v3: mean("v3") }),
    sql: "SELECT id3, sum(v1) AS v1, avg(v3) AS v3 FROM x GROUP BY id3",
    polars: (pl, x) => x.groupBy(["id3"]).agg(...sums(pl, "v1"), ...means(pl, "v3")),
  },
  {
    name: "q4",
    text: "mean v1, v2, v3 by id4",
    keyCount: 1,
    eau2: (x) => x.groupBy("id4").agg({ v1: mean("v1"), v2: mean("v2"), v3: mean("v3") }),
    sql: "SELECT id4, avg(v1) AS v1, avg(v2) AS v2, avg(v3) AS v3 FROM x GROUP BY id4",
    polars: (pl, x) => x.groupBy(["id4"]).agg(...means(pl, "v1", "v2", "v3")),
  },
  {
    name: "q5",
    text: "sum v1, v2, v3 by id6",
    keyCount: 1,
    sums: [0, 1, 2],
    eau2: (x) => x.groupBy("id6").agg({ v1: sum("v1"), v2: sum("v2"), v3: sum("v3") }),
    sql: "SELECT id6, sum(v1) AS v1, sum(v2) AS v2, sum(v3) AS v3 FROM x GROUP BY id6",
    polars: (pl, x) => x.groupBy(["id6"]).agg(...sums(pl, "v1", "v2", "v3")),
  },
  {
    name: "q6",
    text: "median v3, sd v3 by id4, id5",
    keyCount: 2,
    eau2: (x) => x.groupBy("id4", "id5").agg({ median_v3: median("v3"), sd_v3: stddev("v3") }),
    sql: "SELECT id4, id5, quantile_cont(v3, 0.5) AS median_v3, stddev(v3) AS sd_v3 FROM x GROUP BY id4, id5",
    polars: (pl, x) =>
      x.groupBy(["id4", "id5"]).agg(pl.col("v3").median().alias("median_v3"), pl.col("v3").std().alias("sd_v3")),
  },
  {
    name: "q7",
    text: "max v1 - min v2 by id3",
    keyCount: 1,
    eau2: (x) =>
      x
        .groupBy("id3")
        .agg({ most: max("v1"), least: min("v2") })
        .select("id3", (row) => ({ range_v1_v2: row.most.sub(row.least) })),
    sql: "SELECT id3, max(v1) - min(v2) AS range_v1_v2 FROM x GROUP BY id3",
    polars: (pl, x) => x.groupBy(["id3"]).agg(pl.col("v1").max().sub(pl.col("v2").min()).alias("range_v1_v2")),
  },
  {
    name: "q8",
    text: "largest two v3 by id6",
    // One row for each value, and the values are of the table: equal to the last bit.
    keyCount: 2,
    eau2: (x) =>
      x
        .groupBy("id6")
        .agg({ largest2_v3: top("v3", 2) })
        .explode("largest2_v3"),
    sql: "SELECT id6, unnest(max(v3, 2)) AS largest2_v3 FROM x WHERE v3 IS NOT NULL GROUP BY id6",
    polars: (pl, x) =>
      x
        .dropNulls("v3")
        .groupBy(["id6"])
        .agg(pl.col("v3").sort({ descending: true }).head(2).alias("largest2_v3"))
        .explode("largest2_v3"),
  },
  {
    name: "q9",
    text: "corr(v1, v2)^2 by id2, id4",
    keyCount: 2,
    eau2: (x) =>
      x
        .groupBy("id2", "id4")
        .agg({ r: corr("v1", "v2") })
        .select("id2", "id4", (row) => ({ r2: row.r.mul(row.r) })),
    sql: "SELECT id2, id4, pow(corr(v1, v2), 2) AS r2 FROM x GROUP BY id2, id4",
    polars: (pl, x) => x.groupBy(["id2", "id4"]).agg(pl.pearsonCorr("v1", "v2").pow(2).alias("r2")),
  },
  {
    name: "q10",
    text: "sum v3, count by id1 to id6",
    keyCount: 6,
    sums: [0],
    eau2: (x) => x.groupBy("id1", "id2", "id3", "id4", "id5", "id6").agg({ v3: sum("v3"), count: count() }),
    sql: `SELECT ${ALL_IDS.join(", ")}, sum(v3) AS v3, count(*) AS count FROM x GROUP BY ${ALL_IDS.join(", ")}`,
    polars: (pl, x) => x.groupBy(ALL_IDS).agg(...sums(pl, "v3"), pl.len().alias("count")),
  },
];

export const SORT_QUESTIONS: readonly Question[] = [
  {
    name: "sort by v3",
    text: "all rows by a float column",
    keyCount: 9,
    sortedBy: 8,
    eau2: (x) => x.sort("v3"),
    sql: "SELECT * FROM x ORDER BY v3",
    polars: (_, x) => x.sort({ by: ["v3"], nullsLast: true }),
  },
  {
    name: "sort by id3",
    text: "all rows by a string column",
    keyCount: 9,
    sortedBy: 2,
    eau2: (x) => x.sort("id3"),
    sql: "SELECT * FROM x ORDER BY id3",
    polars: (_, x) => x.sort({ by: ["id3"], nullsLast: true }),
  },
];

export const SCAN_QUESTIONS: readonly Question[] = [
  {
    name: "scan",
    text: "sum v3 where v3 > 50 and v1 = 3",
    keyCount: 0,
    sums: [0],
    eau2: (x) => x.filter((row) => row.v3.gt(50).and(row.v1.eq(3))).agg({ v3: sum("v3") }),
    sql: "SELECT sum(v3) AS v3 FROM x WHERE v3 > 50 AND v1 = 3",
    polars: (pl, x) => x.filter(pl.col("v3").gt(50).and(pl.col("v1").eq(3))).select(pl.col("v3").sum()),
  },
];

/** The whole table as loaded. */
export const TABLE: AnswerShape = { keyCount: 9 };

const ALL_QUESTIONS = [...GROUP_BY_QUESTIONS, ...SORT_QUESTIONS, ...SCAN_QUESTIONS];

export const questionNamed = (name: string): Question => {
  const question = ALL_QUESTIONS.find((candidate) => candidate.name === name);
  if (question === undefined) throw new Error(`invariant: there is no question ${name}`);
  return question;
};
