/** Which of several texts a row has. */
import { compareBytes } from "@eau2/serialization";
import { TextBuilder } from "../../vector/text-builder.js";
import type { Leaf, States } from "../leaf.js";
import { STATE_FAILED } from "../loop.js";
import { JoinedSites, stateAt } from "./join-states.js";
import { ownPositions, rowText, type TextRows } from "./text-rows.js";

/**
 * @param rows - of the chosen text, whose string a row takes.
 * @param choose - the text that a row has: an index, or the state that it has instead, as -1 - state.
 */
export const pickText = (
  rowCount: number,
  texts: readonly TextRows[],
  rows: Uint32Array,
  choose: (row: number) => number,
  sites = new JoinedSites(texts),
): TextRows => {
  const into = new TextBuilder(rowCount, rowCount * 16);
  let states: Uint8Array | undefined;
  for (let row = 0; row < rowCount; row++) {
    const chosen = choose(row);
    const state = chosen < 0 ? -1 - chosen : sites.state(chosen, stateAt(texts[chosen]!, rows[row]!));
    if (state === 0) {
      const { bytes, offsets, positions } = texts[chosen]!;
      const at = positions[rows[row]!]!;
      into.append(bytes, offsets[at]!, offsets[at + 1]!);
    } else {
      states ??= new Uint8Array(rowCount);
      states[row] = state;
    }
    into.endRow();
  }
  return rowText(into.offsets, into.bytes, rowCount, { states, sites: sites.sites });
};

/** Whose row takes a null instead of any. */
const NULL_CHOSEN = -2;

/** What a row takes: one of several inputs, by where a case branched. @param branches - beyond the last one it is null. */
export const branchChooser =
  (branches: Leaf, count: number, sites: JoinedSites) =>
  (row: number): number => {
    const state = sites.state(count, stateAt(branches, row));
    if (state !== 0) return -1 - state;
    const branch = Number(branches.values[row]);
    return branch < count ? branch : NULL_CHOSEN;
  };

/** What a row takes: the first of several inputs that is not null. */
export const firstChooser =
  (inputs: readonly States[]) =>
  (row: number): number => {
    const index = inputs.findIndex((input) => stateAt(input, row) !== 1);
    return index < 0 ? NULL_CHOSEN : index;
  };

/** @param branches - the index of each row's text; beyond the last one it is null. */
export const chooseText = (branches: Leaf, texts: readonly TextRows[]): TextRows => {
  const rowCount = branches.values.length;
  const sites = new JoinedSites([...texts, branches]);
  return pickText(rowCount, texts, ownPositions(rowCount), branchChooser(branches, texts.length, sites), sites);
};

/** The first that is not null. */
export const coalesceTexts = (texts: readonly TextRows[], rowCount: number): TextRows =>
  pickText(rowCount, texts, ownPositions(rowCount), firstChooser(texts));

/** @param areEqual - whether `text` equals what makes it null. */
export const nullIfEqual = (text: TextRows, areEqual: Leaf): TextRows => {
  const { rowCount } = text;
  const sites = new JoinedSites([text, areEqual]);
  const states = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const compared = stateAt(areEqual, row);
    const state = sites.state(0, stateAt(text, row));
    // Both are always computed, so that a failure of either counts.
    if (state < STATE_FAILED && compared >= STATE_FAILED) states[row] = sites.state(1, compared);
    else states[row] = state === 0 ? Number(areEqual.values[row]) : state;
  }
  // Rows that are null have no bytes of their own.
  if (text.form === "rows") {
    return pickText(
      rowCount,
      [text],
      ownPositions(rowCount),
      (row) => (states[row] === 0 ? 0 : -1 - states[row]!),
      sites,
    );
  }
  return { ...text, states, sites: sites.sites };
};

/** The least or greatest by bytes; nulls are skipped. */
export const extremeText = (texts: readonly TextRows[], rowCount: number, isLeast: boolean): TextRows => {
  return pickText(rowCount, texts, ownPositions(rowCount), (row) => {
    let best = NULL_CHOSEN;
    for (const [index, text] of texts.entries()) {
      const state = stateAt(text, row);
      if (state >= STATE_FAILED) return index;
      if (state === 1) continue;
      if (best < 0) best = index;
      else {
        const order = compareTexts(text, texts[best]!, row);
        if (isLeast ? order < 0 : order > 0) best = index;
      }
    }
    return best;
  });
};

const compareTexts = (left: TextRows, right: TextRows, row: number): number => {
  const l = left.positions[row]!;
  const r = right.positions[row]!;
  return compareBytes(
    left.bytes,
    left.offsets[l]!,
    left.offsets[l + 1]!,
    right.bytes,
    right.offsets[r]!,
    right.offsets[r + 1]!,
  );
};
