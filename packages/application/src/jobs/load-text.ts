/** Text files to a frame of words or lines. */
import { type FrameId, planBlocks, type SplitTextArgs, SplitTextResult } from "@eau2/dataframe";
import { z } from "zod";
import type { JobContext } from "./job.js";
import { LoadArgs, LoadResult, loadBlocks } from "./load-blocks.js";
import { defineLoadJob } from "./load-frame.js";
import type { LocatedFiles } from "./locate-files.js";
import { Stopwatch } from "./stopwatch.js";

const LoadTextArgs = z.strictObject({ ...LoadArgs.shape, mode: z.enum(["words", "lines"]) });
type LoadTextArgs = z.infer<typeof LoadTextArgs>;

export const LoadTextResult = z.strictObject({ ...LoadResult.shape, coded: z.boolean() });
export type LoadTextResult = z.infer<typeof LoadTextResult>;

const load = async (
  { paths, mode, chunkRows, blockBytes }: LoadTextArgs,
  located: LocatedFiles,
  id: FrameId,
  context: JobContext,
): Promise<LoadTextResult> => {
  const watch = new Stopwatch(context);
  const sizes = located.fingerprints.map(({ bytes }) => bytes);
  const blocks = planBlocks(sizes, blockBytes === undefined ? {} : { blockBytes });
  const { result, dictionaries } = await loadBlocks(
    {
      columns: [{ name: mode === "words" ? "word" : "line", type: "utf8" }],
      split: {
        task: "text.split",
        shape: { mode, chunkRows },
        argsOf: (input): SplitTextArgs => ({ mode, chunkRows, ...input }),
        segmentsOf: (value) => SplitTextResult.parse(value).segments,
      },
      stringsOf: (block) => [block],
      sealTask: ([dictionary]) =>
        dictionary == null
          ? { name: "text.seal-plain", args: {} }
          : { name: "text.seal-coded", args: { dictionarySize: dictionary.size } },
    },
    paths,
    blocks,
    located,
    id,
    watch,
    context,
  );
  return { ...result, coded: dictionaries[0] !== null };
};

export const loadTextJob = defineLoadJob({ name: "text.load", args: LoadTextArgs, result: LoadTextResult, load });
