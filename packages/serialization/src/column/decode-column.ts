import { bitmapByteLength, isSpareClear } from "./bitmap.js";
import { ABSENT, type BufferPlacement, type BufferRange } from "./buffer-placement.js";
import {
  type ColumnPlacement,
  FLAG_DISTINCT,
  FLAG_MAGNITUDE,
  FLAG_MAX,
  FLAG_MIN,
  FLAG_SMALLEST,
  RECORD,
  valuesByteLength,
} from "./column-record.js";
import {
  COLUMN_TYPES,
  type ColumnLayout,
  ENCODINGS,
  ENCODINGS_OF,
  type FloatLayout,
  type IntegerType,
  ORDERS,
  type ScalarLayout,
  type Statistics,
  TEXT_BOUND_BYTES_MAX,
} from "./column-types.js";
import { compareBytes } from "./compare-bytes.js";
import { INTEGER_RANGES } from "./integer-ranges.js";
import { magnitudeOf, NO_STATISTICS, UNKNOWN_STATISTICS } from "./integer-statistics.js";

type FloatArray = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Float32Array | Float64Array;

export interface DecodedColumn {
  readonly column: ColumnLayout;
  readonly placement: ColumnPlacement;
}

/** What decoding one column needs to know of its chunk. */
export interface ChunkBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly rowCount: number;
  readonly placement: BufferPlacement;
  /** Decodes the items of a column of lists, whose buffers follow its own. */
  readonly items: (itemCount: number) => ScalarLayout;
  /** Makes the error for bytes that cannot be. */
  readonly invalid: (why: string) => Error;
}

/**
 * Read the record at `start`, place its buffers after those before it and look at them in place. Checks all that costs
 * no pass over rows; `start` + one record is inside the bytes.
 */
