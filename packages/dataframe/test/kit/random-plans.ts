/** Expressions and plans of every form, as a wire may bring them: well formed, but not well typed. */
import fc from "fast-check";
import {
  type Expression,
  type Literal,
  SCALAR_TYPES,
  type ScalarType,
  VALUE_TYPES,
} from "../../src/expression/expression.js";
import { FUNCTION_NAMES } from "../../src/expression/functions.js";
import { literalOf } from "../../src/expression/literal-value.js";
import { AGGREGATE_NAMES } from "../../src/plan/aggregate.js";
import type { Plan } from "../../src/plan/plan.js";

// Plans are ordinary objects, and so is what comes from the wire.
const record = ((model: object, options?: object) =>
  fc.record(model as never, { ...options, noNullPrototype: true })) as unknown as typeof fc.record;

const name = fc.oneof(
  fc.constantFrom("a", "b", "and", "null", "__proto__", "constructor", "a b", "`", '\\"', "\u202e"),
  fc.string({ minLength: 1, maxLength: 4, unit: "grapheme" }),
);

const bits = (type: ScalarType): bigint => BigInt({ int8: 8, int16: 16, int32: 32, date: 32 }[type as string] ?? 64);

const valueOfType = (type: ScalarType): fc.Arbitrary<Literal> => {
  switch (type) {
    case "boolean":
      return fc.boolean().map((value) => literalOf(type, value));
    case "utf8":
      return fc.oneof(fc.string({ unit: "grapheme", maxLength: 5 }), name).map((value) => literalOf(type, value));
    case "float64":
      return fc.double().map((value) => literalOf(type, value));
    case "float32":
      return fc.float().map((value) => literalOf(type, value));
    default: {
      const limit = 1n << (bits(type) - 1n);
      return fc.bigInt({ min: -limit, max: limit - 1n }).map((value) => literalOf(type, value));
    }
  }
};

const anyLiteral: fc.Arbitrary<Literal> = fc
  .constantFrom(...SCALAR_TYPES)
  .chain((type) =>
    fc.oneof({ weight: 1, arbitrary: fc.constant(literalOf(type, null)) }, { weight: 6, arbitrary: valueOfType(type) }),
  );

export const anyExpression: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => {
  const node = tie("node");
  return {
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      record(
        { kind: fc.constant("column" as const), name, type: fc.constantFrom(...VALUE_TYPES) },
        { requiredKeys: ["kind", "name"] },
      ),
      anyLiteral,
      record({
        kind: fc.constant("call" as const),
        name: fc.constantFrom(...FUNCTION_NAMES),
        args: fc.array(node, { minLength: 1, maxLength: 3 }),
      }),
      record({
        kind: fc.constant("case" as const),
        branches: fc.array(record({ when: node, value: node }), { minLength: 1, maxLength: 2 }),
        otherwise: fc.option(node),
      }),
      record({ kind: fc.constant("isIn" as const), input: node, values: fc.array(anyLiteral, { maxLength: 3 }) }),
      record({
        kind: fc.constant("cast" as const),
        input: node,
        type: fc.constantFrom(...SCALAR_TYPES),
        onFailure: fc.constantFrom("error" as const, "null" as const),
      }),
    ),
  };
}).node;

const derived = fc.array(record({ name, expression: anyExpression }), { maxLength: 3 });
const count = fc.nat(1_000_000);

export const anyPlan: fc.Arbitrary<Plan> = fc.letrec<{ plan: Plan }>((tie) => {
  const input = tie("plan");
  const of = <Kind extends Plan["kind"]>(kind: Kind) => ({ kind: fc.constant(kind) });
  return {
    plan: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      record({
        ...of("scan"),
        frame: record({ name: fc.constantFrom("f/1", "f/é"), home: fc.nat(100) }) as never,
        columns: fc.array(record({ name, type: fc.constantFrom(...VALUE_TYPES) }), { maxLength: 3 }),
      }),
      record({ ...of("filter"), input, predicate: anyExpression }),
      record({ ...of("project"), input, columns: derived }),
      record({
        ...of("aggregate"),
        input,
        keys: derived,
        aggregates: fc.array(
          record({
            name,
            aggregate: record(
              {
                name: fc.constantFrom(...AGGREGATE_NAMES),
                args: fc.array(anyExpression, { maxLength: 2 }),
                parameter: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
              },
              { requiredKeys: ["name", "args"] },
            ),
          }),
          { maxLength: 3 },
        ),
      }),
      record({
        ...of("sort"),
        input,
        by: fc.array(record({ expression: anyExpression, descending: fc.boolean(), nullsFirst: fc.boolean() }), {
          minLength: 1,
          maxLength: 2,
        }),
        limit: fc.option(count),
      }),
      record({ ...of("distinct"), input, columns: fc.option(fc.array(name, { maxLength: 2 })) }),
      record({ ...of("limit"), input, offset: count, count }),
      record({ ...of("union"), inputs: fc.array(input, { minLength: 2, maxLength: 3 }) }),
      record({ ...of("explode"), input, column: name }),
      record({
        ...of("sample"),
        input,
        fraction: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
        seed: fc.nat(0xffff_ffff),
      }),
    ) as fc.Arbitrary<Plan>,
  };
}).plan;
