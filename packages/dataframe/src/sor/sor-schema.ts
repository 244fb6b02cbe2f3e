/** Where the columns of a SoR file come from: its first lines, or letters. */
import { Eau2Error } from "@eau2/protocol";
import type { ColumnType } from "@eau2/serialization";
import { SCHEMA_COLUMNS_MAX, SchemaRecord } from "../column/schema-record.js";
import { SIDB_TYPES, sidbOf } from "../schema/sidb.js";
import type { ByteSource } from "../text/byte-source.js";
import { endOfLine, findField, newField, readField, typeOfBare } from "./sor-fields.js";
import { SOR_COLUMN_TYPES, type SorColumnType } from "./sor-types.js";

/** Lines of the file that its schema is inferred from. */
export const SOR_SCHEMA_LINES = 500;
const HEAD_BYTES = 64 * 1024;
const NEW_LINE = 10;

/** Columns of a SoR file in order: a `SchemaRecord` of fewer types. */
export interface SorSchema {
  readonly columns: { readonly name: string; readonly type: SorColumnType }[];
}

/** @throws Eau2Error `USAGE` when there are names for another number of columns, two are equal, or one is none. */
const named = (types: readonly SorColumnType[], names: readonly string[] | undefined): SorSchema => {
  if (names !== undefined && names.length !== types.length) {
    throw new Eau2Error(
      "USAGE",
      `name ${types.length} columns: ${names.length} names are given; give one for each, or none and they are c0, c1, ...`,
      { columnCount: types.length, nameCount: names.length },
    );
  }
  const schema: SorSchema = { columns: types.map((type, index) => ({ name: names?.[index] ?? `c${index}`, type })) };
  const parsed = SchemaRecord.safeParse(schema);
  if (parsed.success) return schema;
  throw new Eau2Error(
    "USAGE",
    `name ${types.length} columns: ${parsed.error.issues[0]?.message ?? "the names cannot be used"}; give other names`,
    { columnCount: types.length },
  );
};

/**
 * The schema of a file by its first lines: as many columns as the widest of them has fields, each of the narrowest type in
 * the order of `SOR_COLUMN_TYPES` that takes all its values. A missing value says nothing, and a column of nothing else
 * is boolean. A line that is no row by the grammar (an unclosed field, say) is passed over: a reader finds it bad.
 * @param head - the file's first 500 lines, whole ones (see `readSorHead`); what follows them is not looked at.
 * @throws Eau2Error `USAGE` for names that do not fit; `DATA_INVALID` for more than 4096 fields on a line.
 */
export const inferSorSchema = (head: Uint8Array, names?: readonly string[]): SorSchema => {
  const ranks: number[] = [];
  const field = newField();
  for (let line = 0, start = 0; line < SOR_SCHEMA_LINES && start < head.length; line++) {
    const lineEnd = endOfLine(head, start);
    const row: number[] = [];
    let isRow = true;
    for (let open = findField(head, start, lineEnd); open >= 0; open = findField(head, field.behind, lineEnd)) {
      isRow = readField(head, open, lineEnd, field);
      if (!isRow) break;
      if (row.length === SCHEMA_COLUMNS_MAX) throw tooWide(line + 1);
      const type =
        field.kind === "missing"
          ? "boolean"
          : field.kind === "quoted"
            ? "utf8"
            : typeOfBare(head, field.start, field.end);
      row.push(SOR_COLUMN_TYPES.indexOf(type));
    }
    if (isRow) {
      for (const [column, rank] of row.entries()) ranks[column] = Math.max(ranks[column] ?? 0, rank);
    }
    start = lineEnd + 1;
  }
  return named(
    ranks.map((rank) => SOR_COLUMN_TYPES[rank]!),
    names,
  );
};

const tooWide = (line: number): Eau2Error =>
  new Eau2Error(
    "DATA_INVALID",
    `infer a schema: line ${line} has more than ${SCHEMA_COLUMNS_MAX} fields; give a schema (--schema) of the columns that are needed`,
    { line, columnsMax: SCHEMA_COLUMNS_MAX },
  );

/**
 * The first 500 lines of a file with their ends, and whatever was read behind them.
 * @throws Eau2Error `FILE_CHANGED` when the source ends before its `bytes`.
 */
export const readSorHead = async (source: ByteSource): Promise<Uint8Array> => {
  let head = new Uint8Array(Math.min(HEAD_BYTES, source.bytes));
  let filled = 0;
  let lines = 0;
  while (lines < SOR_SCHEMA_LINES && filled < source.bytes) {
    if (filled === head.length) {
      const larger = new Uint8Array(Math.min(source.bytes, filled * 2));
      larger.set(head);
      head = larger;
    }
    const count = await source.read(filled, head.subarray(filled));
    if (count === 0) {
      throw new Eau2Error(
        "FILE_CHANGED",
        `read ${source.name ?? "input"} of ${source.bytes} bytes: no bytes at ${filled}; it was cut while it was read, load it again`,
        { position: filled, bytes: source.bytes },
      );
    }
    const end = filled + count;
    for (let at = filled; at < end; at++) if (head[at] === NEW_LINE) lines++;
    filled = end;
  }
  return head.subarray(0, filled);
};

const isSorType = (type: ColumnType | undefined): type is SorColumnType =>
  SOR_COLUMN_TYPES.some((known) => known === type);

/**
 * The schema that letters tell, one a column: S utf8, I int64, D float64, B boolean,
 * in either case.
 * @throws Eau2Error `USAGE` for another letter, more than 4096, or names that do not fit.
 * @example sidbSchema("SI", ["name", "age"])
 */
export const sidbSchema = (letters: string, names?: readonly string[]): SorSchema => {
  const types = [...letters].map((letter, index): SorColumnType => {
    const type = SIDB_TYPES.get(letter.toUpperCase());
    if (isSorType(type)) return type;
    throw new Eau2Error(
      "USAGE",
      `read schema "${letters}": letter ${index + 1} is "${letter}"; allowed are S (utf8), I (int64), D (float64) and B (boolean)`,
      { schema: letters, position: index + 1 },
    );
  });
  if (types.length > SCHEMA_COLUMNS_MAX) {
    throw new Eau2Error(
      "USAGE",
      `read a schema of ${types.length} letters: a frame has up to ${SCHEMA_COLUMNS_MAX} columns`,
      {
        columnCount: types.length,
        columnsMax: SCHEMA_COLUMNS_MAX,
      },
    );
  }
  return named(types, names);
};

/** The letters of a schema: `sidbSchema` backwards, without the names. */
export const printSidb = ({ columns }: SorSchema): string => columns.map(({ type }) => sidbOf(type)).join("");
