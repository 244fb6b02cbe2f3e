/**
 * How the values of any expression over a batch are found: loops for numbers, booleans and dates, functions of rows for
 * text, and what depends on one coded column alone through its dictionary, whose results are kept for the next batch.
 */
import type { Dictionary } from "@eau2/serialization";
import { childrenOf } from "../expression/children.js";
import type { Call, Case, Expression, IsIn } from "../expression/expression.js";
import type { FunctionName } from "../expression/functions.js";
import { literalValue } from "../expression/literal-value.js";
import { isScalar } from "../expression/value-types.js";
import { typeOfVector } from "../vector/type-of-vector.js";
import type { Batch, Vector } from "../vector/vector.js";
import { chooseLists, type Elements } from "./choose-lists.js";
import { batchOfDictionary, type CodedColumn, codedColumn, isWorthIt, textOfExpression } from "./coded-input.js";
import { computeLeaf } from "./compute-numbers.js";
import { DictionaryResults, kept } from "./dictionary-results.js";
import { isOfLoops } from "./emit-expression.js";
import { gather } from "./gather.js";
import type { CodedRows, Leaf, States } from "./leaf.js";
import {
  containsElement,
  type ListRows,
  listsOf,
  measureLists,
  nullLists,
  rowsOfElements,
  splitText,
  textAt,
  valueAt,
  vectorOfLeaf,
} from "./list-rows.js";
import { STATE_FAILED } from "./loop.js";
import { Scope } from "./scope.js";
import { JoinedSites } from "./text/join-states.js";
import { castText, textOfValues } from "./text/text-cast.js";
import {
  branchChooser,
  chooseText,
  coalesceTexts,
  extremeText,
  firstChooser,
  nullIfEqual,
} from "./text/text-choice.js";
import { mapTexts } from "./text/text-functions.js";
import { mapPattern, matchText } from "./text/text-pattern.js";
import { constantText, type TextRows, textOfVector, vectorOfText } from "./text/text-rows.js";
import { isTextIn, measureText, testText } from "./text/text-search.js";
import { throughDictionary } from "./text/through-dictionary.js";

const ENCODER = new TextEncoder();

export class Evaluation {
  readonly scope: Scope;
  readonly #columns = new Map<Expression, ReadonlySet<string>>();
  readonly #leaves = new Map<Expression, Leaf>();

  constructor(batch: Batch) {
    this.scope = new Scope(batch);
  }

  /** Numbers, booleans or dates of all rows; those that fail are marked. */
  numbers(expression: Expression): Leaf {
    return computeLeaf(this.scope, expression, this.leafOf);
  }

  /** What a loop reads instead of computing it; undefined: the loop computes it. */
  readonly leafOf = (
    expression: Expression,
  ): { readonly leaf: Leaf; readonly rows: CodedRows | undefined } | undefined => {
    const coded = this.#codedInput(expression);
    if (coded !== undefined) {
      const leaf = coded.results.leaf(textOfExpression(expression), (inner) => inner.numbers(expression));
      return { leaf, rows: coded.column };
    }
    if (inputsOf(expression).every((input) => isOfLoops(this.scope.typeOf(input)))) return undefined;
    let leaf = this.#leaves.get(expression);
    if (leaf === undefined) {
      leaf = this.#leafOfText(expression);
      this.#leaves.set(expression, leaf);
    }
    return { leaf, rows: undefined };
  };

  /** The text of all rows; those that fail are marked. */
  text(expression: Expression): TextRows {
    const { scope } = this;
    if (expression.kind === "column") return textOfVector(scope.vector(expression.name));
    if (expression.kind === "literal") return this.#literal(expression.value);
    const coded = this.#codedInput(expression);
    if (coded !== undefined) {
      const text = coded.results.text(textOfExpression(expression), (inner) => inner.text(expression));
      return throughDictionary(text, coded.column, scope.rowCount);
    }
    if (expression.kind === "cast") {
      return isOfLoops(scope.typeOf(expression.input))
        ? textOfValues(this.numbers(expression.input))
        : this.text(expression.input);
    }
    if (expression.kind === "case") return this.#caseOfTexts(expression);
    if (expression.kind === "call") return this.#callOfText(expression);
    throw new Error(`invariant: ${expression.kind} is no text`);
  }

