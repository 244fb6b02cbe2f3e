/** Makes room in the states of sums again, and their slots a function of what was added alone. */
import { carryBins, quantaOf, ROWS_PER_CARRY } from "./float-grid.js";
import { carrySliding } from "./sliding-bins.js";
import type { StateLayout } from "./state-layout.js";

const WORD = 2 ** 32;

const carryWide = (states: Float64Array, at: number): void => {
  const low = Math.floor(states[at]! / WORD);
  states[at]! -= low * WORD;
  const middle = states[at + 1]! + low;
  const high = Math.floor(middle / WORD);
  states[at + 1] = middle - high * WORD;
  states[at + 2]! += high;
};

/** Carries all sums of the first `groupCount` groups. */
export const carryStates = (
  { accumulators, starts, stride }: StateLayout,
  states: Float64Array,
  groupCount: number,
): void => {
  const end = groupCount * stride;
  accumulators.forEach((accumulator, index) => {
    const start = starts[index]!;
    if (accumulator.kind === "sumWide") for (let at = start; at < end; at += stride) carryWide(states, at);
    if (accumulator.kind !== "sumFloat") return;
    const { grid } = accumulator;
    if (grid === null) for (let at = start; at < end; at += stride) carrySliding(states, at);
    else if (grid.quanta.length > 1) {
      const quanta = quantaOf(grid);
      for (let at = start; at < end; at += stride) carryBins(states, at, quanta);
    }
  });
};

/** Counts rows and says when sums have to be carried. */
export class CarryMeter {
  #rows = 0;

  /** Whether states must be carried before so many rows are added; then it counts from 0. */
  isDue(rowCount: number): boolean {
    const isDue = this.#rows + rowCount > ROWS_PER_CARRY;
    this.#rows = isDue ? rowCount : this.#rows + rowCount;
    return isDue;
  }
}
