/** Word count: reads text in parallel, counts its words where the bytes live, and says how it went. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Eau2, type JobOptions, type LoadTextResult, type MapReduceResult, open } from "@eau2/application";
import { cutText, type DataFrame } from "@eau2/dataframe";
import { Eau2Error, type JobProgress, type KeyRecord } from "@eau2/protocol";
import { onOwnCluster } from "./cluster.js";
import { proseFile } from "./prose.js";
import { formatReport } from "./report.js";
import { userFolder } from "./user-folder.js";
import { digestCounts, digestFrames, readCounts, topCounts } from "./word-counts.js";

export interface WordCountOptions {
  readonly nodes: number;
  readonly shards: number;
  readonly chunkRows?: number | undefined;
  readonly blockBytes?: number | undefined;
  readonly top: number;
  readonly json: boolean;
  /** A cluster that is there already, instead of starting one. */
  readonly cluster?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly signal: AbortSignal;
}

/** One line on a terminal that is written over; nothing elsewhere. */
const progressLine = () => {
  const { stderr } = process;
  return {
    show: ({ phase, done, total }: JobProgress) => {
      if (stderr.isTTY && total > 0) stderr.write(`\r\x1b[K${phase} ${Math.floor((100 * done) / total)} %`);
    },
    clear: () => {
      if (stderr.isTTY) stderr.write("\r\x1b[K");
    },
  };
};

/** Somebody else's cluster is left as it was. */
const onTheirCluster = async (
  address: string,
  tokenFile: string | undefined,
  use: (eau2: Eau2, made: KeyRecord[]) => Promise<void>,
): Promise<void> => {
  await using eau2 = await open(address, { name: "demo", tokenFile });
  const made: KeyRecord[] = [];
  try {
    await use(eau2, made);
  } finally {
    // The last first, because it refers to the words of the first.
    for (const key of made.reverse()) await eau2.dropFrame(key).catch(() => {});
  }
};

export const wordCount = async (files: readonly string[], options: WordCountOptions): Promise<void> => {
  const paths = files.length === 0 ? [await proseFile()] : files.map((file) => resolve(userFolder(), file));
  const startedMs = performance.now();
  const report = (eau2: Eau2, made: KeyRecord[] = []) =>
    countAndReport(eau2, paths, options, performance.now() - startedMs, made);
  if (options.cluster !== undefined) return onTheirCluster(options.cluster, options.tokenFile, report);
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) {
    const message = `read "${missing}": there is no such file; check the path`;
    throw new Eau2Error("FILE_MISSING", message, { path: missing });
  }
  const { nodes, shards, signal } = options;
  const dataRoots = [...new Set(paths.map((path) => dirname(path)))];
  await onOwnCluster({ nodes, shards, dataRoots, signal }, report);
};

export interface CountWordsOptions {
  readonly chunkRows?: number | undefined;
  readonly blockBytes?: number | undefined;
  /** How many of the most frequent words are shown. */
  readonly top: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: JobOptions["onProgress"];
}

export interface CountedWords {
  readonly load: LoadTextResult;
  readonly count: MapReduceResult;
  readonly loadMs: number;
  readonly countMs: number;
  /** What is the same on every cluster, whatever the chunks. */
  readonly answer: {
    readonly bytes: number;
    readonly words: number;
    readonly distinct: number;
    readonly top: readonly (readonly [string, number])[];
    readonly sha256: string;
  };
  /** Of words, then of counts. */
  readonly frames: readonly DataFrame[];
}

/** @param made - takes the frames that are made, also those of a count that fails. */
export const countWords = async (
  eau2: Eau2,
  paths: readonly string[],
  { top, ...options }: CountWordsOptions,
  made: KeyRecord[],
): Promise<CountedWords> => {
  const loadStartMs = performance.now();
  const loaded = await eau2.loadText(paths, options);
  made.push(loaded.key);
  const countStartMs = performance.now();
  const counted = await eau2.countValues(loaded.key, "word", options);
  made.push(counted.key);
  const endMs = performance.now();
  const all = await readCounts(counted.frame);
  return {
    load: loaded.report,
    count: counted.report,
    loadMs: countStartMs - loadStartMs,
    countMs: endMs - countStartMs,
    answer: {
      bytes: loaded.report.inputBytes,
      words: loaded.report.rowCount,
      distinct: all.length,
      top: topCounts(all, top).map(({ word, count }): [string, number] => [cutText(word), count]),
      sha256: digestCounts(all),
    },
    frames: [loaded.frame, counted.frame],
  };
};

const countAndReport = async (
  eau2: Eau2,
  paths: readonly string[],
  options: WordCountOptions,
  startMs: number,
  made: KeyRecord[],
): Promise<void> => {
  const progress = progressLine();
  const { chunkRows, blockBytes, top, signal } = options;
  const counting = { chunkRows, blockBytes, top, signal, onProgress: progress.show };
  const { load, count, loadMs, countMs, answer, frames } = await countWords(eau2, paths, counting, made);
  progress.clear();
  const { nodes } = await eau2.status();
  const up = nodes.filter(({ state }) => state !== "gone");
  if (options.json) {
    const { bytes, words, distinct, sha256 } = answer;
    const result = {
      app: "wordcount",
      nodes: up.length,
      shards: Math.max(...up.map((node) => node.shards.length)),
      bytes,
      words,
      distinct,
      top: answer.top,
      loadMs: Math.round(loadMs),
      countMs: Math.round(countMs),
      sha256,
      frameSha256: await digestFrames(frames),
      shares: load.shares,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const shards = up.reduce((sum, node) => sum + node.shards.length, 0);
  const { words, distinct } = answer;
  const measured = { load, count, loadMs, countMs, startMs };
  const shown = { nodes: up.length, shards, files: paths, words, distinct, top: answer.top };
  process.stdout.write(formatReport({ ...measured, ...shown }));
};
