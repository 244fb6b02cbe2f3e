/**
 * Linus on every node: each scans the commits that are homed at it, and tells the others what is new, and nothing else.
 * Arguments: a prefix of keys that is the program's own, then what to do as JSON.
 */
import type { ProgramContext } from "@eau2/application";
import type { ChunkView } from "@eau2/dataframe";
import type { KeyRecord } from "@eau2/protocol";
import { IdSet } from "../linus/id-set.js";
import { type Commits, type Exchange, type ReachOptions, reach, type Stage } from "../linus/reach.js";
import { putResult } from "./result.js";

export interface LinusArgs extends ReachOptions {
  /** Of the record of the frame of commits; its columns are named. */
  readonly commits: KeyRecord;
  readonly projectColumn: string;
  readonly authorColumn: string;
}

export interface LinusResult {
  readonly stages: readonly Stage[];
  /** From the moment that all nodes had their commits. */
  readonly ms: number;
}

/** Copied: the chunk is on loan. A missing id is one that no set has. */
const idsOf = (chunk: ChunkView, name: string): Int32Array => {
  const ids = chunk.integers(name).slice();
  const column = chunk.column(name);
  if (!chunk.isWhole(name)) for (let row = 0; row < ids.length; row++) if (column.isNull(row)) ids[row] = -1;
  return ids;
};

export const run = async (context: ProgramContext): Promise<void> => {
  const { eau2, store, node, nodes } = context;
  const [prefix, text] = context.args as [string, string];
  const args = JSON.parse(text) as LinusArgs;
  const frame = await eau2.frame(args.commits);
  const parts: Commits[] = await frame.localMap((chunk) => ({
    projects: idsOf(chunk, args.projectColumn),
    authors: idsOf(chunk, args.authorColumn),
  }));

  /** Puts this node's part of a set, and adds those of all others. */
  const exchange: Exchange = async (what, mine) => {
    if (nodes === 1) return mine;
    const keyOf = (other: number) => store.key(`${prefix}/${what}/${other}`);
    await store.put(await keyOf(node), mine.encode());
    for (let other = 0; other < nodes; other++) {
      if (other !== node) mine.addAll(IdSet.decode(await store.waitAndGet(await keyOf(other)), mine.size));
    }
    return mine;
  };

  // Nobody measures while another one is still reading.
  await exchange("ready", new IdSet(0));
  const startMs = performance.now();
  const stages = await reach(parts, args, exchange, ({ stage }) => context.progress(stage + 1, args.degrees, "stages"));
  if (node !== 0) return;
  const result: LinusResult = { stages, ms: Math.round(performance.now() - startMs) };
  await putResult(store, prefix, result);
};
