import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { evaluate, selectRows } from "../../src/evaluate/evaluate.js";
import { gather } from "../../src/evaluate/gather.js";
import type { Expression, ScalarType } from "../../src/expression/expression.js";
import { resolveType } from "../../src/expression/resolve-type.js";
import { elementOf } from "../../src/expression/value-types.js";
import { encodeVector } from "../../src/vector/encode-vector.js";
import { typeOfVector } from "../../src/vector/type-of-vector.js";
import type { Batch, Vector } from "../../src/vector/vector.js";
import { interpret, PlainFailure, type PlainRow, type PlainValue } from "./plain-interpreter.js";
import { Random } from "./random.js";
import { LIST_TYPES, RandomExpressions } from "./random-expressions.js";
import { randomLists, randomListVector, randomValues, randomVector, valuesOf } from "./random-vectors.js";

const TYPES: readonly ScalarType[] = [
  "boolean",
  "int8",
  "int16",
  "int32",
  "int64",
  "float32",
  "float64",
  "date",
  "timestamp",
  "utf8",
];

interface Case {
  readonly batch: Batch;
  readonly rows: readonly PlainRow[];
  readonly expressions: RandomExpressions;
}

const randomCase = (random: Random): Case => {
  const rowCount = random.pick([0, 1, 7, 8, 9, 40]);
  const columns = TYPES.flatMap((type) => [`${type} a`, `${type} b`].map((name) => ({ name, type })));
  const lists = LIST_TYPES.map((type) => ({ name: `${type} column`, type, element: elementOf(type) }));
  const values = columns.map(({ type }) => randomValues(random, type, rowCount));
  const listValues = lists.map(({ element }) => randomLists(random, element, rowCount));
  const all = [...columns, ...lists];
  const allValues = [...values, ...listValues];
  return {
    batch: {
      rowCount,
      columns: [
        ...columns.map(({ name, type }, index) => ({ name, vector: randomVector(random, type, values[index]!) })),
        ...lists.map(({ name, element }, index) => ({
          name,
          vector: randomListVector(random, element, listValues[index]!),
        })),
      ],
    },
    rows: Array.from(
      { length: rowCount },
      (_, row) => new Map(all.map(({ name }, index) => [name, allValues[index]![row]!])),
    ),
    expressions: new RandomExpressions(random, all),
  };
};

const picked = (batch: Batch, rows: Uint32Array): Batch => ({
  rowCount: rows.length,
  columns: batch.columns.map(({ name, vector }) => ({ name, vector: gather(vector, rows, rows.length) })),
});

/** Values of rows as the plain interpreter sees them; failures as their code. */
const expected = (expression: Expression, batch: Batch, rows: readonly PlainRow[]): (PlainValue | PlainFailure)[] => {
  const columns = batch.columns.map(({ name, vector }) => ({ name, type: typeOfVector(vector) }));
  const typeOf = (part: Expression) => resolveType(part, columns);
  return rows.map((row) => {
    try {
      return interpret(expression, row, typeOf);
    } catch (error) {
      if (error instanceof PlainFailure) return error;
      throw error;
    }
  });
};

/** As it is written to a frame. */
const asColumn = (vector: Vector): Vector => {
  const layout = encodeVector(vector);
  const dictionary = "dictionary" in vector ? vector.dictionary : undefined;
  const elements = vector.kind === "lists" ? vector.elements : undefined;
  return {
    kind: "column",
    rowCount: vector.rowCount,
    layout,
    dictionary: dictionary ?? (elements !== undefined && "dictionary" in elements ? elements.dictionary : undefined),
    itemType: elements === undefined ? undefined : (typeOfVector(elements) as ScalarType),
  };
};

/** All rows if they have values; otherwise the error, and then the rows that have. */
const check = (expression: Expression, { batch, rows }: Case): void => {
  const values = expected(expression, batch, rows);
  const failures = values.filter((value) => value instanceof PlainFailure);
  if (failures.length > 0) {
    assert.throws(
      () => evaluate(expression, batch),
      ({ code }) => failures.some((failure) => failure.code === code),
    );
  }
  const kept = Uint32Array.from(values.keys()).filter((row) => !(values[row] instanceof PlainFailure));
  const good = failures.length === 0 ? batch : picked(batch, kept);
  const wanted = Array.from(kept, (row) => values[row]);
  const vector = evaluate(expression, good);
  assert.deepEqual(valuesOf(vector), wanted);
  assert.deepEqual(valuesOf(asColumn(vector)), wanted);
  const columns = batch.columns.map((column) => ({ name: column.name, type: typeOfVector(column.vector) }));
  assert.equal(typeOfVector(vector), resolveType(expression, columns));
  if (typeOfVector(vector) !== "boolean") return;
  const selected = selectRows(expression, good);
  const all = Array.from(wanted.keys());
  const chosen = selected === "all" ? all : selected === "none" ? [] : [...selected];
  assert.deepEqual(
    chosen,
    all.filter((row) => wanted[row] === true),
  );
  assert.ok(
    typeof selected === "string" || (selected.length > 0 && selected.length < good.rowCount) || good.rowCount === 0,
  );
};

testSuite("evaluate", (test) => {
  const first = Number(process.env.TEST_SEED ?? 1);
  const count = Number(process.env.TEST_SEEDS ?? (process.env.TEST_SEED === undefined ? 150 : 1));
  test("random expressions over every encoding equal the plain interpreter", () => {
    for (let seed = first; seed < first + count; seed++) {
      const random = new Random(seed);
      const sample = randomCase(random);
      for (let round = 0; round < 12; round++) {
        const expression = random.chance(0.1)
          ? sample.expressions.list(random.pick(LIST_TYPES), 3)
          : sample.expressions.of(random.pick(TYPES), 1 + random.below(4));
        try {
          check(expression, sample);
        } catch (error) {
          throw new Error(
            `TEST_SEED=${seed}, round ${round}: ${JSON.stringify(expression)}\n${(error as Error).stack}`,
            { cause: error },
          );
        }
      }
    }
  });
});
