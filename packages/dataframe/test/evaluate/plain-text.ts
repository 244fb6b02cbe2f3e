import type { PlainValue } from "./plain-interpreter.js";

export const plainText = (name: string, _values: readonly PlainValue[]): PlainValue => {
  throw new Error(`no plain ${name}`);
};
