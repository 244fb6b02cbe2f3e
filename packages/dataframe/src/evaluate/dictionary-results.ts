import type { Evaluation } from "./evaluation.js";
import type { Leaf } from "./leaf.js";
import type { TextRows } from "./text/text-rows.js";

/** Results that are kept for one dictionary: more than a query has. */
const KEPT_MAX = 64;

/** The result under a key, computed when it is not there; when there are too many, all are forgotten. */
export const kept = <Result>(results: Map<string, Result>, key: string, compute: () => Result): Result => {
  let result = results.get(key);
  if (result === undefined) {
    result = compute();
    if (results.size >= KEPT_MAX) results.clear();
    results.set(key, result);
  }
  return result;
};

/** What was computed over the strings of a dictionary, under the text of the expression. */
export class DictionaryResults {
  readonly #leaves = new Map<string, Leaf>();
  readonly #texts = new Map<string, TextRows>();

  /** @param evaluation - over the strings. */
  constructor(private readonly evaluation: Evaluation) {}

  has(expression: string): boolean {
    return this.#leaves.has(expression) || this.#texts.has(expression);
  }

  leaf(expression: string, compute: (over: Evaluation) => Leaf): Leaf {
    return kept(this.#leaves, expression, () => compute(this.evaluation));
  }

  text(expression: string, compute: (over: Evaluation) => TextRows): TextRows {
    return kept(this.#texts, expression, () => compute(this.evaluation));
  }
}
