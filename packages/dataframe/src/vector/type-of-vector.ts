import type { ScalarType, ValueType } from "../expression/expression.js";
import type { Vector } from "./vector.js";

export const typeOfVector = (vector: Vector): ValueType => {
  switch (vector.kind) {
    case "column": {
      const { layout, itemType } = vector;
      if (layout.type !== "list") return layout.type;
      const type = layout.encoding === "list" ? layout.items.type : itemType;
      if (type === undefined) throw new Error("invariant: a column of null lists says of what type their items are");
      return `list<${type}>`;
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
