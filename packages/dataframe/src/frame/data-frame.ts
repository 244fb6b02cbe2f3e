import { Eau2Error, type KeyRecord } from "@eau2/protocol";
import { type Dictionary, decodeChunk, decodeDictionary } from "@eau2/serialization";
import { Column } from "../column/column.js";
import { withBigints } from "../query/bigint-columns.js";
import { Query } from "../query/query.js";
import type { QueryContext, Result } from "../query/query-results.js";
import { declaredBigints, scanOf } from "../query/scan.js";
import { Schema } from "../schema/schema.js";
import { type Cell, cellsOf } from "./cells.js";
import { ChunkView, type NameOf } from "./chunk-view.js";
import { type ColumnData, columnsFrame } from "./column-data.js";
import { FrameBuilder } from "./frame-builder.js";
import { decodeFrameRecord, type FrameRecord } from "./frame-record.js";
import type { FileLoader, FileOptions, FrameStore, ValueSource } from "./frame-store.js";
import { RowIndex } from "./row-index.js";
import { copyRow, RowCursor } from "./row-loan.js";
import type { CellOf, ColumnsOf, NewRow, Rower, RowSeen, Writer } from "./row-types.js";
import { mappedFrame, runnerOf } from "./run-modules.js";
import type { ChunkFunction, MergeFunction, ModuleOptions, ReadsOnly, UserModule } from "./user-module.js";
import { WritableRow } from "./writable-row.js";
import { dropFrame, explainDropped, frameExists, frameUnknown, writeFrame } from "./write-frame.js";

export interface BuildOptions {
  /** Binds the frame to this name. @defaultValue the frame has no name and is reached by its key */
  readonly name?: string | undefined;
  /** Rows of every chunk but the last. @defaultValue 262,144 */
  readonly chunkRows?: number | undefined;
}

/** Chunks that `get` keeps decoded: reading neighbouring cells does not fetch the same chunk again and again. */
const CHUNKS_KEPT = 2;

/**
 * A read-only table whose rows lie in chunks over the shards of a cluster. It is a record and a way to values: it holds
 * no rows itself. `Row` is known where a schema was declared; without, names and values are checked as they are used.
 */
export class DataFrame<Row = unknown> extends Query<Row> {
  readonly schema: Schema<Row>;
  readonly #rows: RowIndex;
  readonly #dictionaries = new Map<number, Promise<Dictionary>>();
  readonly #kept = new Map<number, Promise<ChunkView<Row>>>();

  /**
   * @param schema - declared by the program: the frame's columns must be those, in that order.
   * @throws {@link Eau2Error} `TYPE_MISMATCH` when they are not.
   */
  constructor(
    readonly record: FrameRecord,
    readonly key: KeyRecord,
    private readonly source: ValueSource,
    schema?: Schema<Row>,
  ) {
    const known = schema ?? (Schema.fromRecord(record.schema) as Schema<Row>);
    super(scanOf(key, known), { source, bigints: declaredBigints(known), open: openResult });
    this.schema = known;
    if (schema !== undefined) assertSame(schema.record, record.schema);
    this.#rows = new RowIndex(record.chunks.map(({ rowCount }) => rowCount));
  }

  /** Opens a frame by its name. @throws {@link Eau2Error} `FRAME_UNKNOWN`, `TYPE_MISMATCH` */
  static async open<Row = unknown>(store: FrameStore, name: string, schema?: Schema<Row>): Promise<DataFrame<Row>> {
    const key = await store.resolve(name);
    if (key === undefined) throw frameUnknown(name);
    return DataFrame.at(store, key, schema);
  }

  /** The frame whose record lies under a key. @throws {@link Eau2Error} `CHUNK_LOST`, `KEY_DROPPED`, `TYPE_MISMATCH` */
  static async at<Row = unknown>(source: ValueSource, key: KeyRecord, schema?: Schema<Row>): Promise<DataFrame<Row>> {
    return new DataFrame(await readRecord(source, key), key, source, schema);
  }

  /**
   * A frame of one column from an array: numbers become float64, typed arrays keep their type.
   * @param column - its name. @defaultValue "value"
   */
  static fromArray(
    store: FrameStore,
    values: ColumnData,
    { column = "value", ...options }: BuildOptions & { readonly column?: string } = {},
  ): Promise<DataFrame> {
    return DataFrame.fromColumns(store, { [column]: values }, options);
  }

