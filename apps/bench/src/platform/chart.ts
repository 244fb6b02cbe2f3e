import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { barChart } from "../chart/bar-chart.js";
import { queryChart } from "../chart/query-chart.js";

export interface ChartOptions {
  readonly title: string;
  /** The picture; without one it is named after the first file and lies in {@link CHART_FOLDER}. */
  readonly out?: string;
}

const CHART_FOLDER = "docs/benchmarks";

/** Draws what commands have printed into files. @returns the path of the picture */
export const drawChart = (files: readonly string[], { title, out }: ChartOptions): string => {
  const path = out ?? join(CHART_FOLDER, `${basename(files[0]!).replace(/\.json$/, "")}.svg`);
  const printed = files.map((file): unknown => JSON.parse(readFileSync(file, "utf8")));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, barChart(queryChart(title, printed)));
  return path;
};