export const decodeColumn = (chunk: ChunkBytes, start: number): DecodedColumn => {
  const { bytes, view, rowCount, invalid } = chunk;
  const typeCode = view.getUint8(start + RECORD.type);
  const type = COLUMN_TYPES[typeCode];
  if (type === undefined) throw invalid(`type ${typeCode} is unknown`);
  const encodingCode = view.getUint8(start + RECORD.encoding);
  const encoding = ENCODINGS[encodingCode];
  if (encoding === undefined) throw invalid(`encoding ${encodingCode} is unknown`);
  if (!ENCODINGS_OF[type].includes(encoding)) throw invalid(`${type} is never encoded as ${encoding}`);
  const nullCount = view.getUint32(start + RECORD.nullCount, true);
  if (nullCount > rowCount) throw invalid(`${nullCount} of ${rowCount} rows are null`);
  if ((nullCount === rowCount) !== (encoding === "null")) {
    throw invalid(`${nullCount} of ${rowCount} rows are null but its encoding is ${encoding}`);
  }
  if (encoding === "null") {
    const nothing = { rowCount, nullCount, validity: undefined, encoding, statistics: NO_STATISTICS } as const;
    return { column: { type, ...nothing } as ColumnLayout, placement: NOWHERE };
  }

  const textBytes = view.getUint32(start + RECORD.values + 4, true);
  const placement: ColumnPlacement = {
    validity: place(chunk, nullCount === 0 ? 0 : bitmapByteLength(rowCount)),
    offsets: place(chunk, encoding === "plain" || encoding === "list" ? (rowCount + 1) * 4 : 0),
    values: place(chunk, valuesByteLength(type, encoding, rowCount) ?? textBytes),
  };
  const at = (range: BufferRange): number => bytes.byteOffset + range.offset;
  const { buffer } = bytes;
  const validity = nullCount === 0 ? undefined : view8(bytes, placement.validity);
  if (validity !== undefined && !isSpareClear(validity, rowCount)) throw invalid("spare bits of its validity are set");
  const order = ORDERS[view.getUint8(start + RECORD.order)];
  if (order === undefined) throw invalid("its order is unknown");
  const flags = view.getUint8(start + RECORD.flags);
  const distinctCount = (flags & FLAG_DISTINCT) === 0 ? undefined : view.getUint32(start + RECORD.distinctCount, true);
  if (distinctCount !== undefined && (distinctCount < 1 || distinctCount > rowCount - nullCount)) {
    throw invalid(`${distinctCount} distinct values in ${rowCount - nullCount}`);
  }
  const bounds = { order, distinctCount, hasMin: (flags & FLAG_MIN) !== 0, hasMax: (flags & FLAG_MAX) !== 0 };
  const rows = { rowCount, nullCount, validity };
  const values = placement.values;
  const done = (column: ColumnLayout): DecodedColumn => ({ column, placement });

  switch (type) {
    case "list": {
      const offsets = new Uint32Array(buffer, at(placement.offsets), rowCount + 1);
      if (offsets[0] !== 0) throw invalid("its offsets do not begin with 0");
      const items = chunk.items(offsets[rowCount]!);
      return done({ type, ...rows, encoding: "list", statistics: UNKNOWN_STATISTICS, offsets, items });
    }
    case "boolean": {
      const statistics = booleanStatistics(chunk, start, bounds);
      if (encoding === "constant") {
        return done({ type, ...rows, encoding, statistics, value: view.getUint8(start + RECORD.base) !== 0 });
      }
      const bits = view8(bytes, values);
      if (!isSpareClear(bits, rowCount)) throw invalid("spare bits of its values are set");
      return done({ type, ...rows, encoding: "bits", statistics, values: bits });
    }
    case "float32":
    case "float64": {
      const statistics = floatStatistics(chunk, start, bounds, flags);
      const Values: FloatArray = type === "float32" ? Float32Array : Float64Array;
      const array =
        encoding === "constant"
          ? new Values(buffer, bytes.byteOffset + start + RECORD.base, 1)
          : new Values(buffer, at(values), rowCount);
      return done({ type, ...rows, encoding, statistics, values: array } as FloatLayout);
    }
    case "utf8": {
      const column = { type, ...rows, statistics: utf8Statistics(chunk, start, bounds) } as const;
      switch (encoding) {
        case "constantCode":
          return done({ ...column, encoding, code: view.getUint32(start + RECORD.base, true) });
        case "codes8":
          return done({ ...column, encoding, values: view8(bytes, values) });
        case "codes16":
          return done({ ...column, encoding, values: new Uint16Array(buffer, at(values), rowCount) });
        case "codes32":
          return done({ ...column, encoding, values: new Uint32Array(buffer, at(values), rowCount) });
        case "constant":
          return done({ ...column, encoding, values: view8(bytes, values) });
        default: {
          const offsets = new Uint32Array(buffer, at(placement.offsets), rowCount + 1);
          if (offsets[0] !== 0 || offsets[rowCount] !== textBytes) throw invalid("its offsets do not span its text");
          return done({ ...column, encoding: "plain", offsets, values: view8(bytes, values) });
        }
      }
    }
    default: {
      const [low, high] = INTEGER_RANGES[type];
      const base = view.getBigInt64(start + RECORD.base, true);
      if (base < low || base > high) throw invalid(`its offset or value ${base} is outside ${type}`);
      const column = { type, ...rows, statistics: integerStatistics(chunk, start, bounds, type) } as const;
      switch (encoding) {
        case "constant":
          return done({ ...column, encoding, value: base });
        case "int8":
          return done({ ...column, encoding, offset: base, values: new Int8Array(buffer, at(values), rowCount) });
        case "int16":
          return done({ ...column, encoding, offset: base, values: new Int16Array(buffer, at(values), rowCount) });
        case "int32":
          return done({ ...column, encoding, offset: base, values: new Int32Array(buffer, at(values), rowCount) });
        default:
          if (base !== 0n) throw invalid("int64 has no offset");
          return done({
            ...column,
            encoding: "int64",
            offset: base,
            values: new BigInt64Array(buffer, at(values), rowCount),
          });
      }
    }
  }
};

const NOWHERE: ColumnPlacement = { validity: ABSENT, offsets: ABSENT, values: ABSENT };

/** The next range of `byteLength`, inside the bytes and after zeros. */
const place = ({ bytes, placement, invalid }: ChunkBytes, byteLength: number): BufferRange => {
  const before = placement.end;
  const range = placement.place(byteLength);
  if (placement.end > bytes.length) throw invalid(`its buffers end at ${placement.end} of ${bytes.length} bytes`);
  for (let position = before; position < range.offset; position++) {
    if (bytes[position] !== 0) throw invalid(`byte ${position} between two buffers is not 0`);
  }
  return range;
};

const view8 = (bytes: Uint8Array, { offset, byteLength }: BufferRange): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset + offset, byteLength);