  /** A frame of one row and one column. */
  static fromScalar(
    store: FrameStore,
    value: number | bigint | string | boolean,
    options: BuildOptions & { readonly column?: string } = {},
  ): Promise<DataFrame> {
    return DataFrame.fromArray(store, [value] as ColumnData, options);
  }

  /**
   * A frame from arrays of equal length, one a column.
   * @throws {@link Eau2Error} `USAGE` for arrays of different lengths, `TYPE_MISMATCH`, `FRAME_EXISTS`
   */
  static async fromColumns<Row = unknown>(
    store: FrameStore,
    columns: ColumnsOf<NoInfer<Row>>,
    options: BuildOptions & { readonly schema?: Schema<Row> } = {},
  ): Promise<DataFrame<Row>> {
    await assertFree(store, options);
    const { schema, built } = columnsFrame(columns as Readonly<Record<string, ColumnData>>, options);
    return storeFrame(store, schema as Schema<Row>, built, options);
  }

  /** A frame from rows, which are read once, in order. @throws {@link Eau2Error} `TYPE_MISMATCH`, `INT64_UNSAFE`, `FRAME_EXISTS` */
  static async fromRows<Row>(
    store: FrameStore,
    schema: Schema<Row>,
    rows: Iterable<NewRow<Row>> | AsyncIterable<NewRow<Row>>,
    options: BuildOptions = {},
  ): Promise<DataFrame<Row>> {
    await assertFree(store, options);
    const builder = new FrameBuilder(schema, options);
    const { names } = schema;
    for await (const row of rows) {
      builder.addRow((column) => {
        const name = names[column]!;
        return Object.hasOwn(row as object, name) ? (row as Readonly<Record<string, Cell>>)[name] : null;
      });
    }
    return storeFrame(store, schema, builder.finish(), options);
  }

  /**
   * A frame from a SoR file, read in parallel wherever it can be seen.
   * @param loader - a session: `DataFrame.fromFile(eau2, "trips.sor")`.
   * @throws {@link Eau2Error} `FILE_MISSING`, `FILE_CHANGED`, `DENIED`, `DATA_INVALID`, `FRAME_EXISTS`, ...
   */
  static fromFile<Row = unknown>(
    loader: FileLoader,
    path: string | readonly string[],
    options: FileOptions<Row> = {},
  ): Promise<DataFrame<Row>> {
    return loader.load(path, options);
  }

  /** A frame from a {@link Writer}. @throws {@link Eau2Error} `TYPE_MISMATCH`, `INT64_UNSAFE`, `FRAME_EXISTS`; what it throws */
  static async fromVisitor<Row>(
    store: FrameStore,
    schema: Schema<Row>,
    writer: Writer<Row>,
    options: BuildOptions = {},
  ): Promise<DataFrame<Row>> {
    await assertFree(store, options);
    const builder = new FrameBuilder(schema, options);
    const row = new WritableRow(schema.columns);
    try {
      while (!writer.done()) {
        row.clear();
        writer.visit(row.row as never);
        builder.addRow(row.cellAt);
      }
    } finally {
      row.close();
    }
    return storeFrame(store, schema, builder.finish(), options);
  }

  /** The same frame for code that takes any: names and values are checked as they are used. */
  override get untyped(): DataFrame {
    return this as unknown as DataFrame;
  }

  get nrows(): number {
    return this.record.rowCount;
  }
  get ncols(): number {
    return this.schema.columns.length;
  }

  /** @throws {@link Eau2Error} `COLUMN_UNKNOWN`, naming those there are. */
  columnIndex(name: NameOf<Row>): number {
    return this.schema.indexOf(name);
  }

  /**
   * One cell. @param column - its name, or its position from 0.
   * @throws {@link Eau2Error} `COLUMN_UNKNOWN`; `USAGE` for a row that the frame does not have; `CHUNK_LOST`
   */
  async get<Name extends NameOf<Row>>(column: Name | number, row: number): Promise<CellOf<Row, Name>> {
    const index = typeof column === "number" ? this.#position(column) : this.columnIndex(column);
    this.#assertRow(row);
    const chunk = this.#rows.chunkOf(row);
    const view = await this.#keptChunk(chunk);
    return cellsOf(view.columns[index]!, this.schema.columns[index]!).get(row - view.firstRow) as CellOf<Row, Name>;
  }

