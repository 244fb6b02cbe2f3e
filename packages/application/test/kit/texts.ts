/** Texts for word counts, each the same on every run. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SeededRandom } from "@eau2/network";

/** Words of a skewed vocabulary, lines of different lengths; about `bytes` bytes. */
export const seededText = (seed: number, bytes: number, lineEnd = "\n"): Buffer => {
  const random = new SeededRandom(seed);
  const parts: string[] = [];
  for (let length = 0; length < bytes; ) {
    const rank = Math.floor(3_000 / (1 + random.below(3_000)));
    const word = `${"etaoinshrdlu"[rank % 12]}${rank.toString(36)}${random.below(4)}`;
    const end = random.chance(0.1) ? lineEnd : random.chance(0.05) ? "\t  " : " ";
    parts.push(word, end);
    length += word.length + end.length;
  }
  return Buffer.from(parts.join(""));
};

/** Every byte value, most of them no UTF-8. */
export const seededBytes = (seed: number, bytes: number): Buffer => {
  const random = new SeededRandom(seed);
  return Buffer.from(random.bytes(bytes).map((byte) => (byte % 7 === 0 ? 32 : byte)));
};

/** Words that are properties of every object. */
export const trickyText = (): Buffer =>
  Buffer.from(
    "constructor __proto__ toString hasOwnProperty constructor \ufeff naïve __proto__ constructor\n".repeat(50),
  );

export const distinctText = (count: number): Buffer => {
  const words = new Array<string>(count);
  for (let index = 0; index < count; index++) words[index] = `w${(Math.imul(index, 0x9e3779b1) >>> 0).toString(36)}`;
  return Buffer.from(words.join("\n"));
};

/** A text of the collection named by `EAU2_SHARED`, where there is one. */
export const sharedText = (name: string): Buffer | undefined => {
  const folder = process.env.EAU2_SHARED;
  if (folder === undefined || folder === "") return undefined;
  const path = join(folder, "data", name);
  return existsSync(path) ? readFileSync(path) : undefined;
};
