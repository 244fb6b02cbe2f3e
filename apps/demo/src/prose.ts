/** The demo's own text: 100,000 sentences of English prose that an npm package ships, written to a temporary file once. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

export const proseFile = async (): Promise<string> => {
  const folder = join(tmpdir(), `eau2-demo-${userInfo().uid}`);
  const file = join(folder, "nlp-corpus-4.4.0.txt");
  if (existsSync(file)) return file;
  const { default: corpus } = await import("nlp-corpus");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Renamed when it is whole: another demo may be starting right now.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${corpus.all().join("\n")}\n`);
  renameSync(draft, file);
  return file;
};