  /** The first rows, copied. */
  async head(count = 10): Promise<RowSeen<Row>[]> {
    const rows: RowSeen<Row>[] = [];
    for await (const row of this.rows()) {
      if (rows.length >= count) break;
      rows.push(row);
    }
    return rows;
  }

  /** Copies of all rows, in order. Visitors and chunks cost less. */
  async *rows(): AsyncGenerator<RowSeen<Row>> {
    const cursor = new RowCursor<RowSeen<Row>>(this.schema.columns);
    for await (const { columns, rowCount } of this.chunks()) {
      cursor.open(columns);
      for (let row = 0; row < rowCount; row++) {
        cursor.move(row);
        yield copyRow(cursor.row);
      }
    }
  }

  /** The frame's chunks in frame order, one at a time. */
  async *chunks(): AsyncGenerator<ChunkView<Row>> {
    for (let chunk = 0; chunk < this.record.chunks.length; chunk++) yield await this.#fetchChunk(chunk);
  }

  /** Shows every row to a visitor, in this process, in order. */
  async visitRows(visitor: Rower<Row> | Rower<Row>["visit"]): Promise<void> {
    const visit: Rower<Row>["visit"] =
      typeof visitor === "function" ? visitor : (row, index) => visitor.visit(row, index);
    const cursor = new RowCursor<RowSeen<Row>>(this.schema.columns);
    try {
      await this.mapChunks(({ columns, firstRow, rowCount }) => {
        cursor.open(columns);
        cursor.visit(rowCount, firstRow, visit);
      });
    } finally {
      cursor.close();
    }
  }

  /**
   * Shows every chunk to a function, in this process, in order. Chunks that are homed in this process are read in place.
   * @param map - the chunk is on loan until it returns.
   * @returns what it returned, in order.
   */
  async mapChunks<T>(map: (chunk: ChunkView<Row>) => T): Promise<T[]> {
    const results: T[] = [];
    for (let chunk = 0; chunk < this.record.chunks.length; chunk++) results.push(await this.#withChunk(chunk, map));
    return results;
  }

  /**
   * As {@link mapChunks}, over the chunks that are homed at this process's node alone: embedded all of them, in a program on
   * a node its share, and none for the client of a cluster.
   */
  async localMap<T>(map: (chunk: ChunkView<Row>) => T): Promise<T[]> {
    const results: T[] = [];
    for (const [chunk, { key }] of this.record.chunks.entries()) {
      if (this.source.local?.isHome(key) === true) results.push(await this.#withChunk(chunk, map));
    }
    return results;
  }

  /**
   * Calls a module's function on every chunk, on the threads that hold them, on all nodes: the function travels, the
   * chunks do not.
   * @returns what it returned, in frame order.
   * @throws {@link Eau2Error} `TASK_FAILED` with the stack of what it threw; `DENIED` by nodes that allow no code;
   * `DEADLINE`, `CANCELLED`; `USAGE` for results that are no plain data; `VALUE_TOO_LARGE`; `CHUNK_LOST`, `NODE_GONE`
   */
  async map<Seen, T>(
    module: UserModule<ChunkFunction<Seen, T>> & ReadsOnly<Row, Seen>,
    options: ModuleOptions = {},
  ): Promise<Awaited<T>[]> {
    return (await runnerOf(this.source).map(mappedFrame(this), module, options)) as Awaited<T>[];
  }

  /**
   * As {@link map}, over the chunks that {@link localMap} visits, on the threads of their node: a program that runs on all
   * nodes maps its share of the frame on each.
   */
  async pmap<Seen, T>(
    module: UserModule<ChunkFunction<Seen, T>> & ReadsOnly<Row, Seen>,
    options: ModuleOptions = {},
  ): Promise<Awaited<T>[]> {
    const homes = this.record.chunks
      .filter(({ key }) => this.source.local?.isHome(key) === true)
      .map(({ key }) => key.home);
    const frame = { ...mappedFrame(this), homes: [...new Set(homes)] };
    return (await runnerOf(this.source).map(frame, module, options)) as Awaited<T>[];
  }

  /**
   * As {@link map}, and merges the results where they lie, neighbours first, until one is left. Which are merged with which
   * depends on the number of chunks alone: also what is only nearly associative, like a sum of floats, has the same bits on
   * every cluster.
   * @returns undefined for a frame without chunks.
   */
  async mapReduce<Seen, T>(
    map: UserModule<ChunkFunction<Seen, T>> & ReadsOnly<Row, Seen>,
    merge: UserModule<MergeFunction<Awaited<T>>>,
    options: ModuleOptions = {},
  ): Promise<Awaited<T> | undefined> {
    return (await runnerOf(this.source).mapReduce(mappedFrame(this), map, merge, options)) as Awaited<T> | undefined;
  }

  /** Shows the cells of the first column from row `start` up to `end`, which are in the frame; fetches only their chunks. */
  async visitRange(start: number, end: number, visit: (cell: Cell, index: number) => void): Promise<void> {
    for (let chunk = this.#rows.chunkOf(start); chunk < this.record.chunks.length; chunk++) {
      const firstRow = this.#rows.firstRows[chunk]!;
      if (firstRow >= end) return;
      await this.#withChunk(chunk, ({ columns, rowCount }) => {
        const cells = cellsOf(columns[0]!, this.schema.columns[0]!);
        const last = Math.min(rowCount, end - firstRow);
        for (let row = Math.max(0, start - firstRow); row < last; row++) visit(cells.get(row), firstRow + row);
      });
    }
  }

