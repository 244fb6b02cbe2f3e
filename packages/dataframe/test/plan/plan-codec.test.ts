import assert from "node:assert/strict";
import { isEau2Error } from "@eau2/protocol";
import { encodeControl } from "@eau2/serialization";
import { coverageFuzz, fuzzOptionsFromEnv, seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import type { Expression } from "../../src/expression/expression.js";
import { PLAN_VERSION, type Plan } from "../../src/plan/plan.js";
import { decodePlan, encodePlan } from "../../src/plan/plan-codec.js";
import { PLAN_BYTES_MAX, PLAN_DEPTH_MAX, PLAN_NODES_MAX } from "../../src/plan/plan-limits.js";
import { anyPlan } from "../kit/random-plans.js";

const SEED = seedFromEnv(41);

const scan = {
  kind: "scan",
  frame: { name: "f/a", home: 0 },
  columns: [{ name: "x", type: "int64" }],
} as unknown as Plan;
const column: Expression = { kind: "column", name: "x" };
const filter = (predicate: Expression, input: Plan = scan): Plan => ({ kind: "filter", input, predicate });
const nest = <Value>(levels: number, value: Value, wrap: (value: Value) => Value): Value => {
  for (let level = 0; level < levels; level++) value = wrap(value);
  return value;
};
const cased = (value: Expression): Expression => ({
  kind: "case",
  branches: [{ when: value, value: column }],
  otherwise: null,
});
const send = (plan: unknown, version: unknown = PLAN_VERSION): Plan => decodePlan(encodeControl({ version, plan }));
const invalid = (message: RegExp) => (error: unknown) => {
  assert.ok(isEau2Error(error, "PLAN_INVALID"), String(error));
  assert.match(error.message, message);
  return true;
};

const isFrozenThrough = (value: unknown): boolean =>
  typeof value !== "object" ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(isFrozenThrough));

