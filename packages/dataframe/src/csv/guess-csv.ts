/**
 * What a file is taken for: dialect, header, columns. Everything that the caller does not say is found out from samples; the
 * samples, and so the guess, depend on the file alone.
 */
import { Eau2Error } from "@eau2/protocol";
import { z } from "zod";
import { ColumnRecord, SCHEMA_COLUMNS_MAX } from "../column/schema-record.js";
import { cutText } from "../print/print-cell.js";
import { columnUnknown } from "../schema/schema.js";
import { type CsvSample, textStart } from "./csv-sample.js";
import { CSV_COLUMN_TYPES, CsvColumn, type CsvColumnType, CsvDialect, CsvNulls } from "./csv-types.js";
import { dateProgram, formatHasTime } from "./date-format.js";
import { guessRowStart } from "./guess-row-start.js";
import { type CsvRow, dialectBytes, fieldBytes, isWholeRow, readRow } from "./read-row.js";
import { ColumnsSniffer, type SniffedColumn } from "./sniff-columns.js";
import { sampleRows, sniffDialect } from "./sniff-dialect.js";
import { columnNames, sniffHeader } from "./sniff-header.js";

/** What can be said instead of guessed. */
export const CsvOverrides = z.strictObject({
  delimiter: CsvDialect.shape.delimiter.optional(),
  /** Null: quotes mean nothing. */
  quote: CsvDialect.shape.quote.optional(),
  header: z.boolean().optional(),
  /** Of all columns of the file. */
  names: z.array(ColumnRecord.shape.name).max(SCHEMA_COLUMNS_MAX).optional(),
  /** The columns that are wanted, by name where there is a header that has these names, else in order; their types are no guesses. */
  schema: z.array(ColumnRecord).min(1).max(SCHEMA_COLUMNS_MAX).nullable().default(null),
  /** Types of single columns, which then are no guesses. */
  types: z.array(ColumnRecord).max(SCHEMA_COLUMNS_MAX).default([]),
  /** Spellings of null in all columns; without the empty one an empty field of text is an empty string. */
  nulls: CsvNulls.shape.texts.optional(),
  /** Of all dates and timestamps that ISO 8601 does not take. */
  dateFormat: z.string().optional(),
});
export type CsvOverrides = z.infer<typeof CsvOverrides>;

/** A column of the file. */
const GuessedColumn = CsvColumn.extend({
  name: z.string(),
  /** Why it has this type. */
  reason: z.string(),
  /** Whether it is wanted. */
  isRead: z.boolean(),
});
export type GuessedColumn = z.infer<typeof GuessedColumn>;

export const CsvGuess = z.strictObject({
  dialect: CsvDialect,
  hasHeader: z.boolean(),
  /** As the header has them, if there is one. */
  headerNames: z.array(z.string()),
  nulls: CsvNulls,
  /** Of the file, in order. */
  columns: z.array(GuessedColumn),
  /** Positions among them of the frame's columns. */
  order: z.array(z.int()),
  /** Where rows begin, and lines before that. */
  dataStart: z.number(),
  headLines: z.int(),
  /** Why it is so, for people. */
  reasons: z.strictObject({ delimiter: z.string(), quote: z.string(), newLine: z.string(), header: z.string() }),
  /** The first rows as text, which may be cut. */
  rows: z.array(z.array(z.string())),
  /** Rows that were looked at. */
  sampledRows: z.int(),
});
export type CsvGuess = z.infer<typeof CsvGuess>;

const ROWS_SHOWN_MAX = 10;
const HEAD_ROWS_MAX = 500;
/** Of every sample behind the first. */
const SPREAD_ROWS_MAX = 60;

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const isText = (type: string): boolean => type === "utf8";
const isCsvType = (type: string): type is CsvColumnType => CSV_COLUMN_TYPES.some((known) => known === type);

/**
 * @param name - of the file, for messages.
 * @param samples - as `readCsvSamples` takes them.
 * @throws {@link Eau2Error} `DATA_INVALID` for a file that is empty, no text, in UTF-16 or of too many columns;
 * `COLUMN_UNKNOWN` for a wanted column that is not there; `USAGE` for names, types or formats that cannot be.
 */