  /** A frame with a new row for each of this frame's: `map` sets the cells of `out`; what is not set is null. */
  async mapRows<Out>(
    store: FrameStore,
    schema: Schema<Out>,
    map: (
      row: RowSeen<Row>,
      out: { -readonly [Name in keyof RowSeen<Out>]: RowSeen<Out>[Name] },
      index: number,
    ) => void,
    options: BuildOptions = {},
  ): Promise<DataFrame<Out>> {
    await assertFree(store, options);
    const builder = new FrameBuilder(schema, options);
    const out = new WritableRow(schema.columns);
    try {
      await this.visitRows((row, index) => {
        out.clear();
        map(row, out.row as never, index);
        builder.addRow(out.cellAt);
      });
    } finally {
      out.close();
    }
    return storeFrame(store, schema, builder.finish(), options);
  }

  /** A frame of the rows that a function accepts, in order. */
  async filterRows(
    store: FrameStore,
    accepts: (row: RowSeen<Row>, index: number) => boolean,
    options: BuildOptions = {},
  ): Promise<DataFrame<Row>> {
    await assertFree(store, options);
    const builder = new FrameBuilder(this.schema, options);
    const { names } = this.schema;
    await this.visitRows((row, index) => {
      if (accepts(row, index)) builder.addRow((column) => (row as Readonly<Record<string, Cell>>)[names[column]!]);
    });
    return storeFrame(store, this.schema, builder.finish(), options);
  }

  /** A frame is its own result. */
  protected override async result(): Promise<Result<Row>> {
    return { frame: this, release: async () => {} };
  }

  /** The dictionary of a column, fetched once; undefined for a column without. */
  dictionary(column: number): Promise<Dictionary> | undefined {
    const entry = this.record.dictionaries[column];
    if (entry === null || entry === undefined) return undefined;
    let dictionary = this.#dictionaries.get(column);
    if (dictionary === undefined) {
      dictionary = this.bytesOf(entry.key).then(decodeDictionary);
      this.#dictionaries.set(column, dictionary);
      // A failure may pass: the next one who asks tries again.
      dictionary.catch(() => this.#dictionaries.delete(column));
    }
    return dictionary;
  }

  /** @throws {@link Eau2Error} `CHUNK_LOST` when a part of the frame is nowhere any more, `KEY_DROPPED` when it was dropped. */
  async bytesOf(key: KeyRecord): Promise<Uint8Array> {
    try {
      return (await this.source.get(key)) ?? this.#lost(key);
    } catch (error) {
      throw explainDropped(error, this.key);
    }
  }

  async #withChunk<T>(chunk: number, map: (chunk: ChunkView<Row>) => T): Promise<T> {
    const { key } = this.record.chunks[chunk]!;
    const { local } = this.source;
    if (local?.use === undefined || !local.isHome(key)) return map(await this.#fetchChunk(chunk));
    const dictionaries = await this.#allDictionaries();
    let view: ChunkView<Row> | undefined;
    try {
      return local.use(key, (bytes) => {
        view = this.#view(chunk, bytes ?? this.#lost(key), dictionaries);
        return map(view);
      });
    } catch (error) {
      // What the visitor throws is its own.
      throw view === undefined ? explainDropped(error, this.key) : error;
    }
  }

  async #fetchChunk(chunk: number): Promise<ChunkView<Row>> {
    const bytes = await this.bytesOf(this.record.chunks[chunk]!.key);
    return this.#view(chunk, bytes, await this.#allDictionaries());
  }

