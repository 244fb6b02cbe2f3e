/** The table of {@link G1Table} as eau2 declares it. */
import { type DataFrame, float64, int64, type Query, type RowOf, schema, utf8 } from "@eau2/dataframe";

export const G1_SCHEMA = schema({
  id1: utf8,
  id2: utf8,
  id3: utf8,
  id4: int64,
  id5: int64,
  id6: int64,
  v1: int64,
  v2: int64,
  v3: float64,
});

export type G1Frame = DataFrame<RowOf<typeof G1_SCHEMA>>;

/** A question about it, with an answer of any columns. */
export type G1Query = (x: G1Frame) => { readonly untyped: Query };
