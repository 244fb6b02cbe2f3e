import type { ValueType } from "../expression.js";
import { promoteNumbers } from "../value-types.js";
import { constant, fixed, integer, number, type Signature } from "./signature.js";

/** More digits than a float64 has on either side of its point. */
const DIGITS_MAX = 22;

/** Integers give int64, anything else float64. */
const promoted = (count: number): Signature => ({
  parameters: Array.from({ length: count }, () => number),
  result: (types) => promoteNumbers(types),
});

const digits = constant(integer, (value) =>
  Math.abs(Number(value)) <= DIGITS_MAX ? undefined : `${value} digits are not within -${DIGITS_MAX} to ${DIGITS_MAX}`,
);

const ofNumber = (type: ValueType): Signature => fixed([number], type);

export const NUMBER_SIGNATURES = {
  add: promoted(2),
  subtract: promoted(2),
  multiply: promoted(2),
  divide: fixed([number, number], "float64"),
  intDivide: promoted(2),
  remainder: promoted(2),
  negate: promoted(1),
  abs: promoted(1),
  sign: promoted(1),
  round: { parameters: [number, digits], optional: 1, result: (types) => promoteNumbers(types.slice(0, 1)) },
  floor: promoted(1),
  ceil: promoted(1),
  trunc: promoted(1),
  sqrt: ofNumber("float64"),
  exp: ofNumber("float64"),
  ln: ofNumber("float64"),
  log2: ofNumber("float64"),
  log10: ofNumber("float64"),
  power: fixed([number, number], "float64"),
  isNaN: ofNumber("boolean"),
  isFinite: ofNumber("boolean"),
} satisfies Record<string, Signature>;