  #keptChunk(chunk: number): Promise<ChunkView<Row>> {
    const known = this.#kept.get(chunk);
    if (known !== undefined) return known;
    const fetched = this.#fetchChunk(chunk);
    this.#kept.set(chunk, fetched);
    fetched.catch(() => this.#kept.delete(chunk));
    if (this.#kept.size > CHUNKS_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return fetched;
  }

  #view(chunk: number, bytes: Uint8Array, dictionaries: readonly (Dictionary | undefined)[]): ChunkView<Row> {
    const { rowCount } = this.record.chunks[chunk]!;
    const layouts = decodeChunk(bytes).columns;
    const columns = this.record.schema.columns.map(
      ({ name }, index) => new Column(name, layouts[index]!, dictionaries[index]),
    );
    return new ChunkView(this.#rows.firstRows[chunk]!, rowCount, columns, this.schema.columns);
  }

  #allDictionaries(): Promise<(Dictionary | undefined)[]> {
    return Promise.all(this.record.schema.columns.map(async (_, index) => this.dictionary(index)));
  }

  #position(column: number): number {
    if (Number.isInteger(column) && column >= 0 && column < this.ncols) return column;
    throw new Eau2Error(
      "COLUMN_UNKNOWN",
      `there is no column at position ${column}: the frame has ${this.ncols}, counted from 0`,
      { column },
    );
  }

  #assertRow(row: number): void {
    if (Number.isInteger(row) && row >= 0 && row < this.nrows) return;
    throw new Eau2Error("USAGE", `there is no row ${row}: the frame has ${this.nrows}, counted from 0`, { row });
  }

  #lost(key: KeyRecord): never {
    throw new Eau2Error(
      "CHUNK_LOST",
      `frame ${this.record.id}: "${key.name}" of shard ${key.home} is lost; load the frame again`,
      { frame: this.record.id, home: key.home },
    );
  }
}

/** @throws {@link Eau2Error} `CHUNK_LOST`, `KEY_DROPPED`, `DATA_INVALID` */
const readRecord = async (source: ValueSource, key: KeyRecord): Promise<FrameRecord> => {
  const bytes = await source.get(key).catch((error: unknown) => {
    throw explainDropped(error, key);
  });
  if (bytes !== undefined) return decodeFrameRecord(bytes);
  throw new Eau2Error("CHUNK_LOST", `frame "${key.name}" of shard ${key.home} is not there`, { home: key.home });
};

/** The frame of a query's result. */
const openResult: QueryContext["open"] = async ({ source, bigints }, key, known) => {
  const record = known ?? (await readRecord(source, key));
  return new DataFrame(record, key, source, withBigints(Schema.fromRecord(record.schema), bigints));
};

/** Stores a frame that was built, and binds it to its name: it is visible once it is complete. */
const storeFrame = async <Row>(
  store: FrameStore,
  schema: Schema<Row>,
  built: Parameters<typeof writeFrame>[2],
  { name }: BuildOptions,
): Promise<DataFrame<Row>> => {
  const { record, key } = await writeFrame(store, schema, built);
  if (name !== undefined) {
    try {
      await store.bind(name, key);
    } catch (error) {
      await dropFrame(store, record);
      throw error;
    }
  }
  return new DataFrame(record, key, store, schema);
};

/** Asked before the work; {@link FrameStore.bind} has the last word. */
const assertFree = async (store: FrameStore, { name }: BuildOptions): Promise<void> => {
  if (name !== undefined && (await store.resolve(name)) !== undefined) throw frameExists(name);
};

const assertSame = (declared: FrameRecord["schema"], there: FrameRecord["schema"]): void => {
  const count = Math.max(declared.columns.length, there.columns.length);
  for (let index = 0; index < count; index++) {
    const [mine, other] = [declared.columns[index], there.columns[index]];
    if (mine?.name === other?.name && mine?.type === other?.type) continue;
    const shown = (column: typeof mine) => (column === undefined ? "no column" : `"${column.name}" (${column.type})`);
    throw new Eau2Error(
      "TYPE_MISMATCH",
      `the declared schema is not the frame's: column ${index} is declared as ${shown(mine)} and is ${shown(other)}; eau2 schema NAME --ts prints the frame's`,
      { column: index },
    );
  }
};
