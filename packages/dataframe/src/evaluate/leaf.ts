/**
 * What a loop reads ready-made because text or lists are in it: a value for every row, or for every string of a
 * dictionary, of which rows have codes. A value that could not be is an error only for the row that needs it.
 */
import type { CodedVector } from "../vector/vector.js";
import { emitIsNull } from "./emit-column.js";
import type { FailureSite, Loop } from "./loop.js";
import {
  asBit,
  bigintOperand,
  booleanOperand,
  floatOperand,
  integerOperand,
  isFloatType,
  type Operand,
} from "./operand.js";

/** Whether rows have values: 0 a value, 1 null, 2 and more the failure site; undefined: all have one. */
export interface States {
  readonly states: Uint8Array | undefined;
  /** Of state 2 and on. */
  readonly sites: readonly FailureSite[];
}

/** Values of rows. */
export interface Leaf extends States {
  readonly type: Operand["type"];
  /** Booleans are 0 and 1, and 0 where they are null. */
  readonly values: Int32Array | Float64Array | BigInt64Array | Uint8Array;
}

/** The codes through which rows find their values in a leaf of a dictionary: the one after the last string is for null. */
export interface CodedRows {
  readonly codes: CodedVector["codes"];
  readonly validity: Uint8Array | undefined;
  readonly nullPosition: number;
}

const valueOperand = ({ type, values }: Leaf, value: string, isNull: string | undefined): Operand => {
  if (values instanceof Uint8Array) return booleanOperand(value, isNull);
  if (isFloatType(type)) return { ...floatOperand(value, isNull), type };
  if (values instanceof BigInt64Array) return bigintOperand(value, isNull, type);
  const limit = values instanceof Int32Array ? 2 ** 31 : 2 ** 53;
  return integerOperand(value, isNull, -limit, limit, type);
};

/** @param rows - where the leaf is of a dictionary. */
export const emitLeaf = (loop: Loop, leaf: Leaf, rows: CodedRows | undefined): Operand => {
  let position = "i";
  if (rows !== undefined) {
    const isNull = emitIsNull(loop, rows.validity);
    const code = `${loop.array(rows.codes)}[i]`;
    const only = isNull === undefined ? onlyTrue(leaf, rows.nullPosition) : undefined;
    // One string of all: its code says it, and nothing is looked up.
    if (only !== undefined)
      return booleanOperand(loop.load(asBit(`${code} === ${loop.parameter("k", only)}`)), undefined);
    position = loop.load(
      isNull === undefined ? code : `${isNull} ? ${loop.parameter("k", rows.nullPosition)} : ${code}`,
    );
  }
  const value = loop.load(`${loop.array(leaf.values)}[${position}]`);
  if (
    leaf.states === undefined ||
    (rows?.validity === undefined && rows !== undefined && areAllValues(leaf.states, rows.nullPosition))
  ) {
    return valueOperand(leaf, value, undefined);
  }
  const state = loop.load(`${loop.array(leaf.states)}[${position}]`);
  loop.failByState(state, leaf.sites);
  return valueOperand(leaf, value, state);
};

const areAllValues = (states: Uint8Array, count: number): boolean => {
  for (let at = 0; at < count; at++) if (states[at] !== 0) return false;
  return true;
};

/** The one position at which a boolean is true, if there is one and no string is null. */
const onlyTrue = ({ values, states }: Leaf, count: number): number | undefined => {
  if (!(values instanceof Uint8Array) || (states !== undefined && !areAllValues(states, count))) return undefined;
  const first = values.indexOf(1);
  return first >= 0 && first < count && values.subarray(first + 1, count).indexOf(1) < 0 ? first : undefined;
};
