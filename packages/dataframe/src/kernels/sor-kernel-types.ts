import type { SorColumnType } from "../sor/sor-types.js";
import type { BadRowPolicy } from "../text/bad-rows.js";
import type { RowKernel } from "./row-kernel-types.js";

export interface SorLayout {
  readonly types: readonly SorColumnType[];
  readonly policy: BadRowPolicy;
  /** Rows of a chunk: more are never collected. */
  readonly chunkRows: number;
}

/**
 * Parses lines of SoR into typed columns.
 *
 *     row    := (ws* field)* ws*              ws := " "; other text between fields is ignored, "\r" before "\n" too
 *     field  := "<" ws* [value] ws* ">"       without a value it is null
 *     value  := "0" | "1" | [+-]? digit+ | [+-]? digit* "." digit* | '"' no quote* '"' | a run without space and ">"
 *
 * A column takes values of its type and of those before it (boolean, int64, float64, utf8); text and quoted values only
 * fit utf8. Fields that a row lacks at its end are null; from the end of the last column's field on nothing of a row is
 * looked at. Every line is a row, an empty one too, but nothing at all behind the last "\n" is no line.
 */
export interface SorKernel extends RowKernel {
  /** Forgets everything and takes up columns: dictionaries begin anew. */
  reset(layout: SorLayout): void;
  /**
   * Takes `added` bytes, which the caller has put at the begin of `space()`, and parses the lines that end in them.
   * @param final - what follows the last "\n" is a line too.
   * @returns whether lines are left because the chunk is full: `takeRows`, `clearRows`, and `parse(0, final)` again.
   * @throws Eau2Error `MEMORY_EXCEEDED`
   */
  parse(added: number, final: boolean): boolean;
}
