import type { CodeEncoding, ColumnType, Encoding, IntegerEncoding } from "./column-types.js";

/** What the choice depends on: nothing but the type and facts about the values, so equal columns are encoded equally. */
export interface EncodingFacts {
  readonly type: ColumnType;
  readonly rowCount: number;
  readonly nullCount: number;
  /** Whether all values have equal bits (-0 and 0 do not). */
  readonly identical: boolean;
  /** Integers only: exact least and greatest value. */
  readonly min?: bigint | undefined;
  readonly max?: bigint | undefined;
  /** Coded utf8 only: entries of the frame's dictionary. */
  readonly dictionarySize?: number | undefined;
}

export interface EncodingChoice {
  readonly encoding: Encoding;
  /** Integers: what is added to a stored value. */
  readonly offset: bigint;
}

const INTEGER_WIDTHS: readonly { readonly encoding: IntegerEncoding; readonly limit: bigint }[] = [
  { encoding: "int8", limit: 2n ** 7n },
  { encoding: "int16", limit: 2n ** 15n },
  { encoding: "int32", limit: 2n ** 31n },
];

/**
 * The narrowest signed width for integers from `min` to `max`; without an offset where they fit as they are.
 * @remarks The offset is the middle of the range: it lies between min and max, so it never leaves the type, and the
 * stored values use both signs, so a range of 2^width - 1 fits.
 */
export const chooseIntegerEncoding = (
  min: bigint,
  max: bigint,
): { readonly encoding: IntegerEncoding; readonly offset: bigint } => {
  const span = max - min;
  for (const { encoding, limit } of INTEGER_WIDTHS) {
    if (min >= -limit && max < limit) return { encoding, offset: 0n };
    if (span < 2n * limit) return { encoding, offset: min + (span + 1n) / 2n };
  }
  return { encoding: "int64", offset: 0n };
};

/** The narrowest codes for a dictionary, whatever codes occur: all chunks of a frame that are not constant get the same. */
export const chooseCodeEncoding = (dictionarySize: number): CodeEncoding =>
  dictionarySize <= 2 ** 8 ? "codes8" : dictionarySize <= 2 ** 16 ? "codes16" : "codes32";

/** The cheapest encoding of a column. */
export const chooseEncoding = (facts: EncodingFacts): EncodingChoice => {
  const { type, rowCount, nullCount, identical, min, max, dictionarySize } = facts;
  const choice = (encoding: Encoding): EncodingChoice => ({ encoding, offset: 0n });
  if (nullCount === rowCount) return choice("null");
  if (identical) return choice(dictionarySize === undefined ? "constant" : "constantCode");
  switch (type) {
    case "boolean":
      return choice("bits");
    case "float32":
    case "float64":
      return choice(type);
    case "list":
      return choice("list");
    case "utf8":
      return choice(dictionarySize === undefined ? "plain" : chooseCodeEncoding(dictionarySize));
    case "int8":
    case "int16":
    case "int32":
    case "int64":
    case "date":
    case "timestamp":
      if (min === undefined || max === undefined)
        throw new Error("invariant: integers with values have a min and a max");
      return chooseIntegerEncoding(min, max);
    default:
      return type satisfies never;
  }
};
