/** What a load would take a CSV file for; nothing is loaded. */
import { CsvGuess, CsvOverrides, guessCsv, readCsvSamples } from "@eau2/dataframe";
import { z } from "zod";
import { defineJob } from "./job.js";
import { withInflatedSource } from "./job-source.js";
import { LoadArgs } from "./load-blocks.js";
import { expandPaths } from "./load-frame.js";
import { locateFiles } from "./locate-files.js";

const PreviewCsvArgs = z.strictObject({ paths: LoadArgs.shape.paths, ...CsvOverrides.shape });

export const PreviewCsvResult = z.strictObject({ path: z.string(), bytes: z.number(), guess: CsvGuess });
export type PreviewCsvResult = z.infer<typeof PreviewCsvResult>;

/** Looks at the first of the files. */
export const previewCsvJob = defineJob({
  name: "csv.preview",
  args: PreviewCsvArgs,
  result: PreviewCsvResult,
  run: async ({ paths, ...overrides }, context): Promise<PreviewCsvResult> => {
    const [path] = await expandPaths(paths, context);
    const located = await locateFiles([path!], context);
    if (located.handOverTo !== undefined) {
      const args = { paths: [path!], ...overrides };
      return PreviewCsvResult.parse(await context.handOver(located.handOverTo, "csv.preview", args));
    }
    const { bytes } = located.fingerprints[0]!;
    const guess = await withInflatedSource(path!, bytes, context, async (source) =>
      guessCsv(source.name, await readCsvSamples(source), overrides),
    );
    return { path: path!, bytes, guess };
  },
});
