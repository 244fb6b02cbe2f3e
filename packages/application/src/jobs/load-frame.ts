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
import type { JobContext } from "./job.js";
import { type LocatedFiles, locateFiles } from "./locate-files.js";
import { workPrefix } from "./split-runs.js";

/**
 * Finds the files; hands the job over to a node that sees them all if this one does not. Whatever goes wrong, nothing of
 * the frame is left.
 */
export const loadFrame = async <Result>(
  job: { readonly name: string; readonly args: { readonly paths: readonly string[] }; parse(value: unknown): Result },
  context: JobContext,
  load: (id: FrameId, located: LocatedFiles) => Promise<Result>,
): Promise<Result> => {
  const located = await locateFiles(job.args.paths, context);
  if (located.handOverTo !== undefined) {
    return job.parse(await context.handOver(located.handOverTo, job.name, job.args));
  }
  const id = FrameId.parse(randomHex(context.random, 8));
  try {
    return await load(id, located);
  } catch (error) {
    context.abort(error);
    await Promise.allSettled([context.store.drop(framePrefix(id)), context.store.drop(dictionaryPrefix(id))]);
    throw error;
  } finally {
    await context.store.drop(workPrefix(context)).catch(() => {});
  }
};

/** Stores the record, which makes the frame visible to those who have its key. */
export const putRecord = async (record: FrameRecord, { shards, store, signal }: JobContext): Promise<KeyRecord> => {
  const name = frameRecordName(record.id);
  const key = new Key(name, shards[hashName(name) % shards.length]!.home);
  await store.put(key, encodeFrameRecord(record), { signal });
  return key.toRecord();
};
