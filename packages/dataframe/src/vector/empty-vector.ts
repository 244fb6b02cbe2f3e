import type { ScalarType } from "../expression/expression.js";
import type { Vector } from "./vector.js";

/** No rows of a type. */
export const emptyVector = (type: ScalarType): Vector => {
  const rows = { rowCount: 0, validity: undefined } as const;
  switch (type) {
    case "boolean":
      return { kind: "booleans", ...rows, bits: new Uint8Array(0) };
    case "utf8":
      return { kind: "text", ...rows, offsets: new Uint32Array(1), bytes: new Uint8Array(0) };
    default:
      return { kind: "numbers", type, ...rows, values: new Float64Array(0) };
  }
};
