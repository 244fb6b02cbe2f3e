/**
 * How the loops of aggregates read a row of a vector: which arrays they get, and what they write for a value. Chosen once a
 * batch, so that each loop sees arrays of one kind.
 */
import { type ColumnLayout, type IntegerLayout, isBitSet, wordsOf } from "@eau2/serialization";
import type { Vector } from "../vector/vector.js";

/** The arrays of one input of a loop. */
export interface Access {
  /** What the source depends on, nothing else: loops are kept by it. */
  readonly shape: AccessShape;
  readonly values: ArrayLike<number> | undefined;
  readonly validity: Uint8Array | undefined;
  /** Added to a stored value, or the value of a constant. */
  readonly base: number;
  /** Of wide constants: the low half. */
  readonly baseLow: number;
  /** What a stored number is replaced by: ranks of codes. */
  readonly table: ArrayLike<number> | undefined;
}

export interface AccessShape {
  /** Kind of array; `bits` for packed booleans, `constant` and `null` for none, `words` for halves of 64-bit integers. */
  readonly array: string;
  readonly hasOffset: boolean;
  /** What says whether a row has a value: nothing, a bitmap, or a byte a row. */
  readonly validity: "none" | "bits" | "bytes";
  readonly hasTable: boolean;
}

const kindOf = (values: ArrayBufferView): string => values.constructor.name;

const validityOf = (validity: Uint8Array | undefined): AccessShape["validity"] =>
  validity === undefined ? "none" : "bits";

const NOTHING = { values: undefined, validity: undefined, base: 0, baseLow: 0, table: undefined } as const;

const shape = (array: string, facts: Partial<AccessShape> = {}): AccessShape => ({
  array,
  hasOffset: false,
  validity: "none",
  hasTable: false,
  ...facts,
});

/**
 * @param table - for text: the number that stands for each code; undefined for the codes themselves.
 * @param isWide - whether the loops read halves of 64-bit integers.
 */
export const accessOf = (vector: Vector, table: ArrayLike<number> | undefined, isWide: boolean): Access => {
  switch (vector.kind) {
    case "column":
      return layoutAccess(vector.layout, table, isWide);
    case "numbers": {
      const { values, validity } = vector;
      if (isWide) return wideAccess(widened(values), validity);
      return { ...NOTHING, values, validity, shape: shape(kindOf(values), { validity: validityOf(validity) }) };
    }
    case "wide":
      if (!isWide) throw new Error("invariant: wide values are read in halves");
      return wideAccess(vector.values, vector.validity);
    case "booleans":
      return bits(vector.bits, vector.validity);
    case "coded":
      return coded(vector.codes, vector.validity, table);
    case "text":
    case "lists":
      throw new Error(`invariant: aggregates read ${vector.kind} as codes`);
    default:
      return vector satisfies never;
  }
};

const widened = (values: Float64Array | Int32Array): BigInt64Array => {
  const wide = new BigInt64Array(values.length);
  for (let row = 0; row < values.length; row++) wide[row] = BigInt(values[row]!);
  return wide;
};

const wideAccess = (values: BigInt64Array, validity: Uint8Array | undefined): Access => ({
  ...NOTHING,
  values: wordsOf(values),
  validity,
  shape: shape("words", { validity: validityOf(validity) }),
});

const bits = (values: Uint8Array, validity: Uint8Array | undefined): Access => ({
  ...NOTHING,
  values,
  validity,
  shape: shape("bits", { validity: validityOf(validity) }),
});

const coded = (
  codes: Uint8Array | Uint16Array | Uint32Array,
  validity: Uint8Array | undefined,
  table: ArrayLike<number> | undefined,
): Access => ({
  ...NOTHING,
  values: codes,
  validity,
  table,
  shape: shape(kindOf(codes), { validity: validityOf(validity), hasTable: table !== undefined }),
});

const constant = (value: number, validity: Uint8Array | undefined): Access => ({
  ...NOTHING,
  validity,
  base: value,
  shape: shape("constant", { validity: validityOf(validity) }),
});

const halvesOf = (value: bigint): { readonly high: number; readonly low: number } => ({
  high: Number(value >> 32n),
  low: Number(value & 0xffff_ffffn),
});

