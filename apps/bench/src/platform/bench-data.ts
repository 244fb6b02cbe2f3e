/** Generated input files, made once and kept in the cache folder. */
import { closeSync, existsSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { TripSor } from "../trip-sor.js";
import { ZipfText } from "../zipf-text.js";
import { cacheFolder } from "./cache-folder.js";
import { progress } from "./progress.js";

const BLOCK_BYTES = 8 * 1024 ** 2;
const NEWLINE = 10;

const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
};

/** @param fill - writes the begin of what it is given. @returns how many bytes */
const writeBlocks = (path: string, bytes: number, fill: (block: Uint8Array, isLast: boolean) => number): void => {
  const block = new Uint8Array(BLOCK_BYTES);
  const partial = `${path}.${process.pid}`;
  const file = openSync(partial, "w");
  try {
    for (let left = bytes, isLast = false; !isLast; ) {
      isLast = left <= BLOCK_BYTES;
      const filled = fill(isLast ? block.subarray(0, left) : block, isLast);
      writeAll(file, block.subarray(0, filled));
      left -= filled;
    }
  } finally {
    closeSync(file);
  }
  // Renamed when complete: a run that was ended halfway leaves nothing that looks like data.
  renameSync(partial, path);
};

/** Writes text of at most `bytes` bytes, less by one word at most, that ends with a newline. */
export const writeZipfFile = (path: string, bytes: number, seed: number): void => {
  const text = new ZipfText(seed);
  writeBlocks(path, bytes, (block, isLast) => {
    const filled = text.fill(block);
    if (isLast && filled > 0) block[filled - 1] = NEWLINE;
    return filled;
  });
};

/** The path of SoR of about `megabytes` x 10^6 bytes. */
export const sorFile = (megabytes: number, seed: number): string => {
  const path = join(cacheFolder("bench-data"), `trips-${megabytes}-${seed}.sor`);
  if (existsSync(path)) return path;
  progress(`generating ${path}`);
  const sor = new TripSor(seed);
  writeBlocks(path, megabytes * 1e6, (block) => sor.fill(block));
  return path;
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
