/**
 * The source of one loop over the rows of a batch, written while an expression is walked. Equal shapes give equal text, so
 * the text itself is the key under which compiled loops are kept: constants, buffers and functions are parameters, named by
 * what they are, and nothing that a user wrote becomes source.
 *
 * Integers are computed as numbers as long as that is exact: by their bounds, or by a look at each result. A result beyond
 * 2^53 ends the loop, and the batch is computed again by one that is `isExact`, with bigints where bounds allow no less.
 */
import type { Expression } from "../expression/expression.js";
import { SAFE_MAX } from "./operand.js";

/** Where the value of an expression cannot be: the row fails if nothing decided that it is not needed. */
export interface FailureSite {
  readonly code: "INT64_OVERFLOW" | "CAST_FAILED" | "DATE_INVALID";
  readonly expression: Expression;
}

/** What a loop returns when numbers were not enough. */
export const NOT_EXACT = -1;

/** In states of rows: 0 a value, 1 null, and from here on the failure site that the row ran into. */
export const STATE_FAILED = 2;
/** States are bytes; the last one stands for all further sites. */
const SITES_MAX = 256 - STATE_FAILED;

type CompiledLoop = (
  parameters: readonly unknown[],
  rowCount: number,
  fail: (site: number, row: number) => never,
) => number;

/** Loops that are kept; a program that makes more shapes than this compiles some of them again. */
const COMPILED_MAX = 2000;
const compiled = new Map<string, CompiledLoop>();

/** @param states - where rows that fail are marked; without it the first one throws. */
export class Loop {
  readonly sites: FailureSite[] = [];
  #parameters: unknown[] = [];
  #prefixes: string[] = [];
  #names = new Map<unknown, string>();
  #serial = 0;
  #head: string[] = [];
  #block: string[] = [];
  /** How often generated code may leave a row: what cannot may run without being needed. */
  #exits = 0;

  constructor(
    readonly isExact: boolean,
    readonly states: Uint8Array | undefined,
  ) {}

  /** A parameter; the same object has one name. @param prefix - says what it is: equal text must mean equal types. */
  parameter(prefix: string, value: unknown): string {
    const isShared = typeof value === "object" || typeof value === "function";
    const known = isShared ? this.#names.get(value) : undefined;
    if (known?.startsWith(prefix)) return known;
    const name = `${prefix}${this.#parameters.length}`;
    this.#parameters.push(value);
    this.#prefixes.push(prefix);
    if (isShared) this.#names.set(value, name);
    return name;
  }

  /** A buffer, named by its type. */
  array(values: ArrayBufferView): string {
    return this.parameter(values.constructor.name, values);
  }

  #name(): string {
    return `v${this.#serial++}`;
  }

  /** A variable with the value of `source`, in the current block. */
  let(source: string): string {
    if (/^\w+$/.test(source)) return source;
    const name = this.#name();
    this.#block.push(`const ${name} = ${source};`);
    return name;
  }

  /** As `let`, but read at the beginning of the row, whatever block asks first: it must not fail. */
  load(source: string): string {
    const name = this.#name();
    this.#head.push(`const ${name} = ${source};`);
    return name;
  }

  /** A variable that blocks assign to. */
  variable(initial: string): string {
    const name = this.#name();
    this.#block.push(`let ${name} = ${initial};`);
    return name;
  }

  emit(line: string): void {
    this.#block.push(line);
  }

  /** The statements that `build` emits, apart; and whether they may leave the row. */
  collect<Result>(build: () => Result): {
    readonly source: string;
    readonly result: Result;
    readonly mayLeave: boolean;
  } {
    const outer = this.#block;
    const exits = this.#exits;
    this.#block = [];
    try {
      const result = build();
      return { source: this.#block.join("\n"), result, mayLeave: this.#exits > exits };
    } finally {
      this.#block = outer;
    }
  }

  label(): string {
    return `b${this.#serial++}`;
  }

  /** Leaves the loop when an integer is not exact as a number. */
  assertSafe(value: string, isNull: string | undefined): void {
    this.#exits++;
    const condition = `${value} > ${SAFE_MAX} || ${value} < -${SAFE_MAX}`;
    this.#block.push(`if (${unlessNull(isNull, condition)}) return ${NOT_EXACT};`);
  }

  /** The row fails where `condition` is true and it is not null. */
  failIf(condition: string, isNull: string | undefined, site: FailureSite): void {
    this.#exits++;
    const index = this.sites.length;
    this.sites.push(site);
    this.#block.push(`if (${unlessNull(isNull, condition)}) ${this.#failure(`${Math.min(index, SITES_MAX - 1)}`)}`);
  }

  /** The row fails where a state that was computed before says so. @param sites - to which that state points. */
  failByState(state: string, sites: readonly FailureSite[]): void {
    if (sites.length === 0) return;
    this.#exits++;
    const first = this.sites.length;
    this.sites.push(...sites);
    this.#block.push(
      `if (${state} >= ${STATE_FAILED}) ${this.#failure(`Math.min(${state} + ${first - STATE_FAILED}, ${SITES_MAX - 1})`)}`,
    );
  }

  #failure(site: string): string {
    if (this.states === undefined) return `fail(${site}, i);`;
    return `{ ${this.array(this.states)}[i] = ${site} + ${STATE_FAILED}; any |= ${STATE_FAILED}; break row; }`;
  }

  /**
   * Compiles what was emitted, or finds it compiled, and runs it.
   * @param parts - `before` declares what `store` (takes the row's result) and `flush` (after every row, failed ones too)
   * use; `after` says what is returned.
   * @param fail - throws for a failure site and a row.
   */
  run(
    parts: { readonly before: string; readonly store: string; readonly flush: string; readonly after: string },
    rowCount: number,
    fail: (site: FailureSite, row: number) => never,
  ): number {
    const names = [...this.#parameters.keys()].map((index) => `${this.#prefixes[index]}${index} = p[${index}]`);
    const text = [
      `"use strict";`,
      names.length === 0 ? "" : `const ${names.join(", ")};`,
      parts.before,
      "for (let i = 0; i < n; i++) {",
      "row: {",
      ...this.#head,
      ...this.#block,
      parts.store,
      "}",
      parts.flush,
      "}",
      parts.after,
    ].join("\n");
    let loop = compiled.get(text);
    if (loop === undefined) {
      if (compiled.size >= COMPILED_MAX) compiled.clear();
      loop = new Function("p", "n", "fail", text) as CompiledLoop;
      compiled.set(text, loop);
    }
    return loop(this.#parameters, rowCount, (site, row) => fail(this.sites[site]!, row));
  }
}

const unlessNull = (isNull: string | undefined, condition: string): string =>
  isNull === undefined ? condition : `${isNull} === 0 && (${condition})`;
