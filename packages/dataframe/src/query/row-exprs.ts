/** The row that functions of a query see: an expression for each column. */
import { type AnyExpr, type Expr, exprOf } from "../expression/expr.js";
import { columnUnknown } from "../schema/schema.js";

/** Of rows that the compiler knows. A type of its own, so that messages name it instead of spelling it out. */
type ExprsOf<Row> = { readonly [Name in keyof Row]-?: Expr<NonNullable<Row[Name]>> };

export type RowExprs<Row> = unknown extends Row ? Readonly<Record<string, AnyExpr>> : ExprsOf<Row>;

/** @returns an object without columns of its own: a name that is none is `COLUMN_UNKNOWN` as soon as it is read. */
export const rowExprs = <Row>(names: readonly string[]): RowExprs<Row> => {
  const known = new Set(names);
  return new Proxy(Object.freeze(Object.create(null)), {
    get: (_, name) => {
      // Asked by whoever prints or awaits the row.
      if (typeof name === "symbol") return undefined;
      if (known.has(name)) return exprOf(Object.freeze({ kind: "column", name }));
      throw columnUnknown(name, names);
    },
    has: (_, name) => typeof name === "string" && known.has(name),
  }) as RowExprs<Row>;
};
