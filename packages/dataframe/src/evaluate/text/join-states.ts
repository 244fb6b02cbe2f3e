/** States of results that several inputs go into: their failure sites stand one after another. */
import type { States } from "../leaf.js";
import { type FailureSite, STATE_FAILED } from "../loop.js";

/** States are bytes; the last one stands for all further sites. */
const STATE_MAX = 255;

export const stateAt = ({ states }: States, row: number): number => (states === undefined ? 0 : states[row]!);

export class JoinedSites {
  readonly sites: FailureSite[] = [];
  readonly #shifts: number[] = [];

  constructor(inputs: readonly States[]) {
    for (const { sites } of inputs) {
      this.#shifts.push(this.sites.length);
      this.sites.push(...sites);
    }
  }

  /** The state of the result where an input has `state`, by the input's position. */
  state(input: number, state: number): number {
    return state < STATE_FAILED ? state : Math.min(state + this.#shifts[input]!, STATE_MAX);
  }
}

/** The states of rows that need a value of each input: the first failure, else null where one is. */
export const joinStates = (inputs: readonly States[], rowCount: number): States => {
  const withStates = inputs.filter(({ states }) => states !== undefined);
  const [first] = withStates;
  if (first === undefined) return { states: undefined, sites: [] };
  if (withStates.length === 1) return { states: first.states, sites: first.sites };
  const joined = new JoinedSites(withStates);
  const states = new Uint8Array(rowCount);
  for (const [index, { states: from }] of withStates.entries()) {
    for (let row = 0; row < rowCount; row++) {
      const state = from![row]!;
      if (state !== 0 && states[row]! < STATE_FAILED) states[row] = joined.state(index, state);
    }
  }
  return { states, sites: joined.sites };
};