testSuite("plan codec", (test) => {
  // First, so that the counters see this code before V8 has compiled it.
  test("no bytes end in anything but a plan or a typed error", () => {
    const seeds = fc.sample(anyPlan, { seed: SEED, numRuns: 30 }).map((plan) => Uint8Array.from(encodePlan(plan)));
    const { findings, corpus } = coverageFuzz(
      {
        run: (bytes) => {
          assert.ok(isFrozenThrough(decodePlan(bytes)));
        },
        isExpected: (thrown) => isEau2Error(thrown, "PLAN_INVALID") || isEau2Error(thrown, "VERSION_MISMATCH"),
        seeds,
        watch: ["/src/plan/", "/src/expression/"],
      },
      fuzzOptionsFromEnv({ seed: SEED, runs: 3000 }),
    );
    assert.deepEqual(findings, []);
    assert.ok(corpus > seeds.length);
  });

  test("a plan comes out as it went in, frozen through and through", () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const decoded = decodePlan(encodePlan(plan));
        assert.deepEqual(decoded, plan);
        assert.ok(isFrozenThrough(decoded));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test("a plan as deep as allowed comes through, with expressions as deep as allowed; one level more does not", () => {
    const expression = nest(PLAN_DEPTH_MAX - 1, column, cased);
    const operators = PLAN_DEPTH_MAX - 2;
    const deepest = nest<Plan>(operators, filter(expression), (input) => ({ kind: "union", inputs: [input, scan] }));
    assert.deepEqual(decodePlan(encodePlan(deepest)), deepest);

    const tooDeep: Plan = { kind: "distinct", input: deepest, columns: null };
    assert.throws(() => encodePlan(tooDeep), invalid(/more than 200 operators deep; save a part/));
    assert.throws(() => send(tooDeep), invalid(/more than 200 operators deep/));
    assert.throws(() => encodePlan(filter(cased(expression))), invalid(/more than 200 levels deep; derive a column/));
    assert.throws(() => send(filter(cased(expression))), invalid(/more than 200 levels deep/));
  });

  test("where the stack is nearly used up, a deep plan is refused with a typed error", () => {
    const bytes = encodePlan(
      nest<Plan>(PLAN_DEPTH_MAX - 2, filter(nest(PLAN_DEPTH_MAX - 1, column, cased)), (input) => ({
        kind: "distinct",
        input,
        columns: null,
      })),
    );
    let outcome: string | undefined;
    const dive = (): void => {
      try {
        dive();
      } catch {
        // Out here the stack has room again: a little more with each level that returns.
      }
      if (outcome !== undefined) return;
      try {
        decodePlan(bytes);
        outcome = "decoded";
      } catch (error) {
        if (isEau2Error(error, "PLAN_INVALID") && /stack that is left/.test(error.message)) outcome = "refused";
      }
    };
    dive();
    assert.equal(outcome, "refused");
  });

  test("operators on a path count with expressions apart, and each expression by itself", () => {
    const half = nest(PLAN_DEPTH_MAX / 2 + 1, column, cased);
    const plan = filter(half, filter(half));
    assert.deepEqual(decodePlan(encodePlan(plan)), plan);
  });

  test("bytes nested a million levels deep are refused, not recursed into", () => {
    const levels = 1_000_000;
    const arrays = new Uint8Array(levels + 1).fill(0x91);
    arrays[levels] = 0xc0;
    assert.throws(() => decodePlan(arrays), invalid(/no plan/));
  });

  test("a plan has as many nodes as allowed and no more, parts that are used twice counted twice", () => {
    const sum: Expression = { kind: "call", name: "coalesce", args: Array(999).fill(column) };
    const filters = nest(PLAN_NODES_MAX / 1001 - 1, scan, (input) => filter(sum, input));
    assert.deepEqual(decodePlan(encodePlan(filters)), filters);
    assert.throws(() => encodePlan(nest(2, filters, (input) => filter(sum, input))), invalid(/more than 20000 nodes/));

    // 2^100 nodes in a hundred objects.
    const doubling = nest<Plan>(100, scan, (input) => ({ kind: "union", inputs: [input, input] }));
    assert.throws(() => encodePlan(doubling), invalid(/more than 20000 nodes; save a part/));
  });

  test("a hundred thousand values of isIn are no nodes", () => {
    const values = Array.from({ length: 100_000 }, (_, index) => ({
      kind: "literal" as const,
      type: "int64" as const,
      value: String(index),
    }));
    const plan = filter({ kind: "isIn", input: column, values });
    assert.deepEqual(decodePlan(encodePlan(plan)), plan);
  });

  test("more bytes than allowed are refused by who sends and by who receives", () => {
    const text = "x".repeat(PLAN_BYTES_MAX);
    const plan = filter({ kind: "literal", type: "utf8", value: text });
    assert.throws(() => encodePlan(plan), invalid(/more than 8388608; put long lists/));
    assert.throws(() => send(plan), invalid(/more than 8388608/));
  });

  test("what this version does not know is named", () => {
    const windowed = { kind: "window", input: scan };
    assert.throws(() => send(windowed), invalid(/unknown kind "window"; run the same version/));
    assert.throws(() => send({ kind: "filter", input: scan, predicate: { kind: "lambda" } }), invalid(/kind "lambda"/));
    const call = { kind: "call", name: "sha256", args: [column] };
    assert.throws(() => send({ kind: "filter", input: scan, predicate: call }), invalid(/function "sha256"/));
    const aggregates = [{ name: "a", aggregate: { name: "product", args: [] } }];
    assert.throws(() => send({ kind: "aggregate", input: scan, keys: [], aggregates }), invalid(/aggregate\.name/));
    assert.throws(() => send({ ...scan, hint: 1 }), invalid(/hint/));
    assert.throws(() => send(scan, 2), { code: "VERSION_MISMATCH", message: /version 2, this node reads version 1/ });
    assert.throws(() => send(null), invalid(/its root/));
    assert.throws(() => send(scan, "1"), invalid(/no plan/));
  });

  test("a literal that is no value of its type, or spelled otherwise, is refused", () => {
    const literals: [type: string, value: unknown][] = [
      ["int64", "9223372036854775808"],
      ["int8", "128"],
      ["date", "2147483648"],
      ["int64", "+1"],
      ["int64", "-0"],
      ["int64", "007"],
      ["int64", 7],
      ["int64", "1e3"],
      ["boolean", 1],
      ["utf8", true],
      ["float64", "1"],
      ["float64", "nan"],
      ["float32", 0.1],
    ];
    for (const [type, value] of literals)
      assert.throws(
        () => send({ kind: "filter", input: scan, predicate: { kind: "literal", type, value } }),
        invalid(/literal/),
        `${type} ${value}`,
      );
  });

  test("a plan is refused, not misread, with names from Object.prototype as kinds and functions", () => {
    for (const kind of ["__proto__", "constructor", "toString", 1, null, ["scan"]])
      assert.throws(() => send({ kind, input: scan }), invalid(/unknown kind/));
    for (const name of ["constructor", "__proto__", 7])
      assert.throws(
        () => send({ kind: "filter", input: scan, predicate: { kind: "call", name, args: [] } }),
        invalid(/unknown function/),
      );
  });
});
