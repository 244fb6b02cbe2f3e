/** Whether a pipeline runs a regular expression that may never come back: such a task must be ended by somebody else. */
import { isSlowPatternCall } from "../evaluate/text/text-pattern.js";
import { visitExpression } from "../expression/children.js";
import type { Expression } from "../expression/expression.js";
import type { Pipeline, PipelineStep } from "./pipeline.js";

const expressionsOf = (step: PipelineStep): readonly Expression[] => {
  switch (step.kind) {
    case "filter":
      return [step.predicate];
    case "project":
      return step.columns.map(({ expression }) => expression);
    case "explode":
    case "sample":
      return [];
    default:
      return step satisfies never;
  }
};

export const hasSlowPattern = ({ steps }: Pick<Pipeline, "steps">): boolean => {
  let isSlow = false;
  for (const expression of steps.flatMap(expressionsOf)) {
    visitExpression(expression, (node) => {
      isSlow ||= isSlowPatternCall(node);
    });
  }
  return isSlow;
};
