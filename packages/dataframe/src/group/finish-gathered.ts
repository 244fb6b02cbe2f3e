/** Columns of aggregates that are made of all values of a group. */
import { bitmapByteLength, type ColumnLayout, setBit } from "@eau2/serialization";
import { encodeValues } from "./encode-values.js";
import { encodeNumberLists } from "./finish-lists.js";
import type { OutputParts } from "./finish-output.js";
import { type DistinctValues, type GatheredValues, quantiles } from "./gathered-values.js";
import type { GroupOutput } from "./output.js";

export type GatheredOutput = Extract<GroupOutput, { kind: "quantile" | "countDistinct" | "mode" | "top" | "bottom" }>;

/** @returns what makes the column of some groups, by their number. */
export const gatheredColumn = (
  output: GatheredOutput,
  column: number,
  gathered: GatheredValues,
  { found: { groupCount }, codesOfRanks, dictionarySizes }: OutputParts,
): ((order: Uint32Array) => ColumnLayout) => {
  switch (output.kind) {
    case "quantile": {
      const byGroup = gathered.byGroup(output.input, groupCount);
      return (order) => {
        const values = new Float64Array(order.length);
        const validity = new Uint8Array(bitmapByteLength(order.length));
        for (let row = 0; row < order.length; row++) {
          const quantile = quantiles(byGroup, output.fraction, order[row]!);
          if (quantile === undefined) continue;
          values[row] = quantile + 0;
          setBit(validity, row);
        }
        return encodeValues("float64", values, validity, 0);
      };
    }
    case "countDistinct": {
      const counts = new Float64Array(groupCount);
      for (const group of gathered.distinct(output.input).groups) counts[group]!++;
      return (order) =>
        encodeValues(
          "int64",
          Float64Array.from(order, (group) => counts[group]!),
          undefined,
          0,
        );
    }
    case "mode": {
      const distinct = gathered.distinct(output.input);
      const best = mostFrequent(distinct, groupCount);
      return (order) =>
        modeColumn(output, order, best, distinct, gathered.isWide(output.input), dictionarySizes[column]!);
    }
    case "top":
    case "bottom": {
      const codes = output.ranksOf === null ? undefined : codesOfRanks.get(output.ranksOf);
      return gathered.isWide(output.input)
        ? rankedLists(
            output,
            gathered.wideByGroup(output.input, groupCount),
            dictionarySizes[column]!,
            (value) => value,
          )
        : rankedLists(output, gathered.byGroup(output.input, groupCount), dictionarySizes[column]!, (value: number) =>
            codes === undefined ? value : codes[value]!,
          );
    }
    default:
      return output satisfies never;
  }
};

/** @param shown - the value itself, or the code of a rank. */
const rankedLists = <Value extends number | bigint>(
  { kind, type, count }: Extract<GatheredOutput, { kind: "top" | "bottom" }>,
  { starts, values }: { readonly starts: Uint32Array; readonly values: Float64Array | BigInt64Array },
  dictionarySize: number,
  shown: (value: Value) => Value,
): ((order: Uint32Array) => ColumnLayout) => {
  for (let group = 0; group + 1 < starts.length; group++) {
    const part = values.subarray(starts[group]!, starts[group + 1]!).sort();
    if (kind === "top") part.reverse();
  }
  return (order) => {
    const offsets = new Uint32Array(order.length + 1);
    const countOf = (group: number) => Math.min(count, starts[group + 1]! - starts[group]!);
    for (let row = 0; row < order.length; row++) offsets[row + 1] = offsets[row]! + countOf(order[row]!);
    const total = offsets[order.length]!;
    const items = values instanceof BigInt64Array ? new BigInt64Array(total) : new Float64Array(total);
    for (let row = 0; row < order.length; row++) {
      let at = starts[order[row]!]!;
      for (let index = offsets[row]!; index < offsets[row + 1]!; index++, at++) {
        (items as Value[] & typeof items)[index] = shown(values[at] as Value);
      }
    }
    return encodeNumberLists(type, offsets, items, dictionarySize);
  };
};

/** For each group the position of its most frequent value; -1 without values. Of several the first. */
const mostFrequent = ({ groups, counts }: DistinctValues, groupCount: number): Int32Array => {
  const best = new Int32Array(groupCount).fill(-1);
  for (let index = 0; index < groups.length; index++) {
    const group = groups[index]!;
    if (best[group] === -1 || counts[index]! > counts[best[group]!]!) best[group] = index;
  }
  return best;
};

const modeColumn = (
  { type }: Extract<GatheredOutput, { kind: "mode" }>,
  order: Uint32Array,
  best: Int32Array,
  { lows, highs }: DistinctValues,
  isWide: boolean,
  dictionarySize: number,
): ColumnLayout => {
  const halves = new Uint32Array(order.length * 2);
  const validity = new Uint8Array(bitmapByteLength(order.length));
  for (let row = 0; row < order.length; row++) {
    const index = best[order[row]!]!;
    if (index < 0) continue;
    halves[row * 2] = lows[index]!;
    halves[row * 2 + 1] = highs[index]!;
    setBit(validity, row);
  }
  const values = isWide ? new BigInt64Array(halves.buffer) : new Float64Array(halves.buffer);
  return encodeValues(type, values, validity, dictionarySize);
};
