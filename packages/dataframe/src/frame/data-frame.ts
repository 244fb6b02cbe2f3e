import { Eau2Error, type KeyRecord } from "@eau2/protocol";
import { type Dictionary, decodeChunk, decodeDictionary } from "@eau2/serialization";
import { Column } from "../column/column.js";
import type { FrameRecord } from "./frame-record.js";

/** Where a frame's values come from: a store, a session, a test's map. */
export interface ValueSource {
  /** The bytes of a key; undefined when there are none. They begin at a multiple of 8. */
  get(key: KeyRecord): Promise<Uint8Array | undefined>;
}

/** Rows of a frame with all their columns. */
export interface Chunk {
  /** Row of the frame that this chunk begins with. */
  readonly firstRow: number;
  readonly rowCount: number;
  readonly columns: readonly Column[];
}

/**
 * A read-only table whose rows lie in chunks over the shards of a cluster. It is a record and a way to values: it holds
 * no rows itself.
 */
export class DataFrame {
  readonly #dictionaries = new Map<number, Promise<Dictionary>>();

  constructor(
    readonly record: FrameRecord,
    private readonly source: ValueSource,
  ) {}

  get rowCount(): number {
    return this.record.rowCount;
  }

  get columnNames(): readonly string[] {
    return this.record.schema.columns.map(({ name }) => name);
  }

  /** @throws {@link Eau2Error} `COLUMN_UNKNOWN`, naming those there are. */
  columnIndex(name: string): number {
    const index = this.columnNames.indexOf(name);
    if (index >= 0) return index;
    const there = this.columnNames.map((column) => `"${column}"`).join(", ");
    throw new Eau2Error("COLUMN_UNKNOWN", `column "${name}" is not in the frame; it has ${there}`, { column: name });
  }

  /** The frame's chunks in frame order, one at a time. */
  async *chunks(): AsyncGenerator<Chunk> {
    let firstRow = 0;
    for (const { key, rowCount } of this.record.chunks) {
      const bytes = await this.bytesOf(key);
      const layouts = decodeChunk(bytes).columns;
      const columns = await Promise.all(
        this.record.schema.columns.map(
          async ({ name }, index) => new Column(name, layouts[index]!, await this.dictionary(index)),
        ),
      );
      yield { firstRow, rowCount, columns };
      firstRow += rowCount;
    }
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

  /** @throws {@link Eau2Error} `CHUNK_LOST` when a part of the frame is nowhere any more. */
  async bytesOf(key: KeyRecord): Promise<Uint8Array> {
    const bytes = await this.source.get(key);
    if (bytes !== undefined) return bytes;
    throw new Eau2Error(
      "CHUNK_LOST",
      `frame ${this.record.id}: "${key.name}" of shard ${key.home} is lost; load the frame again`,
      {
        frame: this.record.id,
        home: key.home,
      },
    );
  }
}
