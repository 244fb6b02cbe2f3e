import { encodeLists, type ListLayout, type ScalarLayout } from "@eau2/serialization";
import type { ColumnBuilder } from "./column-builder.js";
import { ValidityBuilder } from "./validity-builder.js";

const CAPACITY_ROWS = 64;

/** Where the lists of a column end in their items, which are built elsewhere. */
export class ListEnds {
  readonly #validity = new ValidityBuilder();
  #offsets = new Uint32Array(CAPACITY_ROWS);

  get rowCount(): number {
    return this.#validity.rowCount;
  }

  /** The next row has the next `itemCount` items. */
  append(itemCount: number): void {
    this.#end(itemCount);
    this.#validity.appendValid();
  }

  appendNull(): void {
    this.#end(0);
    this.#validity.appendNull();
  }

  /** @param items - those of all rows so far. */
  finish(items: ScalarLayout): ListLayout {
    return encodeLists(this.#offsets, items, this.rowCount, this.#validity.finish());
  }

  #end(itemCount: number): void {
    const row = this.rowCount;
    if (row + 1 >= this.#offsets.length) {
      const larger = new Uint32Array(this.#offsets.length * 2);
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    this.#offsets[row + 1] = this.#offsets[row]! + itemCount;
  }
}

/** Builds a column of lists whose items another builder takes; text is plain. */
export class ListBuilder<Item> implements ColumnBuilder<readonly (Item | null)[], ListLayout> {
  readonly #ends = new ListEnds();

  /** @param items - empty, and used by nobody else. */
  constructor(private readonly items: ColumnBuilder<Item>) {}

  get rowCount(): number {
    return this.#ends.rowCount;
  }

  /** @throws what the builder of the items throws; this builder is of no use then. */
  append(list: readonly (Item | null)[]): void {
    for (const item of list) {
      if (item === null) this.items.appendNull();
      else this.items.append(item);
    }
    this.#ends.append(list.length);
  }

  appendNull(): void {
    this.#ends.appendNull();
  }

  finish(): ListLayout {
    return this.#ends.finish(this.items.finish());
  }
}
