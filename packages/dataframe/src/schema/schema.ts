/**
 * What a frame's columns are. Declared, `schema({ carrier: utf8, delay: float64 })` gives the row type to everything that
 * comes from it; read from a frame, the same object says at run time what nobody declared.
 */
import { Eau2Error } from "@eau2/protocol";
import { SchemaRecord } from "../column/schema-record.js";
import { didYouMean } from "../print/did-you-mean.js";
import { DATA_TYPES, type DataType, exactType, type TypeName, typeName, type ValueOfType } from "./data-types.js";
import { SIDB_TYPES, sidbOf } from "./sidb.js";

export interface SchemaColumn {
  readonly name: string;
  readonly type: DataType;
}

/** Column names to types, in order. */
export type SchemaShape = Readonly<Record<string, DataType>>;

/**
 * A row as a program sees it, of a schema or of what one is made from.
 * @example const Trip = schema({ carrier: utf8 }); type Trip = RowOf<typeof Trip>;
 */
export type RowOf<Of extends Schema | SchemaShape> =
  Of extends Schema<infer Row>
    ? Row
    : { readonly [Name in keyof Of]: Of[Name] extends DataType ? ValueOfType<Of[Name]> | null : never };

export class Schema<Row = unknown> {
  /** Never there; it carries the type of rows. */
  declare readonly row?: Row;

  constructor(readonly columns: readonly SchemaColumn[]) {}

  get names(): readonly string[] {
    return this.columns.map(({ name }) => name);
  }

  /** As it is stored with a frame. */
  get record(): SchemaRecord {
    return { columns: this.columns.map(({ name, type }) => ({ name, type: typeName(type) })) };
  }

  /**
   * The original's letters: `B` boolean, `I` integers, `D` floats, `S` utf8; undefined where a column's type has none.
   * @example schema({ a: utf8, b: int64 }).sidb // "SI"
   */
  get sidb(): string | undefined {
    const letters = this.columns.map(({ type }) => sidbOf(type.type));
    return letters.includes(undefined) ? undefined : letters.join("");
  }

  /** The same columns with int64, dates and timestamps as bigints: for programs that show whatever is there. */
  get exact(): Schema {
    return new Schema(this.columns.map(({ name, type }) => ({ name, type: exactType(type) })));
  }

  /** @throws {@link Eau2Error} `COLUMN_UNKNOWN`, naming those there are and the nearest one. */
  indexOf(name: string): number {
    const index = this.columns.findIndex((column) => column.name === name);
    if (index >= 0) return index;
    throw columnUnknown(name, this.names);
  }

  static fromRecord({ columns }: SchemaRecord): Schema {
    return new Schema(columns.map(({ name, type }) => ({ name, type: DATA_TYPES[type] })));
  }
}

/** Names that a message lists. */
const NAMES_SHOWN_MAX = 20;

export const columnUnknown = (name: string, names: readonly string[]): Eau2Error => {
  const shown = names.slice(0, NAMES_SHOWN_MAX).map((other) => `"${other}"`);
  const more = names.length > NAMES_SHOWN_MAX ? ` and ${names.length - NAMES_SHOWN_MAX} more` : "";
  const there = names.length === 0 ? "it has no columns" : `it has ${shown.join(", ")}${more}`;
  return new Eau2Error("COLUMN_UNKNOWN", `column "${name}" is not in the frame${didYouMean(name, names)}; ${there}`, {
    column: name,
  });
};

/**
 * Declares a schema.
 * @param shape - column names to types, in order; or the original's letters, one a column, named c0, c1 and so on.
 * @throws {@link Eau2Error} `USAGE` for a letter that is none of S, I, D and B, or for a name that no column may have.
 * @example const Trip = schema({ carrier: utf8, distance: float64 });
 * @example const Numbers = schema("IID");
 */
export const schema = <const Shape extends SchemaShape | string>(
  shape: Shape,
): Schema<Shape extends SchemaShape ? RowOf<Shape> : unknown> => {
  if (typeof shape === "string") return schemaOfLetters(shape) as Schema<never>;
  // Keys that look like array indices would come first whatever order they were written in.
  const columns = Object.entries(shape as SchemaShape).map(([name, type]) => ({ name, type }));
  const index = columns.findIndex(({ name }) => /^(0|[1-9]\d*)$/.test(name));
  if (index >= 0) {
    throw new Eau2Error(
      "USAGE",
      `schema: the name "${columns[index]!.name}" is a number, which objects do not keep in order; use schemaOf([[name, type], ...])`,
    );
  }
  return checked(columns) as Schema<never>;
};

/** As {@link schema}, for names that are not known while compiling; types by name too. @throws `USAGE` also for two equal names. */
export const schemaOf = (columns: readonly (readonly [name: string, type: DataType | TypeName])[]): Schema =>
  checked(columns.map(([name, type]) => ({ name, type: typeof type === "string" ? DATA_TYPES[type] : type })));

const schemaOfLetters = (letters: string): Schema => {
  const columns = [...letters].map((letter, index) => {
    const type = SIDB_TYPES.get(letter.toUpperCase());
    if (type !== undefined) return { name: `c${index}`, type: DATA_TYPES[type] };
    throw new Eau2Error(
      "USAGE",
      `schema "${letters}": "${letter}" at position ${index} is no type; use S (text), I (integer), D (float) and B (boolean)`,
      { position: index },
    );
  });
  return checked(columns);
};

const checked = (columns: readonly SchemaColumn[]): Schema => {
  const schema = new Schema(Object.freeze(columns));
  const parsed = SchemaRecord.safeParse(schema.record);
  if (parsed.success) return schema;
  throw new Eau2Error("USAGE", `schema: ${parsed.error.issues[0]?.message ?? "its columns cannot be used"}`);
};
