/** What takes the values of a frame that is built, column by column. */
import type { ColumnLayout, Dictionary, ScalarLayout } from "@eau2/serialization";
import { type ColumnBuilder, columnBuilder } from "../column/column-builder.js";
import { ListEnds } from "../column/list-builder.js";
import type { DataType } from "../schema/data-types.js";
import type { ScalarCell } from "./cells.js";
import { TextColumnBuilder } from "./text-column-builder.js";

/** A column of a frame that is built: a layout for each chunk, and the dictionary of all of them. */
export interface BuiltColumn<Layout extends ColumnLayout = ColumnLayout> {
  readonly layouts: readonly Layout[];
  readonly dictionary: Dictionary | null;
}

/** Takes the values of one column of a frame, or the items of its lists, chunk after chunk. */
export interface ColumnSink<Value> {
  /** @throws {@link Eau2Error} `TYPE_MISMATCH`, `INT64_UNSAFE`; the sink is of no use then. */
  append(value: Value): void;
  appendNull(): void;
  /** What comes next is in another chunk; an empty chunk is one too. */
  endChunk(): void;
  /** All chunks have ended. */
  finish(): BuiltColumn;
}

/** Values whose chunks know nothing of each other. */
class ValueSink<Value> implements ColumnSink<Value> {
  readonly #done: ColumnLayout[] = [];
  #builder: ColumnBuilder<Value>;

  constructor(private readonly open: () => ColumnBuilder<Value>) {
    this.#builder = open();
  }

  append(value: Value): void {
    this.#builder.append(value);
  }

  appendNull(): void {
    this.#builder.appendNull();
  }

  endChunk(): void {
    this.#done.push(this.#builder.finish());
    this.#builder = this.open();
  }

  finish(): BuiltColumn {
    return { layouts: this.#done, dictionary: null };
  }
}

/** Lists: their items go on to a sink of their own, which may share a dictionary among chunks. */
class ListSink implements ColumnSink<readonly (ScalarCell | undefined)[]> {
  readonly #done: ListEnds[] = [];
  #ends = new ListEnds();

  constructor(private readonly items: ColumnSink<unknown>) {}

  append(list: readonly (ScalarCell | undefined)[]): void {
    for (const item of list) {
      if (item === null || item === undefined) this.items.appendNull();
      else this.items.append(item);
    }
    this.#ends.append(list.length);
  }

  appendNull(): void {
    this.#ends.appendNull();
  }

  endChunk(): void {
    this.items.endChunk();
    this.#done.push(this.#ends);
    this.#ends = new ListEnds();
  }

  finish(): BuiltColumn {
    const { layouts, dictionary } = this.items.finish();
    return { layouts: this.#done.map((ends, chunk) => ends.finish(layouts[chunk] as ScalarLayout)), dictionary };
  }
}

/** An empty sink for values of `type`. */
export const columnSink = ({ type, items }: DataType): ColumnSink<unknown> => {
  if (items !== undefined) return new ListSink(columnSink(items)) as ColumnSink<unknown>;
  if (type === "list") throw new Error("invariant: a list has a type of items");
  if (type === "utf8") return new TextColumnBuilder() as ColumnSink<unknown>;
  return new ValueSink(() => columnBuilder(type) as ColumnBuilder<unknown>);
};
