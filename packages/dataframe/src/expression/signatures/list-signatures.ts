import type { ScalarType, ValueType } from "../expression.js";
import { commonType, elementOf } from "../value-types.js";
import { fixed, integer, list, type Signature, scalar } from "./signature.js";

const elements = (types: readonly ValueType[]): ScalarType => elementOf(types[0] as `list<${ScalarType}>`);

export const LIST_SIGNATURES = {
  listLength: fixed([list], "int64"),
  listGet: { parameters: [list, integer], result: elements },
  listContains: {
    parameters: [list, scalar],
    result: (types) => {
      const element = elements(types);
      if (commonType(element, types[1]!) !== undefined) return "boolean";
      return { code: "TYPE_MISMATCH", argument: 1, words: `of a kind with the ${element} of the list` };
    },
  },
} satisfies Record<string, Signature>;
