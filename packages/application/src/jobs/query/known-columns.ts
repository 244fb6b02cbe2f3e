/** What the planner knows of the expressions of a sink: columns of the source have facts, what is computed has a type. */
import { type Expression, type KnownColumn, resolveType, type Stage, sourceColumn } from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";
import type { StageInput } from "./stage-input.js";
import { positionOf } from "./stage-reader.js";

/** @throws {@link Eau2Error} `USAGE` for lists, which are neither compared nor counted. */
export const knownColumns =
  (stage: Stage, { record, factsOf }: StageInput): ((expression: Expression) => KnownColumn) =>
  (expression) => {
    const type = resolveType(expression, stage.input, "query");
    const name = sourceColumn(expression, stage.steps);
    const dictionarySize = name === undefined ? undefined : record.dictionaries[positionOf(record, name)]?.size;
    if (type.startsWith("list<")) {
      throw new Eau2Error(
        "USAGE",
        "this query groups, sorts or aggregates lists, which is not possible; explode them first",
      );
    }
    return {
      type: type as KnownColumn["type"],
      facts: name === undefined ? undefined : factsOf(name),
      dictionarySize: dictionarySize ?? undefined,
    };
  };
