/** What the applications work on, in a folder that every node sees, and what must come out. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { notRun } from "@eau2/testing";
import { closedForm } from "../../src/linus/generated.js";
import { reach, type Stage } from "../../src/linus/reach.js";
import { oracle, type WordsOfText } from "../harness/oracle.js";
import { seededText } from "../harness/seeded-text.js";
import { writeLinusFiles } from "./linus-files.js";

interface TextInput {
  readonly name: string;
  readonly path: string;
  readonly expected: WordsOfText;
}

interface LinusInput {
  readonly name: string;
  readonly folder: string;
  readonly start: number;
  readonly stages: readonly Stage[];
}

export interface Inputs {
  readonly texts: readonly TextInput[];
  readonly linus: readonly LinusInput[];
}

/** Texts known to everybody (Canterbury corpus and a list of words), with their words and different words. */
const KNOWN_TEXTS = [
  ["asyoulik.txt", 22_960, 5_317],
  ["plrabn12.txt", 80_163, 16_858],
  ["words-100k.txt", 10_000, 463],
] as const;

/** In 10,000 lines of each of the original's files, from user 4967 on. */
const EXTRACT = { start: 4967, degrees: 4 };
const EXTRACT_END = { stage: 3, projects: 11, users: 168 };
const FILE_STAGES = 4;

/** The stages on files, by a few lines of JavaScript. */
const reachedIn = (folder: string): Promise<Stage[]> => {
  const lines = (name: string) =>
    readFileSync(join(folder, `${name}.ltgt`), "utf8")
      .trimEnd()
      .split("\n");
  const commits = lines("commits").map((line) => line.match(/\d+/g)!.map(Number));
  const column = (index: number) => Int32Array.from(commits, (fields) => fields[index]!);
  const counts = { projectCount: lines("projects").length, userCount: lines("users").length };
  return reach([{ projects: column(0), authors: column(1) }], { ...EXTRACT, ...counts });
};

/** A folder with texts and extracts that others have counted too, where there is one. */
const sharedFolder = (): string | undefined => {
  const { EAU2_SHARED } = process.env;
  if (EAU2_SHARED !== undefined) return join(EAU2_SHARED, "data");
  notRun("texts and extracts whose numbers are known", "EAU2_SHARED is not set");
  return undefined;
};

export const writeInputs = async (folder: string, seed: number, textBytes: number): Promise<Inputs> => {
  const text = (name: string, path: string): TextInput => ({ name, path, expected: oracle(readFileSync(path)) });
  const path = join(folder, "text.txt");
  writeFileSync(path, seededText(seed, textBytes));
  const files = join(folder, "linus");
  mkdirSync(files);
  writeLinusFiles(files, FILE_STAGES);
  const texts = [text("seeded text", path)];
  const linus: LinusInput[] = [{ name: "linus on files", folder: files, start: 0, stages: closedForm(FILE_STAGES) }];
  const shared = sharedFolder();
  if (shared !== undefined) {
    for (const [name, words, distinct] of KNOWN_TEXTS) {
      const known = text(name, join(shared, name));
      assert.deepEqual([known.expected.words, known.expected.distinct], [words, distinct], name);
      texts.push(known);
    }
    const stages = await reachedIn(shared);
    assert.deepEqual(stages.at(-1), EXTRACT_END);
    linus.push({ name: "linus on the extracts", folder: shared, start: EXTRACT.start, stages });
  }
  return { texts, linus };
};
