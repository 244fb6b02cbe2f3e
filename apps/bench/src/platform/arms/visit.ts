/** Visits of a float column, embedded: chunks and rows through a frame, and the plain loop over the same values. */
import { type Eau2, open } from "@eau2/application";
import { DataFrame, float64, schema } from "@eau2/dataframe";
import { serveParent } from "../child.js";
import { SHARD_COUNT } from "../shard-count.js";

const Numbers = schema({ x: float64 });
/** Different enough that no column is constant, and exact, so that all sums are equal. */
const valueAt = (row: number): number => ((row * 7_919) % 1_000_003) / 8;

interface State {
  readonly eau2: Eau2;
  readonly values: Float64Array;
  readonly frame: DataFrame<{ readonly x: number | null }>;
}

let state: State | undefined;

const sum = (values: Float64Array): number => {
  let total = 0;
  for (let row = 0; row < values.length; row++) total += values[row]!;
  return total;
};

class Sum {
  // A fraction from the start: the field stays a double.
  total = 0.5;

  visit(row: { readonly x: number | null }): void {
    this.total += row.x!;
  }
}

const timed = async (visit: (state: State) => number | Promise<number>) => {
  const startMs = performance.now();
  const total = await visit(state!);
  return { ms: performance.now() - startMs, total };
};

const handlers = {
  start: async ({ rows }: { rows: number }) => {
    const eau2 = await open({ shards: SHARD_COUNT, dataRoots: [] });
    const values = Float64Array.from({ length: rows }, (_, row) => valueAt(row));
    state = { eau2, values, frame: await DataFrame.fromColumns(eau2.store, { x: values }, { schema: Numbers }) };
  },
  plain: () => timed(({ values }) => sum(values)),
  chunks: () =>
    timed(async ({ frame }) => {
      const parts = await frame.localMap((chunk) => sum(chunk.numbers("x")));
      return parts.reduce((total, part) => total + part, 0);
    }),
  rows: () =>
    timed(async ({ frame }) => {
      const visitor = new Sum();
      await frame.visitRows(visitor);
      return visitor.total - 0.5;
    }),
};

export type VisitHandlers = typeof handlers;

serveParent(handlers, async () => state?.eau2.close());
