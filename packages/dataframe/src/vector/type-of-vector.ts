import type { ScalarType, ValueType } from "../expression/expression.js";
import type { Vector } from "./vector.js";

export const typeOfVector = (vector: Vector): ValueType => {
  switch (vector.kind) {
    case "column": {
      const { layout, itemType } = vector;
      if (layout.type !== "list") return layout.type;
      return `list<${layout.encoding === "list" ? layout.items.type : (itemType ?? "boolean")}>`;
    }
    case "numbers":
    case "wide":
      return vector.type;
    case "booleans":
      return "boolean";
    case "coded":
    case "text":
      return "utf8";
    case "lists":
      return `list<${typeOfVector(vector.elements) as ScalarType}>`;
    default:
      return vector satisfies never;
  }
};
