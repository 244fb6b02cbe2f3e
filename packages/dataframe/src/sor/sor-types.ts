/** The types of SoR, in the order in which each takes the values of those before it; as column types of a frame. */
export const SOR_COLUMN_TYPES = ["boolean", "int64", "float64", "utf8"] as const;
export type SorColumnType = (typeof SOR_COLUMN_TYPES)[number];

/** Bytes of a field's value, without the quotes of a quoted one. */
export const SOR_FIELD_BYTES_MAX = 255;
