/** The demo's report, for people. */
import type { LoadTextResult, MapReduceResult } from "@eau2/application";
import { printText } from "@eau2/dataframe";

export interface WordCountReport {
  readonly nodes: number;
  readonly shards: number;
  readonly files: readonly string[];
  readonly load: LoadTextResult;
  readonly count: MapReduceResult;
  readonly loadMs: number;
  readonly countMs: number;
  readonly startMs: number;
  readonly words: number;
  readonly distinct: number;
  readonly top: readonly (readonly [string, number])[];
}

const number = (value: number): string => Math.round(value).toLocaleString("en-US");
const plural = (count: number, word: string): string => `${number(count)} ${word}${count === 1 ? "" : "s"}`;
const milliseconds = (ms: number): string =>
  ms < 1_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1_000).toFixed(2)} s`;
const size = (bytes: number): string => {
  if (bytes < 1e3) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 1)} MB`;
};
const rate = (amount: number, ms: number): number => (ms > 0 ? amount / (ms / 1_000) : 0);

const BAR_WIDTH = 28;
const bar = (share: number): string => "█".repeat(Math.max(share > 0 ? 1 : 0, Math.round(share * BAR_WIDTH)));

const table = (rows: readonly (readonly string[])[], right: readonly boolean[]): string => {
  const widths = right.map((_, column) => Math.max(...rows.map((row) => [...row[column]!].length)));
  const pad = (cell: string, column: number) => {
    const space = " ".repeat(widths[column]! - [...cell].length);
    return right[column] ? space + cell : cell + space;
  };
  return rows.map((row) => `  ${row.map(pad).join("  ").trimEnd()}\n`).join("");
};

export const formatReport = (report: WordCountReport): string => {
  const { load, count, loadMs, countMs, words, distinct, top } = report;
  const totalMs = loadMs + countMs;
  const most = top[0]?.[1] ?? 1;
  const files = report.files.length === 1 ? report.files[0]! : plural(report.files.length, "file");
  const spread = load.shares.map((share) => [
    share.node,
    String(share.home),
    number(share.blocks),
    size(share.bytes),
    number(share.rows),
    bar(load.inputBytes === 0 ? 0 : share.bytes / load.inputBytes),
    share.sentBytes > 0 ? `${size(share.sentBytes)} sent to it` : "",
  ]);
  const phases = [...load.phases, ...count.phases].map(({ name, ms }) => [
    name,
    milliseconds(ms),
    bar(totalMs > 0 ? ms / totalMs : 0),
  ]);
  return [
    `\nWord count of ${files}\n`,
    `${plural(report.nodes, "node")}, ${plural(report.shards, "shard")}, ${size(load.inputBytes)}\n\n`,
    words === 0
      ? "  no words\n"
      : table(
          [["word", "count", ""], ...top.map(([word, times]) => [printText(word), number(times), bar(times / most)])],
          [false, true, false],
        ),
    `\n${plural(words, "word")}, ${number(distinct)} different`,
    ` (${number(rate(words, totalMs))} words/s, ${number(rate(load.inputBytes, totalMs) / 1e6)} MB/s)\n`,
    "\nHow the reading was spread\n",
    table(
      [["node", "shard", "blocks", "bytes", "words", "", ""], ...spread],
      [false, true, true, true, true, false, false],
    ),
    "\nWhere the time went\n",
    table(
      [["start", milliseconds(report.startMs), ""], ...phases, ["load and count", milliseconds(totalMs), ""]],
      [false, true, false],
    ),
  ].join("");
};
