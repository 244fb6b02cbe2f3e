/** New columns as programs write them: names, expressions by name, and functions from the row to such. */
import { type Term, termNode } from "../expression/term.js";
import type { Cell } from "../frame/cells.js";
import type { NameOf } from "../frame/chunk-view.js";
import type { Derived } from "../plan/plan.js";
import { columnNode } from "./aggregates.js";
import { type RowExprs, rowExprs } from "./row-exprs.js";

/** Expressions by the name of their column. */
export type ColumnTerms = Readonly<Record<string, Term>>;

/** Columns that expressions are given for; a function gets the row. */
export type NewColumns<Row> = ColumnTerms | ((row: RowExprs<Row>) => ColumnTerms);

/** Columns that are there, by name, and new ones. */
export type ColumnChoice<Row> = NameOf<Row> | NewColumns<Row>;

/** Spells a type out, so that it reads as the row that it is. */
export type Flat<Row> = { readonly [Name in keyof Row]: Row[Name] };

/** The values of an expression as a column shows them: with nulls; of unknown type as any cell. */
type ValueOfTerm<Of> = Of extends Term<infer Value> ? (unknown extends Value ? Cell : Value | null) : never;

type RowOfTerms<Terms> = { readonly [Name in keyof Terms]: ValueOfTerm<Terms[Name]> };

type RowOfNew<New> = New extends (...row: never[]) => infer Terms ? RowOfTerms<Terms> : RowOfTerms<New>;

type RowOfChoice<Row, Choice> = Choice extends string
  ? { readonly [Name in Choice]: unknown extends Row ? Cell : Name extends keyof Row ? Row[Name] : never }
  : RowOfNew<Choice>;

/** The row of all choices, in order. */
export type RowOfChoices<Row, Choices extends readonly unknown[]> = Choices extends readonly [
  infer One,
  ...infer Others,
]
  ? RowOfChoice<Row, One> & RowOfChoices<Row, Others>
  : unknown;

/** The rows with new columns, of which some may take the place of others. */
export type WithColumns<Row, Choices extends readonly unknown[]> = unknown extends Row
  ? unknown
  : Flat<Omit<Row, keyof RowOfChoices<Row, Choices>> & RowOfChoices<Row, Choices>>;

/** @param names - of the columns that are there. */
export const chosenColumns = (
  choices: readonly (string | ColumnTerms | ((row: never) => ColumnTerms))[],
  names: readonly string[],
): Derived[] =>
  choices.flatMap((choice) => {
    if (typeof choice === "string") return [derived(choice, columnNode(choice))];
    const terms = typeof choice === "function" ? choice(rowExprs(names) as never) : choice;
    return Object.entries(terms).map(([name, term]) => derived(name, termNode(term, `column "${name}"`)));
  });

export const derived = (name: string, expression: Derived["expression"]): Derived =>
  Object.freeze({ name, expression });
