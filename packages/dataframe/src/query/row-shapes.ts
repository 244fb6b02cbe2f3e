/** What becomes of the row type, step by step. */
import type { Cell } from "../frame/cells.js";
import type { NameOf } from "../frame/chunk-view.js";
import type { AggregateTerm, OfColumn } from "./aggregates.js";
import type { AskedValue, Checked } from "./asked-columns.js";
import type { Flat, RowOfChoices } from "./column-terms.js";
import type { Ordering } from "./ordering.js";
import type { RowExprs } from "./row-exprs.js";

/** New names by old ones. */
export type NewNames<Row> = { readonly [Name in NameOf<Row>]?: string };

export type Renamed<Row, Names> = unknown extends Row
  ? unknown
  : Flat<{ readonly [Name in keyof Row as Name extends keyof Names ? Names[Name] & string : Name]: Row[Name] }>;

export type Dropped<Row, Name> = unknown extends Row ? unknown : Flat<Omit<Row, Name & PropertyKey>>;

/** Columns of lists. */
export type ListNameOf<Row> = unknown extends Row
  ? string
  : { [Name in keyof Row & string]: NonNullable<Row[Name]> extends readonly unknown[] ? Name : never }[keyof Row &
      string];

export type Exploded<Row, Column> = unknown extends Row
  ? unknown
  : Flat<{
      readonly [Name in keyof Row]: Name extends Column
        ? NonNullable<Row[Name]> extends readonly (infer Element)[]
          ? Element | null
          : never
        : Row[Name];
    }>;

/** Aggregates by the name of their column. */
export type AggregateTerms = Readonly<Record<string, AggregateTerm>>;

type ResultIn<Row, Result> =
  Result extends OfColumn<infer Name, infer Value, infer IsList>
    ? (IsList extends true ? readonly AskedValue<Row, Name, Value>[] : AskedValue<Row, Name, Value>) | null
    : unknown extends Result
      ? Cell
      : Result;

type ResultOf<Row, Term> = Term extends AggregateTerm<infer Result, infer _Asks> ? ResultIn<Row, Result> : never;

type ResultsOf<Row, Terms> = { readonly [Name in keyof Terms]: ResultOf<Row, Terms[Name]> };

/** The rows of groups: keys, then aggregates. */
export type Aggregated<Row, Keys extends readonly unknown[], Given> = Flat<
  RowOfChoices<Row, Keys> &
    (Given extends (...row: never[]) => infer Terms ? ResultsOf<Row, Terms> : ResultsOf<Row, Given>)
>;

/** The aggregates, with a sentence in the place of each that asks for what the rows do not have. */
type CheckedTerms<Row, Terms> = {
  readonly [Name in keyof Terms]: Terms[Name] extends AggregateTerm<infer _Result, infer Asks>
    ? Checked<Row, Asks, Terms[Name]>
    : Terms[Name];
};

/** Aggregates, or a function from the row to such. */
export type GivenTerms<Row> = AggregateTerms | ((row: RowExprs<Row>) => AggregateTerms);

export type CheckedGiven<Row, Given> = Given extends (...row: never[]) => infer Terms
  ? (row: RowExprs<Row>) => CheckedTerms<Row, Terms>
  : CheckedTerms<Row, Given>;

/** The orderings, likewise. */
export type CheckedOrder<Row, By> = By extends readonly unknown[]
  ? { readonly [Index in keyof By]: CheckedOrdering<Row, By[Index]> }
  : CheckedOrdering<Row, By>;

type CheckedOrdering<Row, By> = By extends Ordering<infer Asks> ? Checked<Row, Asks, By> : By;
