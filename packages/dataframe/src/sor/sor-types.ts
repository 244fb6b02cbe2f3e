/** The types of SoR, in the order in which each takes the values of those before it; as column types of a frame. */
export const SOR_COLUMN_TYPES = ["boolean", "int64", "float64", "utf8"] as const;
export type SorColumnType = (typeof SOR_COLUMN_TYPES)[number];

/** Bytes of a field's value, without the quotes of a quoted one. */
export const SOR_FIELD_BYTES_MAX = 255;

/**
 * What a reader does with a bad row, one that contradicts the schema or the grammar: leaves it out, keeps it with nulls in
 * its bad fields, or leaves it out so that the load can fail with all bad rows known (see `assertNoBadRows`).
 */
export const BAD_ROW_POLICIES = ["discard", "null", "error"] as const;
export type BadRowPolicy = (typeof BAD_ROW_POLICIES)[number];

/** Why a row is bad: what is wrong with its first bad field. The index in this list is the kernel's number less one. */
export const SOR_FAULTS = [
  /** The value is of a wider type than its column. */
  "contradicts",
  "quote-unclosed",
  "field-unclosed",
  /** Something that is no space between a value and its ">". */
  "text-behind-value",
  /** More than 255 bytes. */
  "too-long",
] as const;
export type SorFault = (typeof SOR_FAULTS)[number];

/** Bad rows that are reported by place; all are counted. */
export const BAD_ROWS_MAX = 10;
