import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";
import { Eau2Error } from "@eau2/protocol";
import { type Answer, answerOf } from "./answer.js";

const PROGRAM = '{ for (i = 1; i <= NF; i++) count[$i]++ } END { for (word in count) print word "\\t" count[word] }';

export const hasAwk = (): boolean => spawnSync("awk", ["BEGIN { exit 0 }"]).status === 0;

/** Counts with awk as it is installed, in the C locale; the time is that of its whole process. */
export const countWithAwk = async (file: string): Promise<{ ms: number; answer: Answer }> => {
  const startMs = performance.now();
  const awk = spawn("awk", [PROGRAM, file], {
    env: { ...process.env, LC_ALL: "C" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve, reject) => awk.on("close", resolve).on("error", reject));
  const output = await text(awk.stdout);
  const code = await ended;
  const ms = performance.now() - startMs;
  if (code !== 0) throw new Eau2Error("INTERNAL", `count words with awk: it ended with ${code}; see its output above`);
  const pairs = output
    .trimEnd()
    .split("\n")
    .map((line): [string, number] => {
      const tab = line.indexOf("\t");
      return [line.slice(0, tab), Number(line.slice(tab + 1))];
    });
  return { ms, answer: answerOf(pairs) };
};
