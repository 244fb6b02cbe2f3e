/** What a question costs that was never asked before, where the data is next to nothing. */
import type { G1Shape } from "../g1/g1-table.js";
import { SHAPE_COUNT } from "../query/new-shapes.js";
import type { Report } from "../report.js";
import { median, rounded } from "../statistics.js";
import type { FirstQueryHandlers } from "./arms/first-query.js";
import { g1File } from "./bench-data.js";
import { Child } from "./child.js";
import { machineLine } from "./machine-line.js";

/** Shapes that warm the process up: others than those that are timed. */
const WARM_UP_SHAPES = 100;

export interface FirstQueryOptions {
  readonly shape: G1Shape;
  readonly shards: number;
  /** How many questions are timed. */
  readonly shapes: number;
}

export const SHAPES_MAX = SHAPE_COUNT - WARM_UP_SHAPES;

export const benchFirstQuery = async ({ shape, shards, shapes }: FirstQueryOptions): Promise<Report> => {
  const file = g1File(shape);
  await using child = new Child<FirstQueryHandlers>("first-query");
  await child.ask("open", { file, shards });
  const firstMs: number[] = [];
  const againMs: number[] = [];
  let agreed = true;
  for (let index = 0; index < WARM_UP_SHAPES + shapes; index++) {
    const asked = await child.ask("ask", { shape: index });
    agreed &&= asked.same;
    if (index < WARM_UP_SHAPES) continue;
    firstMs.push(asked.firstMs);
    againMs.push(asked.againMs);
  }
  const [first, again] = [rounded(median(firstMs), 2), rounded(median(againMs), 2)];
  const worst = rounded(Math.max(...firstMs), 2);
  const machine = machineLine([]);
  return {
    agreed,
    json: { rows: shape.rows, shapes, firstMs: first, worstFirstMs: worst, againMs: again, equal: agreed, machine },
    table: [
      [`${shape.rows} rows, ${shards} shards, medians of ${shapes} questions; ${machine}`],
      ["a question of a new shape", `${first} ms, at most ${worst} ms`],
      ["the same again", `${again} ms`],
      ["answers", agreed ? "equal" : "DIFFERENT"],
    ],
  };
};
