/** Where the states of a query's accumulators lie: all those of a group side by side. */
import { type Accumulator, initialSlots, slotCount } from "./accumulator.js";

export interface StateLayout {
  readonly accumulators: readonly Accumulator[];
  /** Slot of a group that each accumulator begins at. */
  readonly starts: readonly number[];
  /** Slots of a group. */
  readonly stride: number;
  readonly initial: Float64Array;
  /** Whether a group without rows is anything but zeros. */
  readonly startsWithZeros: boolean;
}

export const stateLayout = (accumulators: readonly Accumulator[]): StateLayout => {
  const starts: number[] = [];
  let stride = 0;
  for (const accumulator of accumulators) {
    starts.push(stride);
    stride += slotCount(accumulator);
  }
  const initial = Float64Array.from(accumulators.flatMap(initialSlots));
  return { accumulators, starts, stride, initial, startsWithZeros: initial.every((slot) => slot === 0) };
};

/** States of so many groups without rows. */
export const emptyStates = ({ stride, initial, startsWithZeros }: StateLayout, groupCount: number): Float64Array => {
  const states = new Float64Array(groupCount * stride);
  if (startsWithZeros) return states;
  for (let at = 0; at < states.length; at += stride) states.set(initial, at);
  return states;
};

/** `states` with room for `groupCount` groups; the ones that are new have no rows. */
export const grownStates = (layout: StateLayout, states: Float64Array, groupCount: number): Float64Array => {
  const { stride, initial, startsWithZeros } = layout;
  if (states.length >= groupCount * stride) return states;
  const larger = new Float64Array(Math.max(groupCount * stride, states.length * 2));
  larger.set(states);
  if (!startsWithZeros) for (let at = states.length; at < larger.length; at += stride) larger.set(initial, at);
  return larger;
};
