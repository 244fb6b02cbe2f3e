/** Generated input files, made once and kept in the cache folder. */
import { closeSync, existsSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ZipfText } from "../zipf-text.js";
import { cacheFolder } from "./cache-folder.js";
import { progress } from "./progress.js";

const BLOCK_BYTES = 8 * 1024 ** 2;
const NEWLINE = 10;

const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
};

/** Writes text of at most `bytes` bytes, less by one word at most, that ends with a newline. */
export const writeZipfFile = (path: string, bytes: number, seed: number): void => {
  const text = new ZipfText(seed);
  const block = new Uint8Array(BLOCK_BYTES);
  const partial = `${path}.${process.pid}`;
  const file = openSync(partial, "w");
  try {
    for (let left = bytes, isLast = false; !isLast; ) {
      isLast = left <= BLOCK_BYTES;
      const filled = text.fill(isLast ? block.subarray(0, left) : block);
      if (isLast && filled > 0) block[filled - 1] = NEWLINE;
      writeAll(file, block.subarray(0, filled));
      left -= filled;
    }
  } finally {
    closeSync(file);
  }
  // Renamed when complete: a run that was ended halfway leaves nothing that looks like data.
  renameSync(partial, path);
};

/** The path of Zipf text of `megabytes` x 10^6 bytes. */
export const zipfFile = (megabytes: number, seed: number): string => {
  const path = join(cacheFolder("bench-data"), `zipf-${megabytes}-${seed}.txt`);
  if (!existsSync(path)) {
    progress(`generating ${path}`);
    writeZipfFile(path, megabytes * 1e6, seed);
  }
  return path;
};
