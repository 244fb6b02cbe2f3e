import type { ColumnLayout } from "@eau2/serialization";
import type { ScalarType, ValueType } from "../expression/expression.js";
import type { Vector } from "./vector.js";

const typeOfLayout = (layout: ColumnLayout): ValueType => {
  if (layout.type !== "list") return layout.type;
  // Of nulls alone: there are no elements whose type could matter.
  return layout.encoding === "null" ? "list<boolean>" : `list<${layout.items.type}>`;
};

export const typeOfVector = (vector: Vector): ValueType => {
  switch (vector.kind) {
    case "column":
      return typeOfLayout(vector.layout);
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
