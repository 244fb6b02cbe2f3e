/** Flags that say what CSV files are: of `eau2 load` and `eau2 preview`. */
import { basename, extname } from "node:path";
import { type CsvOptions, DATA_TYPES, type DataType, type Schema, schema, schemaOf } from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";

export interface CsvFlags {
  readonly delimiter?: string;
  readonly quote?: string;
  readonly header?: boolean;
  readonly type?: readonly string[];
  readonly null?: readonly string[];
  readonly dateFormat?: string;
  readonly schema?: string;
  readonly names?: string;
}

const COLUMN_TYPES = ["utf8", "int64", "float64", "boolean", "date", "timestamp"] as const;
type ColumnType = (typeof COLUMN_TYPES)[number];
const isColumnType = (text: string): text is ColumnType => COLUMN_TYPES.some((type) => type === text);

const column = (flag: string, text: string): [string, ColumnType] => {
  const at = text.lastIndexOf(":");
  const type = text.slice(at + 1);
  if (at > 0 && isColumnType(type)) return [text.slice(0, at), type];
  throw new Eau2Error(
    "USAGE",
    `${flag}: "${text}" is no column; write NAME:TYPE with one of ${COLUMN_TYPES.join(", ")}${flag === "--schema" ? ", or letters like SIDB" : ""}`,
  );
};

/** `SIDB`, or `name:type,name:type`. @throws {@link Eau2Error} `USAGE` */
export const parseSchema = (text: string): Schema =>
  text.includes(":") ? schemaOf(text.split(",").map((part) => column("--schema", part))) : schema(text);

/** Columns as all readers take them. */
export const columnOptions = ({ schema: columns, names }: CsvFlags): { schema?: Schema; names?: string[] } => ({
  ...(columns === undefined ? {} : { schema: parseSchema(columns) }),
  ...(names === undefined ? {} : { names: names.split(",") }),
});

/** @throws {@link Eau2Error} `USAGE` */
export const csvOptions = ({ delimiter, quote, header, type, null: nulls, dateFormat }: CsvFlags): CsvOptions => {
  const types = (type ?? []).map((text): [string, DataType] => {
    const [name, columnType] = column("--type", text);
    return [name, DATA_TYPES[columnType]];
  });
  return {
    ...(delimiter === undefined ? {} : { delimiter: delimiter === "tab" ? "\t" : delimiter }),
    ...(quote === undefined ? {} : { quote: quote === "none" ? null : quote }),
    ...(header === undefined ? {} : { header }),
    ...(types.length === 0 ? {} : { types: Object.fromEntries(types) }),
    ...(nulls === undefined ? {} : { nulls }),
    ...(dateFormat === undefined ? {} : { dateFormat }),
  };
};

/** What files are by their names: "trips.csv.gz" is a CSV file called "trips". */
export const extensionOf = (path: string): string => extname(path.replace(/\.gz$/i, "")).toLowerCase();
export const nameOf = (path: string): string => {
  const plain = path.replace(/\.gz$/i, "");
  return basename(plain, extname(plain));
};
