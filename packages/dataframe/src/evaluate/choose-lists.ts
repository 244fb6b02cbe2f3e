/** Which of several lists a row has: their elements are put together anew. */
import type { Vector } from "../vector/vector.js";
import type { Leaf } from "./leaf.js";
import { type ListRows, vectorOfLeaf } from "./list-rows.js";
import { type JoinedSites, stateAt } from "./text/join-states.js";
import { pickText } from "./text/text-choice.js";
import { type TextRows, vectorOfText } from "./text/text-rows.js";

/** Elements of a list, as text or as values. */
export type Elements = TextRows | Leaf;

const isText = (elements: Elements): elements is TextRows => "positions" in elements;

/** The elements of the lists that rows have, in order: from which source each comes, and where it stands there. */
interface Order {
  readonly sources: Uint32Array;
  readonly positions: Uint32Array;
}

const mergeText = (texts: readonly TextRows[], { sources, positions }: Order): Vector => {
  const merged = pickText(sources.length, texts, positions, (row) => sources[row]!);
  return vectorOfText(merged);
};

const mergeValues = (leaves: readonly Leaf[], { sources, positions }: Order): Vector => {
  const count = sources.length;
  const { type } = leaves[0]!;
  const isWide = leaves.some(({ values }) => values instanceof BigInt64Array);
  const values =
    type === "boolean" ? new Uint8Array(count) : isWide ? new BigInt64Array(count) : new Float64Array(count);
  const states = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    const leaf = leaves[sources[at]!]!;
    const value = leaf.values[positions[at]!]!;
    states[at] = stateAt(leaf, positions[at]!);
    values[at] = states[at] === 0 && isWide ? BigInt(value) : states[at] === 0 ? Number(value) : isWide ? 0n : 0;
  }
  return vectorOfLeaf({ type, values, states, sites: [] });
};

/**
 * @param elements - of each of `lists`.
 * @param choose - the list that a row has: an index, or the state that it has instead, as -1 - state.
 */
export const chooseLists = (
  lists: readonly ListRows[],
  elements: readonly Elements[],
  sites: JoinedSites,
  choose: (row: number) => number,
): ListRows => {
  const { rowCount } = lists[0]!;
  const offsets = new Uint32Array(rowCount + 1);
  const chosen = new Int32Array(rowCount);
  const states = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const index = choose(row);
    states[row] = index < 0 ? -1 - index : sites.state(index, stateAt(lists[index]!, row));
    chosen[row] = index;
    const from = states[row] === 0 ? lists[index]!.offsets : undefined;
    offsets[row + 1] = offsets[row]! + (from === undefined ? 0 : from[row + 1]! - from[row]!);
  }
  const order = { sources: new Uint32Array(offsets[rowCount]!), positions: new Uint32Array(offsets[rowCount]!) };
  for (let row = 0; row < rowCount; row++) {
    if (states[row] !== 0) continue;
    const start = lists[chosen[row]!]!.offsets[row]!;
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) {
      order.sources[at] = chosen[row]!;
      order.positions[at] = start + at - offsets[row]!;
    }
  }
  const merged = elements.every(isText) ? mergeText(elements, order) : mergeValues(elements as readonly Leaf[], order);
  return { rowCount, offsets, elements: merged, states, sites: sites.sites };
};