interface Bounds {
  readonly order: Statistics<never>["order"];
  readonly distinctCount: number | undefined;
  readonly hasMin: boolean;
  readonly hasMax: boolean;
}

const booleanStatistics = ({ view, invalid }: ChunkBytes, start: number, bounds: Bounds): Statistics<boolean> => {
  const { order, distinctCount } = bounds;
  const min = bounds.hasMin ? view.getUint8(start + RECORD.min) !== 0 : undefined;
  const max = bounds.hasMax ? view.getUint8(start + RECORD.max) !== 0 : undefined;
  if (min === true && max === false) throw invalid("its min is above its max");
  return { order, distinctCount, min, max, magnitude: undefined, smallest: undefined };
};

const integerStatistics = (
  { view, invalid }: ChunkBytes,
  start: number,
  bounds: Bounds,
  type: IntegerType,
): Statistics<bigint> => {
  const { order, distinctCount } = bounds;
  const [low, high] = INTEGER_RANGES[type];
  const min = bounds.hasMin ? view.getBigInt64(start + RECORD.min, true) : undefined;
  const max = bounds.hasMax ? view.getBigInt64(start + RECORD.max, true) : undefined;
  if (min !== undefined && (min < low || min > high)) throw invalid(`its min ${min} is outside ${type}`);
  if (max !== undefined && (max < low || max > high)) throw invalid(`its max ${max} is outside ${type}`);
  const claimed = { order, distinctCount, min, max, smallest: undefined };
  if (min === undefined || max === undefined) return { ...claimed, magnitude: undefined };
  if (min > max) throw invalid(`its min ${min} is above its max ${max}`);
  return { ...claimed, magnitude: magnitudeOf(min, max) };
};

const floatStatistics = (
  { view, invalid }: ChunkBytes,
  start: number,
  bounds: Bounds,
  flags: number,
): Statistics<number> => {
  const { order, distinctCount } = bounds;
  // + 0: -0 is not written, and reading it as 0 makes the record differ from what would be written.
  const min = bounds.hasMin ? view.getFloat64(start + RECORD.min, true) + 0 : undefined;
  const max = bounds.hasMax ? view.getFloat64(start + RECORD.max, true) + 0 : undefined;
  const magnitude = (flags & FLAG_MAGNITUDE) !== 0 ? view.getFloat64(start + RECORD.magnitude, true) + 0 : undefined;
  const smallest = (flags & FLAG_SMALLEST) !== 0 ? view.getFloat64(start + RECORD.smallest, true) : undefined;
  if (min !== undefined && max !== undefined && (min > max || (Number.isNaN(min) && !Number.isNaN(max)))) {
    throw invalid(`its min ${min} is above its max ${max}`);
  }
  if (magnitude !== undefined && !(magnitude >= 0 && magnitude < Number.POSITIVE_INFINITY)) {
    throw invalid(`its magnitude is ${magnitude}`);
  }
  if (smallest !== undefined && !(smallest > 0 && smallest <= (magnitude ?? Number.MAX_VALUE))) {
    throw invalid(`its smallest magnitude is ${smallest}`);
  }
  return { order, distinctCount, min, max, magnitude, smallest };
};

const utf8Statistics = (
  { bytes, view, invalid }: ChunkBytes,
  start: number,
  bounds: Bounds,
): Statistics<Uint8Array> => {
  const { order, distinctCount } = bounds;
  const minBytes = view.getUint8(start + RECORD.minBytes);
  const maxBytes = view.getUint8(start + RECORD.maxBytes);
  if (minBytes > TEXT_BOUND_BYTES_MAX || maxBytes > TEXT_BOUND_BYTES_MAX)
    throw invalid("a bound of its text is too long");
  // Copied: bounds are a few bytes and outlive the chunk's memory in plans and catalogs.
  const min = bounds.hasMin ? bytes.slice(start + RECORD.min, start + RECORD.min + minBytes) : undefined;
  const max = bounds.hasMax ? bytes.slice(start + RECORD.max, start + RECORD.max + maxBytes) : undefined;
  if (min !== undefined && max !== undefined && compareBytes(min, 0, minBytes, max, 0, maxBytes) > 0) {
    throw invalid("the lower bound of its text is above the upper one");
  }
  return { order, distinctCount, min, max, magnitude: undefined, smallest: undefined };
};