export const guessCsv = (
  name: string | undefined,
  samples: readonly CsvSample[],
  overrides: CsvOverrides,
): CsvGuess => {
  const [head, ...spread] = samples;
  const start = textStart(head!.bytes, name);
  const { dialect, fieldCount, reasons } = sniffDialect(head!.bytes, start, head!.isLast, overrides);
  const asBytes = dialectBytes(dialect);
  const rows = sampleRows(head!.bytes, start, dialect, head!.isLast, HEAD_ROWS_MAX);
  // Empty lines before the first row are passed by any reader.
  const firstIndex = rows.findIndex(({ isEmpty }) => !isEmpty);
  const first = rows[firstIndex];
  if (first === undefined) throw withoutRows(name, head!, overrides);
  const textsOf = ({ fields }: CsvRow): string[] =>
    fields.map((field) => DECODER.decode(fieldBytes(head!.bytes, field, asBytes.quote)));
  const firstTexts = textsOf(first);
  const below = rows.slice(firstIndex + 1);
  const columnCount =
    overrides.names?.length ?? (firstTexts.length === 1 && fieldCount > 1 ? fieldCount : firstTexts.length);
  if (columnCount > SCHEMA_COLUMNS_MAX) throw tooManyColumns(name, columnCount);

  const given = overrides.nulls;
  if (overrides.dateFormat !== undefined) dateProgram(overrides.dateFormat);
  const sniffer = new ColumnsSniffer(columnCount, dialect, given, overrides.dateFormat);
  sniffer.add(head!.bytes, below);
  let sampledRows = below.length;
  const isLined = hasLinedText(head!, rows, dialect);
  for (const { bytes, isLast } of spread) {
    // Where text has line breaks, a part without any quote may be of nothing but one text.
    if (isLined && !bytes.includes(asBytes.quote)) continue;
    const at = guessRowStart(bytes, columnCount, asBytes);
    if (at < 0) continue;
    const more = sampleRows(bytes, at, dialect, isLast, SPREAD_ROWS_MAX);
    sniffer.add(bytes, more);
    sampledRows += more.length;
  }
  let sniffed = sniffer.end();
  const belowTexts = below.filter(({ fields }) => fields.length === columnCount).map(textsOf);
  const header =
    overrides.header === undefined
      ? firstTexts.length === columnCount
        ? headerOf(firstTexts, sniffed, belowTexts, overrides)
        : { hasHeader: false, reason: `the first row has ${firstTexts.length} fields` }
      : { hasHeader: overrides.header, reason: "given" };
  const { hasHeader } = header;
  if (!hasHeader && firstTexts.length === columnCount) {
    // The first row has values too, and what they are was not looked at.
    sniffer.add(head!.bytes, [first]);
    sniffed = sniffer.end();
    sampledRows++;
  }
  const fileNames =
    overrides.names ??
    (hasHeader ? columnNames(firstTexts) : Array.from({ length: columnCount }, (_, column) => `c${column}`));
  assertNames(name, fileNames);
  const columns = columnsOf(fileNames, sniffed, hasHeader || overrides.names !== undefined, overrides);
  const nullTexts = given ?? ["", ...new Set(sniffed.flatMap(({ nulls }) => nulls))].slice(0, 16);
  const headRows = rows.slice(0, firstIndex + (hasHeader ? 1 : 0));
  return {
    dialect,
    hasHeader,
    headerNames: hasHeader ? columnNames(firstTexts) : [],
    nulls: { texts: [...nullTexts], inText: given !== undefined },
    ...columns,
    dataStart: headRows.at(-1)?.behind ?? start,
    headLines: headRows.reduce((sum, { lineBreaks }) => sum + 1 + lineBreaks, 0),
    reasons: { ...reasons, header: header.reason },
    rows: [...(hasHeader ? [] : [firstTexts]), ...belowTexts].slice(0, ROWS_SHOWN_MAX).map((row) => row.map(cutText)),
    sampledRows,
  };
};

/** Whether line breaks stand in quotes, as far as the head shows. */
const hasLinedText = ({ bytes, isLast }: CsvSample, rows: readonly CsvRow[], dialect: CsvDialect): boolean => {
  if (rows.some(({ lineBreaks }) => lineBreaks > 0)) return true;
  const next = readRow(bytes, rows.at(-1)?.behind ?? 0, dialectBytes(dialect), isLast);
  return !isWholeRow(next) && next.openQuoteLine !== undefined;
};

const headerOf = (
  first: readonly string[],
  columns: readonly SniffedColumn[],
  below: readonly (readonly string[])[],
  { schema, types }: CsvOverrides,
): { readonly hasHeader: boolean; readonly reason: string } => {
  const wanted = [...(schema ?? []), ...types].map(({ name }) => name);
  if (wanted.length > 0 && wanted.every((name) => first.includes(name))) {
    return { hasHeader: true, reason: "it has the names that were given" };
  }
  const values = first.map((_, column) => new Set(below.map((row) => row[column]!)));
  return sniffHeader(first, columns, values);
};

