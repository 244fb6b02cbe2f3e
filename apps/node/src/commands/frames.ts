/** Commands about frames that are there: list, describe, head, schema, drop. */
import type { FrameDescription, FrameEntry } from "@eau2/application";
import {
  type Cell,
  DATA_TYPES,
  type DescribedBound,
  jsonCell,
  printCell,
  printSchema,
  printTable,
  printText,
  typeName,
} from "@eau2/dataframe";
import { formatBytes, formatCount, formatCounted } from "../format.js";
import { type ClientFlags, print, withCluster } from "./client.js";

const printJson = (value: unknown): void => print(`${JSON.stringify(value)}\n`);

const formatFrames = (entries: readonly FrameEntry[]): string =>
  entries.length === 0
    ? "no frames; eau2 load FILE makes one\n"
    : printTable(
        ["frame", "rows", "columns", "chunks", "bytes", ""],
        entries.map(({ name, rows, columns, chunks, bytes, lost }) => [
          printText(name),
          rows === undefined ? "-" : formatCount(rows),
          columns === undefined ? "-" : String(columns),
          chunks === undefined ? "-" : formatCount(chunks),
          bytes === undefined ? "-" : formatBytes(bytes),
          lost ? "lost with its node" : "",
        ]),
        [1, 2, 3, 4],
      );

export const runFrames = (flags: ClientFlags): Promise<void> =>
  withCluster(flags, async (eau2) => {
    const entries = await eau2.frames();
    if (flags.json) printJson({ frames: entries.map(({ key: _key, ...entry }) => entry) });
    else print(formatFrames(entries));
  });

/** Integers beyond 2^53 travel as text. */
const cellOfBound = (bound: DescribedBound | null): Cell =>
  bound === null ? null : bound.kind === "bigint" ? BigInt(bound.value) : bound.value;

const formatDescription = (name: string, { rows, chunks, bytes, columns }: FrameDescription): string => {
  const table = printTable(
    ["column", "type", "nulls", "min", "max", "different", "stored as"],
    columns.map(({ name: column, type, nulls, min, max, distinct, encodings }) => [
      printText(column),
      type,
      formatCount(nulls),
      printCell(cellOfBound(min), DATA_TYPES[type]),
      printCell(cellOfBound(max), DATA_TYPES[type]),
      distinct === null ? "" : formatCount(distinct),
      encodings.map(({ encoding, chunks: count }) => `${encoding} x ${formatCount(count)}`).join(", "),
    ]),
    [2, 3, 4, 5],
  );
  return `frame ${printText(name)}: ${formatCounted(rows, "row")} in ${formatCounted(chunks, "chunk")}, ${formatBytes(bytes)}\n\n${table}`;
};

export const runDescribe = (name: string, flags: ClientFlags): Promise<void> =>
  withCluster(flags, async (eau2) => {
    const description = await eau2.describe(name);
    if (!flags.json) {
      print(formatDescription(name, description));
      return;
    }
    const columns = description.columns.map(({ min, max, ...column }) => ({
      ...column,
      min: jsonCell(cellOfBound(min), DATA_TYPES[column.type]),
      max: jsonCell(cellOfBound(max), DATA_TYPES[column.type]),
    }));
    printJson({ frame: name, ...description, columns });
  });

export const runHead = (name: string, flags: ClientFlags & { readonly rows: number }): Promise<void> =>
  withCluster(flags, async (eau2) => {
    const found = await eau2.frame(name);
    const frame = await eau2.frame(found.key, found.schema.exact);
    const rows = (await frame.head(flags.rows)) as readonly Readonly<Record<string, Cell>>[];
    const names = frame.columnNames;
    const { columns } = frame.schema;
    if (flags.json) {
      // Arrays, because "__proto__" is a name like any other.
      printJson({
        frame: name,
        columns: names,
        rows: rows.map((row) => columns.map(({ name: column, type }) => jsonCell(row[column]!, type))),
      });
      return;
    }
    const isText = columns.map(({ type }) => type.type === "utf8" || type.type === "list");
    print(
      printTable(
        names.map(printText),
        rows.map((row) => columns.map(({ name: column, type }) => printCell(row[column]!, type))),
        isText.flatMap((text, index) => (text ? [] : [index])),
      ),
    );
    const left = frame.nrows - rows.length;
    if (left > 0) print(`and ${formatCount(left)} more ${left === 1 ? "row" : "rows"}\n`);
  });

/** `trips-2024` to `Trips2024`: what a constant may be called. */
const constantName = (name: string): string => {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const joined = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
  return /^[A-Za-z]/.test(joined) ? joined : `Frame${joined}`;
};

export const runSchema = (name: string, flags: ClientFlags & { readonly ts?: boolean }): Promise<void> =>
  withCluster(flags, async (eau2) => {
    const { schema } = await eau2.frame(name);
    if (flags.ts) print(printSchema(schema, constantName(name)));
    else if (flags.json) printJson({ frame: name, sidb: schema.sidb, ...schema.record });
    else {
      const rows = schema.columns.map(({ name: column, type }) => [printText(column), typeName(type)]);
      const letters = schema.columns.length === 0 ? "no columns" : schema.sidb;
      print(
        printTable(["column", "type"], rows) +
          (letters === undefined
            ? ""
            : `
${letters}
`),
      );
    }
  });

export const runDrop = (name: string, flags: ClientFlags): Promise<void> =>
  withCluster(flags, async (eau2) => {
    await eau2.drop(name);
    if (flags.json) printJson({ dropped: name });
    else print(`frame ${printText(name)}: dropped\n`);
  });
