/** A typed array over the shards of a cluster: a frame of one column, seen as a list. Read-only once made. */
import { Eau2Error, type KeyRecord } from "@eau2/protocol";
import { type Cell, cellsOf } from "./cells.js";
import type { ColumnData } from "./column-data.js";
import { type BuildOptions, DataFrame } from "./data-frame.js";
import type { FrameStore } from "./frame-store.js";

export class DistributedArray<Value extends Cell = Cell> implements AsyncIterable<Value> {
  /** @throws {@link Eau2Error} `USAGE` for a frame of several columns. */
  constructor(readonly frame: DataFrame) {
    if (frame.ncols === 1) return;
    throw new Eau2Error("USAGE", `a distributed array is a frame of one column; this one has ${frame.ncols}`);
  }

  /** Stores the values, spread over the shards in chunks. @throws as {@link DataFrame.fromArray} */
  static async fromArray<Value extends Cell = Cell>(
    store: FrameStore,
    values: ColumnData,
    options: BuildOptions = {},
  ): Promise<DistributedArray<Value>> {
    return new DistributedArray(await DataFrame.fromArray(store, values, options));
  }

  static async open<Value extends Cell = Cell>(store: FrameStore, name: string): Promise<DistributedArray<Value>> {
    return new DistributedArray(await DataFrame.open(store, name));
  }

  get length(): number {
    return this.frame.nrows;
  }

  /** Names the array to other calls. */
  get key(): KeyRecord {
    return this.frame.key;
  }

  /** @throws {@link Eau2Error} `USAGE` for an index that is not in the array, `CHUNK_LOST` */
  get(index: number): Promise<Value> {
    return this.frame.get(0, index) as Promise<Value>;
  }

  /** The values from `start` up to `end`, as `Array.prototype.slice` counts them. Fetches the chunks that they are in. */
  async slice(start = 0, end = this.length): Promise<Value[]> {
    const from = start < 0 ? Math.max(0, this.length + start) : start;
    const to = Math.min(this.length, end < 0 ? this.length + end : end);
    const values: Value[] = [];
    if (from < to) await this.frame.visitRange(from, to, (cell) => values.push(cell as Value));
    return values;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Value> {
    for await (const { columns, rowCount } of this.frame.chunks()) {
      const cells = cellsOf(columns[0]!, this.frame.schema.columns[0]!);
      for (let row = 0; row < rowCount; row++) yield cells.get(row) as Value;
    }
  }

  /** A new array of what `map` returns for each value, in this process. The type is that of the first value (see {@link DataFrame.fromArray}). */
  async map<Out extends Cell>(
    store: FrameStore,
    map: (value: Value, index: number) => Out,
    options: BuildOptions = {},
  ): Promise<DistributedArray<Out>> {
    const values: Out[] = [];
    await this.#visit((value, index) => values.push(map(value, index)));
    return DistributedArray.fromArray(store, values, options);
  }

  /** From the first value to the last, in this process. */
  async reduce<Result>(merge: (result: Result, value: Value, index: number) => Result, start: Result): Promise<Result> {
    let result = start;
    await this.#visit((value, index) => {
      result = merge(result, value, index);
    });
    return result;
  }

  async #visit(visit: (value: Value, index: number) => void): Promise<void> {
    await this.frame.mapChunks(({ columns, firstRow, rowCount }) => {
      const cells = cellsOf(columns[0]!, this.frame.schema.columns[0]!);
      for (let row = 0; row < rowCount; row++) visit(cells.get(row) as Value, firstRow + row);
    });
  }
}
