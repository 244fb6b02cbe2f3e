/** Whether memory comes back: one process loads a file, counts it and drops both frames, again and again. */
import type { Report } from "../report.js";
import { ratio, rounded } from "../statistics.js";
import type { MemoryHandlers } from "./arms/memory-eau2.js";
import { zipfFile } from "./bench-data.js";
import { Child } from "./child.js";
import { progress } from "./progress.js";

/** From here on nothing new should be needed: code is compiled, slabs are there. */
const SETTLED_AFTER = 3;

export interface MemoryOptions {
  readonly megabytes: number;
  /** How often to load and drop, at least 3. */
  readonly repeats: number;
  readonly seed: number;
}

export const benchMemory = async ({ megabytes, repeats, seed }: MemoryOptions): Promise<Report> => {
  const file = zipfFile(megabytes, seed);
  const residentMb: number[] = [];
  await using child = new Child<MemoryHandlers>("memory-eau2");
  for (let repeat = 1; repeat <= repeats; repeat++) {
    residentMb.push(rounded((await child.ask("loadAndDrop", { file })) / 1e6));
    progress(`loaded and dropped ${repeat} times: ${residentMb.at(-1)} MB resident`);
  }
  const grown = ratio(residentMb.at(-1) ?? null, residentMb[SETTLED_AFTER - 1] ?? null);
  return {
    agreed: true,
    json: { mb: megabytes, residentMb, ratio: grown },
    table: [
      ["file", `${megabytes} MB`],
      ["resident after each drop", `${residentMb.join(", ")} MB`],
      ["at the end / after the third", String(grown)],
    ],
  };
};
