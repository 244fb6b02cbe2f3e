/**
 * Random plans that have one answer: what depends on the order of rows is only asked where they have one (`row-order.ts`),
 * and what is not the same to the last bit (`isExact`) is only handed on.
 */
import type { Derived, Plan, SortKey } from "@eau2/dataframe";
import { ShardIndex } from "@eau2/protocol";
import { Failure } from "../failure.js";
import { runPlan, type Tables } from "../run-plan.js";
import { isValidText } from "../text-bytes.js";
import { elementOf, isList } from "../types.js";
import type { Table } from "../values.js";
import { column } from "./build.js";
import type { Dialect } from "./dialect.js";
import type { Random } from "./random.js";
import { randomAggregate } from "./random-aggregate.js";
import { ExpressionMaker, isSortable, type ScopeColumn } from "./random-expression.js";
import { hasOneAnswer, rowOrder } from "./row-order.js";

export interface MadePlan {
  readonly plan: Plan;
  readonly columns: readonly ScopeColumn[];
}

/** Names of computed columns; new ones within a project or aggregate, old ones below it. */
const NAMES = ["p", "q", "r", "s", "t", "u", "v", "w", "constructor", "__proto__", "a b", "valueOf"];

/** Predicates tried until one keeps so many rows, or the best of them: few rows show few mistakes. */
const PREDICATES_MAX = 4;
const ROWS_KEPT = 4;

const isUtf8 = ({ columns, rows }: Table, name: string): boolean => {
  const index = columns.findIndex((column) => column.name === name);
  return rows.every((row) => [row[index]].flat().every((value) => typeof value !== "string" || isValidText(value)));
};

export class PlanMaker {
  constructor(
    readonly random: Random,
    readonly tables: Tables,
    readonly dialect: Dialect,
    /** Calls above each other in an expression, about. */
    readonly expressionDepth: number,
  ) {}

  /** @param depth - operators above each other. */
  make(depth: number): MadePlan {
    let made = this.scan();
    for (let left = depth; left > 0; left--) made = this.#step(made);
    return made;
  }

  scan(): MadePlan {
    const [name, table] = this.random.pick([...this.tables]);
    const columns = this.random.chance(0.7)
      ? table.columns
      : this.random.some(table.columns, this.random.between(1, table.columns.length));
    return {
      plan: { kind: "scan", frame: { name, home: ShardIndex.parse(0) }, columns },
      columns: columns.map((column) => ({ ...column, isExact: true, isUtf8: isUtf8(table, column.name) })),
    };
  }

