/** `eau2 load`: files to a frame with a name. */
import { resolve } from "node:path";
import type { Eau2, LoadCsvResult, LoadSorResult } from "@eau2/application";
import { type BadRow, type BadRowPolicy, describeBadRow, printText } from "@eau2/dataframe";
import { Eau2Error, type JobProgress } from "@eau2/protocol";
import { userFolder } from "../config.js";
import { formatBytes, formatCount, formatCounted, formatDuration } from "../format.js";
import { type ClientFlags, print, withCluster } from "./client.js";
import { type CsvFlags, columnOptions, csvOptions, extensionOf, nameOf } from "./csv-flags.js";
import { showProgress } from "./progress.js";

export interface LoadFlags extends ClientFlags, CsvFlags {
  readonly name?: string;
  readonly format?: "sor" | "csv" | "words" | "lines";
  readonly badRows?: BadRowPolicy;
  readonly widen?: boolean;
  readonly from?: number;
  readonly length?: number;
  readonly chunkRows?: number;
  readonly blockBytes?: number;
}

const formatOf = (paths: readonly string[], { format }: LoadFlags): NonNullable<LoadFlags["format"]> => {
  if (format !== undefined) return format;
  const extensions = new Set(paths.map(extensionOf));
  if (extensions.size === 1) {
    const [extension] = extensions;
    if (extension === ".sor" || extension === ".ltgt") return "sor";
    if (extension === ".csv" || extension === ".tsv") return "csv";
    if (extension === ".txt") return "words";
  }
  throw new Eau2Error(
    "USAGE",
    `load "${paths[0]}": its name does not say what it is; add --format sor, --format csv, --format words or --format lines`,
  );
};

const options = (flags: LoadFlags) => ({
  ...(flags.chunkRows === undefined ? {} : { chunkRows: flags.chunkRows }),
  ...(flags.blockBytes === undefined ? {} : { blockBytes: flags.blockBytes }),
});

interface Loaded {
  readonly rows: number;
  readonly inputBytes: number;
  readonly lines?: LoadSorResult["lines"];
  readonly columns: readonly string[];
  /** Of the file, by which bad rows are told. */
  readonly fileColumns: readonly string[];
  readonly csv?: LoadCsvResult;
}

const load = async (
  eau2: Eau2,
  paths: readonly string[],
  name: string,
  flags: LoadFlags,
  onProgress: (progress: JobProgress) => void,
): Promise<Loaded> => {
  const format = formatOf(paths, flags);
  if (format === "words" || format === "lines") {
    const { report, frame } = await eau2.loadText(paths, { name, mode: format, onProgress, ...options(flags) });
    const columns = frame.columnNames;
    return { rows: report.rowCount, inputBytes: report.inputBytes, columns, fileColumns: columns };
  }
  const common = {
    name,
    onProgress,
    ...(flags.badRows === undefined ? {} : { badRows: flags.badRows }),
    ...columnOptions(flags),
    ...options(flags),
  };
  if (format === "csv") {
    const widen = flags.widen === false ? { widen: false } : {};
    const { report, frame } = await eau2.loadCsv(paths, { ...common, ...csvOptions(flags), ...widen });
    const { rowCount: rows, inputBytes, lines } = report;
    const fileColumns = report.columns.map((column) => column.name);
    return { rows, inputBytes, lines, columns: frame.columnNames, fileColumns, csv: report };
  }
  const { from = 0, length } = flags;
  const isRange = flags.from !== undefined || length !== undefined;
  const { report, frame } = await eau2.loadSor(paths, {
    ...common,
    ...(isRange ? { range: length === undefined ? { from } : { from, length } } : {}),
  });
  const columns = frame.columnNames;
  return { rows: report.rowCount, inputBytes: report.inputBytes, lines: report.lines, columns, fileColumns: columns };
};

const badRowsText = (
  { badRowCount, badRows }: LoadSorResult["lines"],
  columns: readonly string[],
  policy: BadRowPolicy | undefined,
) =>
  badRowCount === 0
    ? ""
    : `${formatCounted(badRowCount, "bad row")} ${badRowCount === 1 ? "was" : "were"} ${policy === "null" ? "loaded with nulls" : "left out"}:\n` +
      badRows.map((row) => `  ${describeBadRow(row as BadRow, columns)}\n`).join("") +
      (badRowCount > badRows.length ? `  and ${formatCount(badRowCount - badRows.length)} more\n` : "");

/** What differs from what one may expect. */
const csvText = ({ columns, widened, compressedFiles }: LoadCsvResult): string =>
  widened
    .map(
      ({ column, from, to }) =>
        `column "${printText(columns[column]!.name)}" was ${from} in the sample and became ${to}\n`,
    )
    .join("") +
  (compressedFiles === 0
    ? ""
    : `${formatCounted(compressedFiles, "file")} ${compressedFiles === 1 ? "was" : "were"} read by one shard each: gzip cannot be entered in the middle\n`);

export const runLoad = (files: readonly string[], flags: LoadFlags): Promise<void> =>
  withCluster(flags, async (eau2) => {
    const folder = userFolder(process.env);
    const paths = files.map((file) => resolve(folder, file));
    const name = flags.name ?? nameOf(paths[0]!);
    const progress = showProgress(process.stderr);
    const startMs = performance.now();
    let loaded: Loaded;
    try {
      loaded = await load(eau2, paths, name, flags, progress.show);
    } finally {
      progress.end();
    }
    const ms = Math.round(performance.now() - startMs);
    const { rows, inputBytes, lines, columns, fileColumns, csv } = loaded;
    if (flags.json) {
      const widened = csv === undefined ? {} : { widened: csv.widened };
      const json = { frame: name, rows, columns: columns.length, inputBytes, ms, ...(lines ?? {}), ...widened };
      print(`${JSON.stringify(json)}\n`);
      return;
    }
    print(
      `frame ${printText(name)}: ${formatCounted(rows, "row")}, ${formatCounted(columns.length, "column")} from ${formatBytes(inputBytes)} in ${formatDuration(ms)}\n` +
        (csv === undefined ? "" : csvText(csv)) +
        (lines === undefined ? "" : badRowsText(lines, fileColumns, flags.badRows)),
    );
  });
