/** What every job that makes a frame of files does around its own work. */
import {
  dictionaryPrefix,
  encodeFrameRecord,
  FrameId,
  type FrameRecord,
  framePrefix,
  frameRecordName,
} from "@eau2/dataframe";
import { hashName, Key } from "@eau2/kvstore";
import { randomHex } from "@eau2/network";
import type { KeyRecord } from "@eau2/protocol";
import type { z } from "zod";
import { defineJob, type Job, type JobContext } from "./job.js";
import { type LocatedFiles, locateFiles } from "./locate-files.js";
import { workPrefix } from "./split-runs.js";

export interface LoadJob<Args, Result> {
  readonly name: string;
  readonly args: z.ZodType<Args>;
  readonly result: z.ZodType<Result>;
  load(args: Args, located: LocatedFiles, id: FrameId, context: JobContext): Promise<Result>;
}

/**
 * A job that finds its files and makes a frame of them, or hands itself over to a node that sees them all if this one does
 * not. Whatever goes wrong, nothing of the frame is left.
 */
export const defineLoadJob = <Args extends { readonly paths: readonly string[] }, Result>({
  name,
  args: argsSchema,
  result,
  load,
}: LoadJob<Args, Result>): Job<Args, Result> =>
  defineJob({
    name,
    args: argsSchema,
    result,
    run: async (given, context) => {
      const args = { ...given, paths: await expandPaths(given.paths, context) };
      const located = await locateFiles(args.paths, context);
      if (located.handOverTo !== undefined) {
        return result.parse(await context.handOver(located.handOverTo, name, args));
      }
      const id = FrameId.parse(randomHex(context.random, 8));
      try {
        return await load(args, located, id, context);
      } catch (error) {
        context.abort(error);
        await Promise.allSettled([context.store.drop(framePrefix(id)), context.store.drop(dictionaryPrefix(id))]);
        throw error;
      } finally {
        await context.store.drop(workPrefix(context)).catch(() => {});
      }
    },
  });

/**
 * The files that patterns like "data/*.csv" mean on this node, each pattern's in byte order of their names.
 * @throws {@link Eau2Error} `FILE_MISSING` for a pattern that nothing matches; `DENIED` outside the data roots.
 */
export const expandPaths = async (paths: readonly string[], { files }: Pick<JobContext, "files">): Promise<string[]> =>
  (await Promise.all(paths.map((path) => files.expand(path)))).flat();

/** Stores the record, which makes the frame visible to those who have its key. */
export const putRecord = async (record: FrameRecord, { shards, store, signal }: JobContext): Promise<KeyRecord> => {
  const name = frameRecordName(record.id);
  const key = new Key(name, shards[hashName(name) % shards.length]!.home);
  await store.put(key, encodeFrameRecord(record), { signal });
  return key.toRecord();
};
