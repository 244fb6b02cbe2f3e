/** `eau2 load`: files to a frame with a name. */
import { basename, extname, resolve } from "node:path";
import type { Eau2, LoadSorResult } from "@eau2/application";
import {
  type BadRow,
  type BadRowPolicy,
  describeBadRow,
  printText,
  type Schema,
  schema,
  schemaOf,
} from "@eau2/dataframe";
import { Eau2Error, type JobProgress } from "@eau2/protocol";
import { userFolder } from "../config.js";
import { formatBytes, formatCount, formatCounted, formatDuration } from "../format.js";
import { type ClientFlags, print, withCluster } from "./client.js";
import { showProgress } from "./progress.js";

export interface LoadFlags extends ClientFlags {
  readonly name?: string;
  readonly format?: "sor" | "words" | "lines";
  readonly schema?: string;
  readonly names?: string;
  readonly badRows: BadRowPolicy;
  readonly from?: number;
  readonly length?: number;
  readonly chunkRows?: number;
  readonly blockBytes?: number;
}

const COLUMN_TYPES = ["utf8", "int64", "float64", "boolean"] as const;
type ColumnType = (typeof COLUMN_TYPES)[number];
const isColumnType = (text: string | undefined): text is ColumnType => COLUMN_TYPES.some((type) => type === text);

/** `SIDB`, or `name:type,name:type`. @throws {@link Eau2Error} `USAGE` */
export const parseSchema = (text: string): Schema => {
  if (!text.includes(":")) return schema(text);
  const columns = text.split(",").map((part): [string, ColumnType] => {
    const at = part.lastIndexOf(":");
    const type = part.slice(at + 1);
    if (at > 0 && isColumnType(type)) return [part.slice(0, at), type];
    throw new Eau2Error(
      "USAGE",
      `--schema: "${part}" is no column; write NAME:TYPE with one of ${COLUMN_TYPES.join(", ")}, or letters like SIDB`,
    );
  });
  return schemaOf(columns);
};

const formatOf = (paths: readonly string[], { format }: LoadFlags): NonNullable<LoadFlags["format"]> => {
  if (format !== undefined) return format;
  const extensions = new Set(paths.map((path) => extname(path).toLowerCase()));
  if (extensions.size === 1) {
    const [extension] = extensions;
    if (extension === ".sor" || extension === ".ltgt") return "sor";
    if (extension === ".txt") return "words";
  }
  throw new Eau2Error(
    "USAGE",
    `load "${paths[0]}": its name does not say what it is; add --format sor, --format words or --format lines`,
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
}

const load = async (
  eau2: Eau2,
  paths: readonly string[],
  name: string,
  flags: LoadFlags,
  onProgress: (progress: JobProgress) => void,
): Promise<Loaded> => {
  const format = formatOf(paths, flags);
  if (format !== "sor") {
    const { report, frame } = await eau2.loadText(paths, { name, mode: format, onProgress, ...options(flags) });
    return { rows: report.rowCount, inputBytes: report.inputBytes, columns: frame.columnNames };
  }
  const { from = 0, length } = flags;
  const isRange = flags.from !== undefined || length !== undefined;
  const { report, frame } = await eau2.loadSor(paths, {
    name,
    badRows: flags.badRows,
    onProgress,
    ...(flags.schema === undefined ? {} : { schema: parseSchema(flags.schema) }),
    ...(flags.names === undefined ? {} : { names: flags.names.split(",") }),
    ...(isRange ? { range: length === undefined ? { from } : { from, length } } : {}),
    ...options(flags),
  });
  return { rows: report.rowCount, inputBytes: report.inputBytes, lines: report.lines, columns: frame.columnNames };
};

const badRowsText = (
  { badRowCount, badRows }: LoadSorResult["lines"],
  columns: readonly string[],
  policy: BadRowPolicy,
) =>
  badRowCount === 0
    ? ""
    : `${formatCounted(badRowCount, "bad row")} ${badRowCount === 1 ? "was" : "were"} ${policy === "null" ? "loaded with nulls" : "left out"}:\n` +
      badRows.map((row) => `  ${describeBadRow(row as BadRow, columns)}\n`).join("") +
      (badRowCount > badRows.length ? `  and ${formatCount(badRowCount - badRows.length)} more\n` : "");

export const runLoad = (files: readonly string[], flags: LoadFlags): Promise<void> =>
  withCluster(flags, async (eau2) => {
    const folder = userFolder(process.env);
    const paths = files.map((file) => resolve(folder, file));
    const name = flags.name ?? basename(paths[0]!, extname(paths[0]!));
    const progress = showProgress(process.stderr);
    const startMs = performance.now();
    let loaded: Loaded;
    try {
      loaded = await load(eau2, paths, name, flags, progress.show);
    } finally {
      progress.end();
    }
    const ms = Math.round(performance.now() - startMs);
    const { rows, inputBytes, lines, columns } = loaded;
    if (flags.json) {
      print(`${JSON.stringify({ frame: name, rows, columns: columns.length, inputBytes, ms, ...(lines ?? {}) })}\n`);
      return;
    }
    print(
      `frame ${printText(name)}: ${formatCounted(rows, "row")}, ${formatCounted(columns.length, "column")} from ${formatBytes(inputBytes)} in ${formatDuration(ms)}\n` +
        (lines === undefined ? "" : badRowsText(lines, columns, flags.badRows)),
    );
  });
