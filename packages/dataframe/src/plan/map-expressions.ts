import { mapSame } from "../expression/children.js";
import type { Expression } from "../expression/expression.js";
import type { Aggregate } from "./aggregate.js";
import type { Plan } from "./plan.js";

type Rewrite = (expression: Expression) => Expression;

/** An item with the expression inside it rewritten; the same object if that stays the same. */
const within =
  (rewrite: Rewrite) =>
  <Item extends { readonly expression: Expression }>(item: Item): Item => {
    const expression = rewrite(item.expression);
    return expression === item.expression ? item : { ...item, expression };
  };

const inAggregate = (rewrite: Rewrite, aggregate: Aggregate): Aggregate => {
  const args = mapSame(aggregate.args, rewrite);
  return args === aggregate.args ? aggregate : { ...aggregate, args };
};

/** The operator with `rewrite` applied to each of its own expressions; the same object if none changes. */
export const mapExpressions = (plan: Plan, rewrite: Rewrite): Plan => {
  switch (plan.kind) {
    case "filter": {
      const predicate = rewrite(plan.predicate);
      return predicate === plan.predicate ? plan : { ...plan, predicate };
    }
    case "project": {
      const columns = mapSame(plan.columns, within(rewrite));
      return columns === plan.columns ? plan : { ...plan, columns };
    }
    case "aggregate": {
      const keys = mapSame(plan.keys, within(rewrite));
      const aggregates = mapSame(plan.aggregates, (item) => {
        const aggregate = inAggregate(rewrite, item.aggregate);
        return aggregate === item.aggregate ? item : { ...item, aggregate };
      });
      return keys === plan.keys && aggregates === plan.aggregates ? plan : { ...plan, keys, aggregates };
    }
    case "sort": {
      const by = mapSame(plan.by, within(rewrite));
      return by === plan.by ? plan : { ...plan, by };
    }
    default:
      return plan;
  }
};

/** The expressions of the operator itself, without those of its inputs. */
export const expressionsOf = (plan: Plan): readonly Expression[] => {
  const expressions: Expression[] = [];
  mapExpressions(plan, (expression) => {
    expressions.push(expression);
    return expression;
  });
  return expressions;
};
