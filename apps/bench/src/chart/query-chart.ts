/** The rows that a comparison printed with `--json`, as a bar chart: times as multiples of what is compared with. */
import { Eau2Error } from "@eau2/protocol";
import { TOTAL, whereMeasured } from "../query/query-report.js";
import { rounded } from "../statistics.js";
import type { BarChart } from "./bar-chart.js";

type Row = Readonly<Record<string, unknown>>;

/** By the begin of the name of its figure. */
const SERIES_TITLES: Readonly<Record<string, string>> = {
  eau2: "eau2",
  duckdb: "DuckDB",
  polars: "Polars",
  processes: "several processes",
  oneProcess: "one process",
  sameSums: "sums that are the same everywhere",
  plainSums: "plain sums",
};

const timeOf = (row: Row, name: string): number | null => {
  const value = row[`${name}Ms`];
  return typeof value === "number" ? value : null;
};

const shownMs = (ms: number): string => `${ms < 100 ? rounded(ms, 1) : Math.round(ms).toLocaleString("en")} ms`;

/**
 * @param printed - the output of commands, each an array of rows; put one after another.
 * @throws {@link Eau2Error} `USAGE` when it is something else.
 */
export const queryChart = (title: string, printed: readonly unknown[]): BarChart => {
  const rows = printed.flat() as Row[];
  const [first] = rows;
  if (first === undefined || rows.some((row) => typeof row?.question !== "string")) {
    throw new Eau2Error(
      "USAGE",
      "draw a chart: the files must hold what groupby, sort, scan or load print with --json",
    );
  }
  const names = Object.keys(first).flatMap((key) => (key.endsWith("Ms") ? [key.slice(0, -2)] : []));
  const [, base = names[0]!] = names;
  const titleOf = (name: string) =>
    SERIES_TITLES[name] ??
    name.replace(/^(shard)s(\d+)$/, (_, shard, count) => `${count} ${shard}${count === "1" ? "" : "s"}`);
  const groups = rows
    .filter(({ question }) => question !== TOTAL)
    .map((row) => {
      const baseMs = timeOf(row, base);
      return {
        label: String(row.question),
        note: String(row.text ?? ""),
        bars: names.map((name) => {
          const ms = timeOf(row, name);
          return ms === null || baseMs === null ? null : { length: ms / baseMs, text: shownMs(ms) };
        }),
      };
    });
  return {
    title,
    subtitle: whereMeasured({ data: String(first.data), runs: Number(first.runs), machine: String(first.machine) }),
    axis: `time / time of ${titleOf(base)}: shorter is faster`,
    series: names.map(titleOf),
    groups,
  };
};