const layoutAccess = (layout: ColumnLayout, table: ArrayLike<number> | undefined, isWide: boolean): Access => {
  const { validity } = layout;
  const validityShape = validityOf(validity);
  if (layout.encoding === "null") return { ...NOTHING, shape: shape("null") };
  switch (layout.type) {
    case "boolean":
      return layout.encoding === "constant" ? constant(layout.value ? 1 : 0, validity) : bits(layout.values, validity);
    case "float32":
    case "float64":
      if (layout.encoding === "constant") return constant(layout.values[0]!, validity);
      return {
        ...NOTHING,
        values: layout.values,
        validity,
        shape: shape(kindOf(layout.values), { validity: validityShape }),
      };
    case "list":
      throw new Error("invariant: aggregates read no lists");
    case "utf8":
      switch (layout.encoding) {
        case "constantCode":
          return constant(table === undefined ? layout.code : table[layout.code]!, validity);
        case "constant":
        case "plain":
          throw new Error("invariant: aggregates read text as codes");
        default:
          return coded(layout.values, validity, table);
      }
    default: {
      if (isWide) return wideLayout(layout, validity);
      if (layout.encoding === "constant") return constant(Number(layout.value), validity);
      if (layout.encoding === "int64") {
        return {
          ...NOTHING,
          values: wordsOf(layout.values),
          validity,
          shape: shape("words", { validity: validityShape }),
        };
      }
      const { values } = layout;
      const hasOffset = layout.offset !== 0n;
      const base = Number(layout.offset);
      return {
        ...NOTHING,
        values,
        validity,
        base,
        shape: shape(kindOf(values), { hasOffset, validity: validityShape }),
      };
    }
  }
};

type Integers = IntegerLayout;

const wideLayout = (layout: Integers, validity: Uint8Array | undefined): Access => {
  switch (layout.encoding) {
    case "null":
      return { ...NOTHING, shape: shape("null") };
    case "constant": {
      const { high, low } = halvesOf(layout.value);
      return { ...constant(high, validity), baseLow: low };
    }
    case "int64":
      return wideAccess(layout.values, validity);
    default: {
      const { offset, values } = layout;
      const wide = new BigInt64Array(layout.rowCount);
      for (let row = 0; row < wide.length; row++) {
        if (validity === undefined || isBitSet(validity, row)) wide[row] = offset + BigInt(values[row]!);
      }
      return wideAccess(wide, validity);
    }
  }
};

/** Source that reads row `i` of the access whose arrays are named with `index`. */
export const emitValue = ({ array, hasOffset, hasTable }: AccessShape, index: number): string => {
  switch (array) {
    case "null":
      return "0";
    case "constant":
      return `b${index}`;
    case "bits":
      return `((v${index}[i >> 3] >> (i & 7)) & 1)`;
    case "words":
      return `(v${index}[2 * i + 1] * 4294967296 + (v${index}[2 * i] >>> 0))`;
    default: {
      const stored = `v${index}[i]`;
      if (hasTable) return `t${index}[${stored}]`;
      return hasOffset ? `(${stored} + b${index})` : stored;
    }
  }
};

export const emitHigh = ({ array }: AccessShape, index: number): string =>
  array === "null" ? "0" : array === "constant" ? `b${index}` : `v${index}[2 * i + 1]`;

export const emitLow = ({ array }: AccessShape, index: number): string =>
  array === "null" ? "0" : array === "constant" ? `l${index}` : `(v${index}[2 * i] >>> 0)`;

/** Source of the condition that row `i` has a value; undefined where all have one. */
export const emitIsValid = ({ array, validity }: AccessShape, index: number): string | undefined => {
  if (array === "null") return "false";
  if (validity === "none") return undefined;
  return validity === "bits" ? `((n${index}[i >> 3] >> (i & 7)) & 1) !== 0` : `n${index}[i] !== 0`;
};

/** The shape as part of a loop's source or key. */
export const shapeText = ({ array, hasOffset, validity, hasTable }: AccessShape): string =>
  `${array}${hasOffset ? "+" : ""}${validity === "none" ? "" : validity}${hasTable ? "@" : ""}`;

/** Source that takes what the others name out of `g`, the accesses, before the loop. */
export const emitHeads = (inputs: readonly Access[]): string =>
  inputs
    .map(({ shape: { array, hasOffset, validity, hasTable } }, input) => {
      const at = `g[${input}]`;
      const parts: string[] = [];
      if (array === "constant") parts.push(`b${input} = ${at}.base`, `l${input} = ${at}.baseLow`);
      else if (array !== "null") parts.push(`v${input} = ${at}.values`);
      if (hasOffset) parts.push(`b${input} = ${at}.base`);
      if (validity !== "none") parts.push(`n${input} = ${at}.validity`);
      if (hasTable) parts.push(`t${input} = ${at}.table`);
      return parts.length === 0 ? "" : `const ${parts.join(", ")};`;
    })
    .join(" ");