/** @param isNamed - the file's columns have names that somebody has chosen. */
const columnsOf = (
  names: readonly string[],
  sniffed: readonly SniffedColumn[],
  isNamed: boolean,
  { schema, types, dateFormat }: CsvOverrides,
): Pick<CsvGuess, "columns" | "order"> => {
  const declared = new Map<number, string>();
  const columnNamesOf = [...names];
  let order = names.map((_, column) => column);
  if (schema !== null) {
    const isByName = isNamed && schema.some(({ name }) => names.includes(name));
    if (!isByName && schema.length !== names.length) {
      throw new Eau2Error(
        "USAGE",
        `read ${names.length} columns with a schema of ${schema.length}: without a header that has its names it must have all columns; ` +
          "give it as many, or say what they are called with names",
        { columnCount: names.length, schemaCount: schema.length },
      );
    }
    order = schema.map(({ name, type }, index) => {
      const column = isByName ? names.indexOf(name) : index;
      if (column < 0) throw columnUnknown(name, names);
      declared.set(column, type);
      columnNamesOf[column] = name;
      return column;
    });
  }
  for (const { name, type } of types) {
    const column = columnNamesOf.indexOf(name);
    if (column < 0) throw columnUnknown(name, columnNamesOf);
    declared.set(column, type);
  }
  const columns = sniffed.map((column, index): GuessedColumn => {
    const name = columnNamesOf[index]!;
    const isRead = order.includes(index);
    const type = declared.get(index);
    if (type !== undefined)
      return { name, isRead, isGuessed: false, reason: "given", ...declaredType(name, type, column, dateFormat) };
    return {
      name,
      isRead,
      type: column.type,
      format: column.format,
      isGuessed: !isText(column.type),
      reason: column.reason,
    };
  });
  return { columns, order };
};

const declaredType = (
  name: string,
  type: string,
  sniffed: SniffedColumn,
  dateFormat: string | undefined,
): { type: CsvColumnType; format: string | null } => {
  if (!isCsvType(type)) {
    throw new Eau2Error(
      "USAGE",
      `read column "${name}" as ${type}: from CSV columns are of ${CSV_COLUMN_TYPES.join(", ")}; take one of these`,
      { column: name, type },
    );
  }
  if (type !== "date" && type !== "timestamp") return { type, format: null };
  if (dateFormat === undefined) return { type, format: sniffed.type === type ? sniffed.format : null };
  if (type === "date" && formatHasTime(dateFormat)) {
    throw new Eau2Error(
      "USAGE",
      `read column "${name}" as date: the format "${dateFormat}" has a time; take timestamp`,
      { column: name },
    );
  }
  return { type, format: dateFormat };
};

/** @throws {@link Eau2Error} `DATA_INVALID` for a name in the header that no column may have. */
const assertNames = (name: string | undefined, names: readonly string[]): void => {
  const column = names.findIndex((text) => !ColumnRecord.shape.name.safeParse(text).success);
  if (column < 0) return;
  throw new Eau2Error(
    "DATA_INVALID",
    `read ${name ?? "input"}: the name of column ${column + 1} is too long for one, "${cutText(names[column]!).slice(0, 40)}..."; ` +
      "give names, or say that there is no header",
    { column: column + 1 },
  );
};

const withoutRows = (name: string | undefined, { bytes, isLast }: CsvSample, { quote }: CsvOverrides): Eau2Error =>
  isLast && (bytes.length === 0 || !bytes.some((byte) => byte !== 10 && byte !== 13))
    ? new Eau2Error(
        "DATA_INVALID",
        `read ${name ?? "input"}: it is empty, so it has no columns; give a file with a header or rows`,
      )
    : new Eau2Error(
        "DATA_INVALID",
        `read ${name ?? "input"}: its first row does not end in ${bytes.length} bytes; ${
          quote === null
            ? "its lines are too long"
            : "perhaps a quote is not closed: say { quote: null } where quotes mean nothing"
        }`,
      );

const tooManyColumns = (name: string | undefined, columnCount: number): Eau2Error =>
  new Eau2Error(
    "DATA_INVALID",
    `read ${name ?? "input"}: it has ${columnCount} columns, and a frame up to ${SCHEMA_COLUMNS_MAX}; cut the file into parts with fewer columns`,
    { columnCount, columnsMax: SCHEMA_COLUMNS_MAX },
  );
