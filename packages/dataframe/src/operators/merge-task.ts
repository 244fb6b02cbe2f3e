/** Final group-by: the blocks of a partition to chunks of the result. */
import { type ColumnLayout, encodeChunk } from "@eau2/serialization";
import { z } from "zod";
import { stateLayout } from "../aggregates/state-layout.js";
import { type GatheredOutput, gatheredColumn } from "../group/finish-gathered.js";
import { listColumn } from "../group/finish-lists.js";
import { keyColumn, type OutputParts, stateColumn } from "../group/finish-output.js";
import { GatheredValues } from "../group/gathered-values.js";
import { type GroupBlock, readGroupBlock } from "../group/group-block.js";
import { GroupSpec } from "../group/group-spec.js";
import { keyLayout } from "../group/key-layout.js";
import { GroupMerge } from "../group/merge-groups.js";
import { GroupOutput } from "../group/output.js";
import { defineTask } from "../task/task.js";
import { cancelledError } from "./cancelled.js";
import { numbersOf } from "./group-task.js";

export const MergeArgs = z.strictObject({
  spec: GroupSpec,
  outputs: z.array(GroupOutput).readonly(),
  names: z.array(z.string()).readonly(),
  /** For each output: entries of its dictionary, 0 without. */
  dictionarySizes: z.array(z.number().min(0)).readonly(),
  /** For each rank table, behind the blocks: the input it belongs to. It holds the code of each rank. */
  ranksOf: z.array(z.int().min(0)).readonly(),
  chunkRows: z.int().min(1),
});
export type MergeArgs = z.infer<typeof MergeArgs>;

/** Room that a partition's table has from the start: growing costs more than a little too much of it. */
const expectedGroups = (spec: GroupSpec, blocks: readonly GroupBlock[], rowCount: number): number => {
  const inStates = Math.max(0, ...blocks.map((block) => (block.kind === "states" ? block.groupCount : 0)));
  // Rows that travel without need do so because their keys hardly repeat.
  const inRows = spec.needsRows
    ? Math.min(rowCount >> 4, keyLayout(spec.keys).combinations / spec.partitionCount)
    : rowCount;
  return Math.min(MAX_EXPECTED, Math.max(inStates, Math.ceil(inRows)));
};

export const MergeResult = z.strictObject({ chunks: z.array(z.int().min(1)) });

/** A table for more is made as it is needed. */
const MAX_EXPECTED = 2 ** 22;

const GATHERED: ReadonlySet<GroupOutput["kind"]> = new Set(["quantile", "countDistinct", "mode", "top", "bottom"]);
const isGathered = (output: GroupOutput): output is GatheredOutput => GATHERED.has(output.kind);

/** Inputs: the blocks of the partition, then rank tables. Outputs: chunks. */
export const mergeTask = defineTask<MergeArgs>({
  name: "query.merge",
  args: MergeArgs,
  run: async (args, context) => {
    const { spec, outputs, names, dictionarySizes, ranksOf, chunkRows } = args;
    const blockCount = context.inputs.length - ranksOf.length;
    const blocks = context.inputs.slice(0, blockCount).map(readGroupBlock);
    const codesOfRanks = new Map(
      ranksOf.map((input, index) => [input, numbersOf(context.inputs[blockCount + index]!)]),
    );
    const rowCount = blocks.reduce((sum, block) => sum + (block.kind === "rows" ? block.count : 0), 0);
    const groupsExpected = expectedGroups(spec, blocks, rowCount);
    const gathered = outputs.some(isGathered) ? new GatheredValues(rowCount) : undefined;
    const merge = new GroupMerge(spec, groupsExpected, gathered);
    merge.addAll(blocks);
    const { found, order } = merge.finish();
    const keys = keyLayout(spec.keys);
    const parts: OutputParts = {
      keys,
      layout: stateLayout(spec.accumulators),
      found,
      codesOfRanks,
      dictionarySizes,
      names,
    };
    const prepared = outputs.map((output, column) =>
      isGathered(output) ? gatheredColumn(output, column, gathered!, parts) : undefined,
    );
    const refs = [];
    const chunks: number[] = [];
    const { groupCount } = found;
    for (let from = 0; from < groupCount; from += chunkRows) {
      if (context.cancelled()) throw cancelledError("group");
      const picked = order.subarray(from, Math.min(groupCount, from + chunkRows));
      const columns = outputs.map((output, column): ColumnLayout => {
        switch (output.kind) {
          case "key":
            return keyColumn(output, column, picked, parts);
          case "list":
            return listColumn(output, column, picked, parts);
          case "quantile":
          case "countDistinct":
          case "mode":
          case "top":
          case "bottom":
            return prepared[column]!(picked);
          default:
            return stateColumn(output, column, picked, parts);
        }
      });
      const chunk = encodeChunk(columns, picked.length);
      const { ref, view } = await context.allocate(chunk.byteLength);
      chunk.write(view);
      refs.push(ref);
      chunks.push(picked.length);
    }
    return { value: { chunks }, outputs: refs };
  },
});
