import type { ValueType } from "../../src/expression/expression.js";
import type { PlainValue } from "./plain-interpreter.js";

export const plainDates = (
  _name: string,
  _values: readonly PlainValue[],
  _types: readonly ValueType[],
): PlainValue | undefined => undefined;