  #step(made: MadePlan): MadePlan {
    switch (this.random.below(12)) {
      case 0:
      case 1:
      case 2:
        return this.#filter(made);
      case 3:
      case 4:
        return this.#project(made);
      case 5:
      case 6:
        return this.#aggregate(made);
      case 7:
        return this.#sort(made);
      case 8:
        return this.#distinct(made);
      case 9:
        return this.#limit(made);
      case 10:
        return this.#union(made);
      default:
        return this.#explode(made);
    }
  }

  #expressions(made: MadePlan): ExpressionMaker {
    return new ExpressionMaker(this.random, made.columns, this.dialect);
  }

  #filter(made: MadePlan): MadePlan {
    const maker = this.#expressions(made);
    const some = () =>
      ({ kind: "filter", input: made.plan, predicate: maker.of("boolean", this.expressionDepth) }) as const;
    let [plan, rowCount] = [some(), -1];
    for (let attempt = 0; attempt < PREDICATES_MAX && rowCount < ROWS_KEPT; attempt++) {
      const other = some();
      const count = this.#rowCount(other);
      if (count > rowCount) [plan, rowCount] = [other, count];
    }
    return { ...made, plan };
  }

  #rowCount(plan: Plan): number {
    try {
      return runPlan(plan, this.tables).rows.length;
    } catch (error) {
      if (error instanceof Failure) return 0;
      throw error;
    }
  }

  #project(made: MadePlan): MadePlan {
    const maker = this.#expressions(made);
    const kept = this.random.some(made.columns, this.random.between(0, made.columns.length));
    const names = this.random.some(
      NAMES.filter((name) => !kept.some((column) => column.name === name)),
      this.random.between(kept.length > 0 ? 0 : 1, this.expressionDepth > 1 ? 3 : 6),
    );
    const computed = names.map((name) => {
      const from = this.random.chance(0.25) ? this.random.pick(made.columns) : undefined;
      if (from) return { ...from, name, expression: column(from.name) };
      const type = maker.anyType();
      return {
        name,
        type,
        isExact: true,
        isUtf8: maker.isUtf8(type),
        expression: maker.of(type, this.expressionDepth),
      };
    });
    const all = [...kept.map((old) => ({ ...old, expression: column(old.name) })), ...computed];
    return {
      plan: {
        kind: "project",
        input: made.plan,
        columns: all.map(({ name, expression }): Derived => ({ name, expression })),
      },
      columns: all.map(({ expression: _, ...rest }) => rest),
    };
  }

  #aggregate(made: MadePlan): MadePlan {
    const maker = this.#expressions(made);
    const names = this.random.some(NAMES, NAMES.length);
    const keys = Array.from({ length: this.random.pick([0, 0, 1, 1, 1, 2, 3]) }, () => {
      const candidates = made.columns.filter(isSortable);
      if (candidates.length > 0 && this.random.chance(0.75)) {
        const { name, type } = this.random.pick(candidates);
        return { name: names.pop()!, type, expression: column(name) };
      }
      const type = maker.keyType();
      return { name: names.pop()!, type, expression: maker.of(type, 2) };
    });
    const { isOrdered } = rowOrder(made.plan);
    const aggregates = Array.from(
      { length: this.random.between(keys.length > 0 ? 0 : 1, this.expressionDepth > 1 ? 4 : 7) },
      () => ({
        name: names.pop()!,
        ...randomAggregate(maker, isOrdered),
      }),
    );
    return {
      plan: {
        kind: "aggregate",
        input: made.plan,
        keys: keys.map(({ name, expression }) => ({ name, expression })),
        aggregates: aggregates.map(({ name, aggregate }) => ({ name, aggregate })),
      },
      columns: [
        ...keys.map(({ name, type }) => ({ name, type, isExact: true, isUtf8: maker.isUtf8(type) })),
        ...aggregates.map(({ name, type, isExact }) => ({ name, type, isExact, isUtf8: maker.isUtf8(type) })),
      ],
    };
  }

  /** Rows without an order get one from the columns that tell them apart, or none. */
  #sort(made: MadePlan): MadePlan {
    const maker = this.#expressions(made);
    const keyOf = (name: string): SortKey => ({
      expression: column(name),
      descending: this.random.chance(0.5),
      nullsFirst: this.random.chance(0.3),
    });
    const sortable = made.columns.filter(isSortable);
    const by = this.random.some(sortable, this.random.between(1, 3)).map(({ name }) => keyOf(name));
    if (by.length === 0 || this.random.chance(0.3))
      by.unshift({ ...keyOf(""), expression: maker.of(maker.keyType(), 2) });
    const { isOrdered, uniqueBy } = rowOrder(made.plan);
    const tellsApart = uniqueBy ?? (sortable.length === made.columns.length ? sortable.map(({ name }) => name) : []);
    if (!isOrdered) by.push(...this.random.some(tellsApart, tellsApart.length).map(keyOf));
    const plan: Plan = { kind: "sort", input: made.plan, by, limit: null };
    const isLimited = rowOrder(plan).isOrdered && this.random.chance(0.4);
    return { ...made, plan: isLimited ? { ...plan, limit: this.random.pick([0, 1, 2, 3, 4, 5, 6, 50]) } : plan };
  }

  #distinct(made: MadePlan): MadePlan {
    const sortable = made.columns.filter(isSortable).map(({ name }) => name);
    const isAll = sortable.length === made.columns.length && this.random.chance(0.4);
    const columns = isAll ? null : this.random.some(sortable, this.random.between(1, 3));
    const plan: Plan = { kind: "distinct", input: made.plan, columns };
    return columns?.length === 0 || !hasOneAnswer(plan) ? made : { ...made, plan };
  }

  #limit(made: MadePlan): MadePlan {
    if (!rowOrder(made.plan).isOrdered) return made;
    const offset = this.random.pick([0, 0, 0, 1, 3]);
    return {
      ...made,
      plan: {
        kind: "limit",
        input: made.plan,
        offset,
        count: this.random.pick([0, 1, 2, 3, 5, 5, 8, 8, 20, 20, 20, 1000]),
      },
    };
  }

  /** With rows of its own, or with rows of another table in the same form. */
  #union(made: MadePlan): MadePlan {
    const other = this.random.chance(0.5) ? this.#filter(made) : this.#likeness(made);
    return {
      plan: { kind: "union", inputs: [made.plan, other.plan] },
      columns: made.columns.map((old) => ({
        ...old,
        isUtf8: old.isUtf8 && other.columns.every((column) => column.isUtf8),
      })),
    };
  }

  #likeness(made: MadePlan): MadePlan {
    const source = this.scan();
    const maker = this.#expressions(source);
    const isMade = (type: ScopeColumn["type"]) =>
      !isList(type) || type === "list<utf8>" || source.columns.some((candidate) => candidate.type === type);
    if (!made.columns.every(({ type }) => isMade(type))) return this.#filter(made);
    const columns = made.columns.map(({ name, type }): Derived => ({ name, expression: maker.of(type, 2) }));
    return { ...source, plan: { kind: "project", input: source.plan, columns } };
  }

  #explode(made: MadePlan): MadePlan {
    const lists = made.columns.filter(({ type }) => isList(type));
    if (lists.length === 0) return this.#filter(made);
    const { name } = this.random.pick(lists);
    return {
      ...made,
      plan: { kind: "explode", input: made.plan, column: name },
      columns: made.columns.map((old) => (old.name === name ? { ...old, type: elementOf(old.type) } : old)),
    };
  }
}
