/** Word count: reads text in parallel, counts its words where the bytes live, and says how it went. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Eau2, open } from "@eau2/application";
import { cutText } from "@eau2/dataframe";
import { Eau2Error, type JobProgress, type KeyRecord } from "@eau2/protocol";
import { type DemoCluster, startCluster } from "./cluster.js";
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

export const wordCount = async (files: readonly string[], options: WordCountOptions): Promise<void> => {
  const paths = files.length === 0 ? [await proseFile()] : files.map((file) => resolve(userFolder(), file));
  const startedMs = performance.now();
  let cluster: DemoCluster | undefined;
  try {
    if (options.cluster === undefined) {
      const missing = paths.find((path) => !existsSync(path));
      if (missing !== undefined)
        throw new Eau2Error("FILE_MISSING", `read "${missing}": there is no such file; check the path`, {
          path: missing,
        });
      const dataRoots = [...new Set(paths.map((path) => dirname(path)))];
      cluster = await startCluster({ nodes: options.nodes, shards: options.shards, dataRoots, signal: options.signal });
    }
    const eau2 = await open(options.cluster ?? cluster!.url, {
      name: "demo",
      ...(cluster === undefined ? {} : { token: cluster.token }),
      ...(options.tokenFile === undefined ? {} : { tokenFile: options.tokenFile }),
    });
    try {
      await run(eau2, paths, options, performance.now() - startedMs);
    } finally {
      await eau2.close();
    }
  } finally {
    await cluster?.close();
  }
};

const run = async (eau2: Eau2, paths: readonly string[], options: WordCountOptions, startMs: number): Promise<void> => {
  const made: KeyRecord[] = [];
  try {
    await countAndReport(eau2, paths, options, startMs, made);
  } finally {
    // Somebody else's cluster is left as it was; the last first, because it refers to the words of the first.
    if (options.cluster !== undefined) for (const key of made.reverse()) await eau2.dropFrame(key).catch(() => {});
  }
};

/** @param made - takes the frames that are made. */
const countAndReport = async (
  eau2: Eau2,
  paths: readonly string[],
  options: WordCountOptions,
  startMs: number,
  made: KeyRecord[],
): Promise<void> => {
  const progress = progressLine();
  const job = { signal: options.signal, onProgress: progress.show };
  const chunkRows = options.chunkRows === undefined ? {} : { chunkRows: options.chunkRows };
  const blockBytes = options.blockBytes === undefined ? {} : { blockBytes: options.blockBytes };
  const loadStartMs = performance.now();
  const loaded = await eau2.loadText(paths, { ...job, ...chunkRows, ...blockBytes });
  made.push(loaded.key);
  const countStartMs = performance.now();
  const counted = await eau2.countValues(loaded.key, "word", { ...job, ...chunkRows });
  made.push(counted.key);
  const endMs = performance.now();
  progress.clear();
  const all = await readCounts(counted.frame);
  const top = topCounts(all, options.top).map(({ word, count }): [string, number] => [cutText(word), count]);
  const { nodes } = await eau2.status();
  const up = nodes.filter(({ state }) => state !== "gone");
  const shards = up.reduce((sum, node) => sum + node.shards.length, 0);
  const loadMs = countStartMs - loadStartMs;
  const countMs = endMs - countStartMs;
  const words = loaded.report.rowCount;
  if (options.json) {
    const result = {
      app: "wordcount",
      nodes: up.length,
      shards: Math.max(...up.map((node) => node.shards.length)),
      bytes: loaded.report.inputBytes,
      words,
      distinct: all.length,
      top,
      loadMs: Math.round(loadMs),
      countMs: Math.round(countMs),
      sha256: digestCounts(all),
      frameSha256: await digestFrames([loaded.frame, counted.frame]),
      shares: loaded.report.shares,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const { report: load } = loaded;
  const { report: count } = counted;
  process.stdout.write(
    formatReport({
      nodes: up.length,
      shards,
      files: paths,
      load,
      count,
      loadMs,
      countMs,
      startMs,
      words,
      distinct: all.length,
      top,
    }),
  );
};
