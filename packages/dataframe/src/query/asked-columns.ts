/**
 * Columns that are named by text inside of something that is made apart from the rows: `mean("delay")`, `desc("delay")`.
 * Such a thing carries what it asks of which column, and the query that takes it compares that with its rows: a wrong name
 * or type does not compile, and the type that is missing then is a sentence.
 */
import type { Term } from "../expression/term.js";
import type { Cell } from "../frame/cells.js";

/** Values that can be compared and sorted: all but lists. */
export type Scalar = number | bigint | string | boolean | Date;

/** A column by its name, or an expression. */
export type ColumnOr<Value> = string | Term<Value>;

/** What a name asks of the rows; an expression has been checked already. */
export type Asked<Given, Value> = Given extends string ? { readonly [Name in Given]: Value } : unknown;

type Word<Value> = [Value] extends [number | bigint]
  ? "numbers"
  : [Value] extends [string]
    ? "text"
    : [Value] extends [boolean]
      ? "booleans"
      : [Value] extends [Date]
        ? "dates"
        : [Value] extends [readonly unknown[]]
          ? "lists"
          : "other values";

type Wanted<Value> = [Value] extends [number | bigint] ? "numbers are" : "single values are";

type ProblemOf<Row, Name extends keyof Asks & string, Asks> = Name extends keyof Row
  ? NonNullable<Row[Name]> extends Asks[Name]
    ? never
    : `column "${Name}" holds ${Word<NonNullable<Row[Name]>>}, and ${Wanted<Asks[Name]>} needed here`
  : `there is no column "${Name}" in these rows`;

/** Sentences about what is asked of rows that do not have it; `never` when all is well, or nothing is known of the rows. */
type Problems<Row, Asks> = unknown extends Row
  ? never
  : unknown extends Asks
    ? never
    : { [Name in keyof Asks & string]: ProblemOf<Row, Name, Asks> }[keyof Asks & string];

/** `Given` when there are no problems, else the problems, which nothing is assignable to. */
export type Checked<Row, Asks, Given> = [Problems<Row, Asks>] extends [never] ? Given : Problems<Row, Asks>;

/** The values of a column without nulls; of unknown rows what was asked for. */
export type AskedValue<Row, Name, Value> = unknown extends Row
  ? unknown extends Value
    ? Exclude<Cell, null>
    : Value
  : Name extends keyof Row
    ? NonNullable<Row[Name]>
    : never;
