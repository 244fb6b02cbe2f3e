import { z } from "zod";
import { TYPE_NAMES } from "../schema/data-types.js";

const COLUMN_NAME_BYTES_MAX = 256;
export const SCHEMA_COLUMNS_MAX = 4096;

const ENCODER = new TextEncoder();

const isColumnName = (name: string): boolean =>
  name.length > 0 &&
  name.length <= COLUMN_NAME_BYTES_MAX &&
  !/[\ud800-\udfff]/u.test(name) && // a lone surrogate has no UTF-8 form
  ENCODER.encode(name).length <= COLUMN_NAME_BYTES_MAX;

const ColumnName = z.string().refine(isColumnName, `a column's name has 1 to ${COLUMN_NAME_BYTES_MAX} bytes of UTF-8`);

export const ColumnRecord = z.strictObject({ name: ColumnName, type: z.enum(TYPE_NAMES) });
export type ColumnRecord = z.infer<typeof ColumnRecord>;

/**
 * The columns of a frame, in order; names differ. Names are values here and never keys of an object, so "constructor"
 * and "__proto__" are names like any other. A frame without columns is allowed: an empty file has none.
 */
export const SchemaRecord = z.strictObject({
  columns: z
    .array(ColumnRecord)
    .max(SCHEMA_COLUMNS_MAX)
    .superRefine((columns, context) => {
      const seen = new Set<string>();
      for (const [index, { name }] of columns.entries()) {
        if (seen.has(name)) {
          context.addIssue({ code: "custom", path: [index, "name"], message: `column "${name}" occurs twice` });
        }
        seen.add(name);
      }
    }),
});
export type SchemaRecord = z.infer<typeof SchemaRecord>;
