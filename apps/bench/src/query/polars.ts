/** The part of nodejs-polars that the questions need. Its own types come with the package, which is no dependency of ours. */

export interface PolarsExpression {
  alias(name: string): PolarsExpression;
  sum(): PolarsExpression;
  mean(): PolarsExpression;
  median(): PolarsExpression;
  std(): PolarsExpression;
  min(): PolarsExpression;
  max(): PolarsExpression;
  sort(options: { readonly descending: boolean }): PolarsExpression;
  head(length: number): PolarsExpression;
  pow(exponent: number): PolarsExpression;
  sub(other: PolarsExpression): PolarsExpression;
  gt(other: number): PolarsExpression;
  eq(other: number): PolarsExpression;
  and(other: PolarsExpression): PolarsExpression;
}

export interface PolarsLazyFrame {
  filter(predicate: PolarsExpression): PolarsLazyFrame;
  dropNulls(column: string): PolarsLazyFrame;
  select(...columns: PolarsExpression[]): PolarsLazyFrame;
  groupBy(keys: readonly string[]): { agg(...columns: PolarsExpression[]): PolarsLazyFrame };
  explode(column: string): PolarsLazyFrame;
  sort(options: { readonly by: readonly string[]; readonly nullsLast: boolean }): PolarsLazyFrame;
  collect(options: { readonly streaming: boolean }): Promise<PolarsFrame>;
}

export interface PolarsFrame {
  readonly height: number;
  lazy(): PolarsLazyFrame;
  getColumns(): PolarsSeries[];
}

interface PolarsSeries {
  slice(offset: number, length: number): { toArray(): (string | number | bigint | null)[] };
}

export interface Polars {
  readonly Utf8: unknown;
  readonly Int32: unknown;
  readonly Float64: unknown;
  col(name: string): PolarsExpression;
  len(): PolarsExpression;
  pearsonCorr(a: string, b: string): PolarsExpression;
  readCSV(path: string, options: { readonly schema: Readonly<Record<string, unknown>> }): PolarsFrame;
}