  /** The lists of all rows; those that fail are marked. @param type - of a null constant, whose own says nothing. */
  lists(expression: Expression, type = this.scope.typeOf(expression)): ListRows {
    if (expression.kind === "column") return listsOf(this.scope.vector(expression.name));
    if (expression.kind === "literal") return nullLists(type, this.scope.rowCount);
    if (expression.kind === "case") {
      const { branches, values } = this.#branches(expression);
      const lists = values.map((value) => this.lists(value, type));
      const sites = new JoinedSites([...lists, branches]);
      return chooseLists(lists, lists.map(elementsOf), sites, branchChooser(branches, lists.length, sites));
    }
    if (expression.kind !== "call") throw new Error(`invariant: ${expression.kind} is no list`);
    const { name, args } = expression;
    if (name === "split") return splitText(this.text(args[0]!), this.text(args[1]!));
    if (name !== "coalesce") throw new Error(`invariant: ${name} makes no list`);
    const lists = args.map((argument) => this.lists(argument, type));
    return chooseLists(lists, lists.map(elementsOf), new JoinedSites(lists), firstChooser(lists));
  }

  #literal(value: unknown): TextRows {
    const { rowCount } = this.scope;
    if (value === null) return constantText(new Uint8Array(0), rowCount, { states: new Uint8Array(rowCount).fill(1) });
    return constantText(ENCODER.encode(String(value)), rowCount, { states: undefined });
  }

  /** Which branch each row takes, which is a number and computed like any, and the values of the branches. */
  #branches({ branches, otherwise }: Case): { readonly branches: Leaf; readonly values: readonly Expression[] } {
    const values = [...branches.map(({ value }) => value), ...(otherwise === null ? [] : [otherwise])];
    const branchOf: Expression = {
      kind: "case",
      branches: branches.map(({ when }, index) => ({ when, value: branchNumber(index) })),
      otherwise: branchNumber(branches.length),
    };
    return { branches: this.numbers(branchOf), values };
  }

  #caseOfTexts(expression: Case): TextRows {
    const { branches, values } = this.#branches(expression);
    return chooseText(
      branches,
      values.map((value) => this.text(value)),
    );
  }

  #callOfText(call: Call): TextRows {
    const { name, args } = call;
    const { rowCount } = this.scope;
    const texts = (): TextRows[] => args.map((argument) => this.text(argument));
    switch (name) {
      case "coalesce":
        return coalesceTexts(texts(), rowCount);
      case "least":
      case "greatest":
        return extremeText(texts(), rowCount, name === "least");
      case "nullIf": {
        const text = this.text(args[0]!);
        return nullIfEqual(text, testText("eq", text, this.text(args[1]!))!);
      }
    }
    if (name === "listGet") return textAt(this.lists(args[0]!), this.numbers(args[1]!));
    const text = (index: number): TextRows => this.text(args[index]!);
    const numbers = (index: number): Leaf => this.numbers(args[index]!);
    const mapped = mapTexts(call, { text, numbers }) ?? mapPattern(call, () => text(0));
    if (mapped !== undefined) return mapped;
    throw new Error(`invariant: ${name} makes no text`);
  }

  #leafOfText(expression: Expression): Leaf {
    if (expression.kind === "isIn") return this.#isIn(expression);
    if (expression.kind === "cast") return castText(expression, this.text(expression.input));
    if (expression.kind !== "call") throw new Error(`invariant: ${expression.kind} has no text`);
    const { name, args } = expression;
    if (!isScalar(this.scope.typeOf(args[0]!))) return this.#leafOfLists(expression);
    const text = this.text(args[0]!);
    switch (name) {
      case "isNull":
      case "isNotNull":
        return nullness(text, name === "isNull");
      case "length":
      case "byteLength":
        return measureText(name, text);
      case "matches":
        return matchText(expression, text);
      default: {
        const test = testText(name, text, this.text(args[1]!));
        if (test !== undefined) return test;
        throw new Error(`invariant: ${name} takes no text`);
      }
    }
  }

  #leafOfLists({ name, args }: Call): Leaf {
    const lists = this.lists(args[0]!);
    switch (name) {
      case "isNull":
      case "isNotNull":
        return nullness(lists, name === "isNull");
      case "listLength":
        return measureLists(lists);
      case "listGet":
        return valueAt(lists, elementsLeaf(lists.elements), this.numbers(args[1]!));
      case "listContains":
        return this.#contains(lists, args[1]!);
      default:
        throw new Error(`invariant: ${name} takes no list`);
    }
  }

  /** Elements are compared to the value of their row, all at once. */
  #contains(lists: ListRows, value: Expression): Leaf {
    const isText = this.scope.typeOf(value) === "utf8";
    const wanted = isText ? this.text(value) : this.numbers(value);
    const vector =
      "positions" in wanted ? vectorOfText({ ...wanted, ...withoutFailures(wanted) }) : vectorOfLeaf(wanted);
    const { rowCount } = lists.elements;
    const columns = [
      { name: "element", vector: lists.elements },
      { name: "value", vector: gather(vector, rowsOfElements(lists), rowCount) },
    ];
    const equal = new Evaluation({ rowCount, columns }).numbers({
      kind: "call",
      name: "eq",
      args: columns.map(({ name }) => ({ kind: "column", name })),
    });
    return containsElement(lists, wanted, equal);
  }

  #isIn({ input, values }: IsIn): Leaf {
    const constants = values.filter(({ value }) => value !== null);
    const strings = constants.map((constant) => ENCODER.encode(literalValue(constant) as string));
    return isTextIn(this.text(input), strings, constants.length < values.length);
  }

  /** The coded column that is all an expression depends on, and what is known of its dictionary. */
  #codedInput(
    expression: Expression,
  ): { readonly column: CodedColumn; readonly results: DictionaryResults } | undefined {
    if (expression.kind === "column") return undefined;
    const columns = this.#columnsOf(expression);
    if (columns.size !== 1) return undefined;
    const [name] = columns;
    const column = codedColumn(this.scope.vector(name!));
    if (column === undefined) return undefined;
    const results = resultsOf(column.dictionary, name!);
    const isKnown = results.has(textOfExpression(expression));
    return isKnown || isWorthIt(column, this.scope.rowCount) ? { column, results } : undefined;
  }

  #columnsOf(expression: Expression): ReadonlySet<string> {
    let columns = this.#columns.get(expression);
    if (columns === undefined) {
      columns =
        expression.kind === "column"
          ? new Set([expression.name])
          : new Set(childrenOf(expression).flatMap((part) => [...this.#columnsOf(part)]));
      this.#columns.set(expression, columns);
    }
    return columns;
  }
}

/** Elements as what loops and functions of text read. */
const elementsOf = ({ elements }: ListRows): Elements =>
  typeOfVector(elements) === "utf8" ? textOfVector(elements) : elementsLeaf(elements);

const elementsLeaf = (elements: Vector): Leaf =>
  new Evaluation({ rowCount: elements.rowCount, columns: [{ name: "element", vector: elements }] }).numbers({
    kind: "column",
    name: "element",
  });

/** Failures as nulls, where somebody else tells of them. */
const withoutFailures = ({ states }: States): States => ({
  states: states?.map((state) => Math.min(state, 1)),
  sites: [],
});

const branchNumber = (index: number): Expression => ({ kind: "literal", type: "int32", value: String(index) });

/** Where functions of dates have their unit: a constant that nothing is computed with. */
const UNIT_AT: Readonly<Partial<Record<FunctionName, number>>> = { truncate: 1, difference: 0, plus: 2 };

/** What a function or cast computes with. */
const inputsOf = (expression: Expression): readonly Expression[] => {
  if (expression.kind === "case") return [];
  if (expression.kind !== "call" || UNIT_AT[expression.name] === undefined) return childrenOf(expression);
  return expression.args.filter((_, index) => index !== UNIT_AT[expression.name]);
};

/** 1 where a text or list is null, or where it is not; failures stay. */
const nullness = ({ states, sites, rowCount }: TextRows | ListRows, isNull: boolean): Leaf => {
  const values = new Uint8Array(rowCount).fill(isNull ? 0 : 1);
  if (states === undefined) return { type: "boolean", values, states, sites: [] };
  const failed = states.slice();
  for (let row = 0; row < rowCount; row++) {
    const state = states[row]!;
    if (state >= STATE_FAILED) continue;
    values[row] = (state === 1) === isNull ? 1 : 0;
    failed[row] = 0;
  }
  return { type: "boolean", values, states: sites.length === 0 ? undefined : failed, sites };
};

const results = new WeakMap<Dictionary, Map<string, DictionaryResults>>();

const resultsOf = (dictionary: Dictionary, name: string): DictionaryResults => {
  let byName = results.get(dictionary);
  if (byName === undefined) {
    byName = new Map();
    results.set(dictionary, byName);
  }
  return kept(byName, name, () => new DictionaryResults(new Evaluation(batchOfDictionary(dictionary, name))));
};

const evaluations = new WeakMap<Batch, Evaluation>();

/** The evaluation over a batch: one for all expressions, which share what they find out. */
export const evaluationOf = (batch: Batch): Evaluation => {
  let evaluation = evaluations.get(batch);
  if (evaluation === undefined) {
    evaluation = new Evaluation(batch);
    evaluations.set(batch, evaluation);
  }
  return evaluation;
};
