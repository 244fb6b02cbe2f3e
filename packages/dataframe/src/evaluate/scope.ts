/** The columns of a batch as expressions see them. */
import type { Expression, ScalarType, ValueType } from "../expression/expression.js";
import { resolveType, type TypedColumn } from "../expression/resolve-type.js";
import { typeOfVector } from "../vector/type-of-vector.js";
import type { Batch, Vector } from "../vector/vector.js";

export class Scope {
  readonly rowCount: number;
  readonly #vectors = new Map<string, Vector>();
  readonly #columns: readonly TypedColumn[];
  readonly #types = new Map<Expression, ValueType>();

  constructor(readonly batch: Batch) {
    this.rowCount = batch.rowCount;
    for (const { name, vector } of batch.columns) if (!this.#vectors.has(name)) this.#vectors.set(name, vector);
    this.#columns = batch.columns.map(({ name, vector }) => ({ name, type: typeOfVector(vector) }));
  }

  /** Of a column that is there, which {@link Scope.typeOf} has checked. */
  vector(name: string): Vector {
    return this.#vectors.get(name)!;
  }

  /** @throws {@link Eau2Error} as `resolveType`. */
  typeOf(expression: Expression): ValueType {
    let type = this.#types.get(expression);
    if (type === undefined) {
      type = resolveType(expression, this.#columns);
      this.#types.set(expression, type);
    }
    return type;
  }

  /** Of an expression that is no list. */
  scalarTypeOf(expression: Expression): ScalarType {
    return this.typeOf(expression) as ScalarType;
  }
}
