/** What random queries may contain. */
export interface Dialect {
  /** Bytes that are no UTF-8, and letters whose case no two programs agree on. */
  readonly anyText: boolean;
  /** Dates of which text has a sign or more than four digits. */
  readonly anyDate: boolean;
  /** Floats so large or small that sums of their squares lose everything. */
  readonly anyFloat: boolean;
}

/** All that has one meaning by our rules. */
export const EVERYTHING: Dialect = { anyText: true, anyDate: true, anyFloat: true };

/** What DuckDB holds and means as we do. */
export const DUCKDB: Dialect = { anyText: false, anyDate: false, anyFloat: false };
