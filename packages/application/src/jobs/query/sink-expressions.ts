import { type Expression, type Stage, sourceColumn } from "@eau2/dataframe";

const column = (name: string): Expression => ({ kind: "column", name });

/** What a sink compares, or takes along row by row. */
export const sinkExpressions = ({ sink, input }: Stage): readonly Expression[] => {
  switch (sink.kind) {
    case "rows":
    case "limit":
      return [];
    case "group":
      return [
        ...sink.keys.map(({ expression }) => expression),
        ...sink.aggregates.flatMap(({ aggregate }) => aggregate.args),
      ];
    case "sort":
      return [...sink.by.map(({ expression }) => expression), ...input.map(({ name }) => column(name))];
    case "distinct":
      return input.map(({ name }) => column(name));
    default:
      return sink satisfies never;
  }
};

/** Columns of the source that are among them as they stand: the planner asks for their facts. */
export const sinkColumns = (stage: Stage): string[] =>
  sinkExpressions(stage).flatMap((expression) => sourceColumn(expression, stage.steps) ?? []);
