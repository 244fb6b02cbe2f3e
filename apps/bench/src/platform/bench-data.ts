/** Generated input files, made once and kept in the cache folder. */
import { closeSync, existsSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { G1Csv } from "../g1/g1-csv.js";
import { type G1Shape, g1Name } from "../g1/g1-table.js";
import { TripSor } from "../trip-sor.js";
import { ZipfText } from "../zipf-text.js";
import { cacheFolder } from "./cache-folder.js";
import { progress } from "./progress.js";

const BLOCK_BYTES = 8 * 1024 ** 2;
const NEWLINE = 10;

const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
};

/** @param fill - writes the begin of what it is given. @returns how many bytes; 0 is the end */
const writeBlocks = (path: string, fill: (block: Uint8Array) => number): void => {
  const block = new Uint8Array(BLOCK_BYTES);
  const partial = `${path}.${process.pid}`;
  const file = openSync(partial, "w");
  try {
    for (let filled = fill(block); filled > 0; filled = fill(block)) writeAll(file, block.subarray(0, filled));
  } finally {
    closeSync(file);
  }
  // Renamed when complete: a run that was ended halfway leaves nothing that looks like data.
  renameSync(partial, path);
};

/** Blocks of `bytes` together, less by what does not fit any more. */
const limited = (bytes: number, fill: (block: Uint8Array, isLast: boolean) => number) => {
  let left = bytes;
  return (block: Uint8Array): number => {
    const isLast = left <= block.length;
    const filled = fill(block.subarray(0, left), isLast);
    left = isLast ? 0 : left - filled;
    return filled;
  };
};

/** Writes text of at most `bytes` bytes, less by one word at most, that ends with a newline. */
export const writeZipfFile = (path: string, bytes: number, seed: number): void => {
  const text = new ZipfText(seed);
  const fill = (block: Uint8Array, isLast: boolean): number => {
    const filled = text.fill(block);
    if (isLast && filled > 0) block[filled - 1] = NEWLINE;
    return filled;
  };
  writeBlocks(path, limited(bytes, fill));
};

/** The path of a generated file of that name, which is made if it is not there. */
const generated = (name: string, write: (path: string) => void): string => {
  const path = join(cacheFolder("bench-data"), name);
  if (!existsSync(path)) {
    progress(`generating ${path}`);
    write(path);
  }
  return path;
};

/** The path of SoR of about `megabytes` x 10^6 bytes. */
export const sorFile = (megabytes: number, seed: number): string =>
  generated(`trips-${megabytes}-${seed}.sor`, (path) => {
    const sor = new TripSor(seed);
    writeBlocks(
      path,
      limited(megabytes * 1e6, (block) => sor.fill(block)),
    );
  });

/** The path of Zipf text of `megabytes` x 10^6 bytes. */
export const zipfFile = (megabytes: number, seed: number): string =>
  generated(`zipf-${megabytes}-${seed}.txt`, (path) => writeZipfFile(path, megabytes * 1e6, seed));

/** The path of the table of db-benchmark's group-by task as CSV. */
export const g1File = (shape: G1Shape): string =>
  generated(`${g1Name(shape)}.csv`, (path) => {
    const csv = new G1Csv(shape);
    writeBlocks(path, (block) => csv.fill(block));
  });
