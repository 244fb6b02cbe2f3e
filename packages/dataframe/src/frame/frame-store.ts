/** What frames need of a store; sessions and nodes of a cluster provide it, and so does a test's map. */
import type { KeyRecord } from "@eau2/protocol";
import type { FileWriter, QueryRunner } from "../query/query-runner.js";
import type { DataType } from "../schema/data-types.js";
import type { Schema } from "../schema/schema.js";
import type { BadRowPolicy } from "../text/bad-rows.js";
import type { DataFrame } from "./data-frame.js";
import type { FrameId } from "./frame-record.js";
import type { ModuleRunner } from "./user-module.js";

/** Where a frame's values come from. */
export interface ValueSource {
  /** The bytes of a key; undefined when there are none. They begin at a multiple of 8. */
  get(key: KeyRecord): Promise<Uint8Array | undefined>;
  /** Values that lie in this very process, if it is a node. */
  readonly local?: LocalValues | undefined;
  /** Runs modules where chunks lie; a source without it has values only. */
  readonly modules?: ModuleRunner | undefined;
  /** Runs queries; a source without it has whole frames only. */
  readonly queries?: QueryRunner | undefined;
  /** Writes results to files. */
  readonly files?: FileWriter | undefined;
}

/** Values of the node that this process is, or belongs to. */
export interface LocalValues {
  /** Whether a key is homed there. */
  isHome(key: KeyRecord): boolean;
  /**
   * Calls `read` with the bytes in place, or with undefined when there are none. The view, and everything made of it, is
   * valid until `read` returns or its promise settles. Absent where the node is another process: values travel then.
   */
  use?<T>(key: KeyRecord, read: (bytes: Uint8Array | undefined) => T): T;
}

/** What can be said of CSV files; the rest is found out from samples. */
export interface CsvOptions {
  /** One character of ASCII. @defaultValue the one of `,` tab `;` `|` that parts rows alike */
  readonly delimiter?: string | undefined;
  /** One character of ASCII; null: quotes mean nothing. @defaultValue `"`, or `'` where fields stand in those */
  readonly quote?: string | null | undefined;
  /** Whether the first row has names. @defaultValue found out */
  readonly header?: boolean | undefined;
  /** Types of single columns, which are declared then. @defaultValue found out */
  readonly types?: Readonly<Record<string, DataType>> | undefined;
  /** Spellings of null, in columns of text too. @defaultValue the empty field, and in columns that are not of text what stands there for null */
  readonly nulls?: readonly string[] | undefined;
  /** Of dates and times that are not written as ISO 8601, with %Y %y %m %b %d %H %M %S %f %p. @defaultValue found out */
  readonly dateFormat?: string | undefined;
  /** Whether a type that was found out may widen where values do not fit it; if not, their rows are bad. @defaultValue true */
  readonly widen?: boolean | undefined;
}

export interface FileOptions<Row> extends CsvOptions {
  /**
   * The columns. Of a CSV file with a header that has their names: those columns, in this order.
   * @defaultValue inferred from the file
   */
  readonly schema?: Schema<Row> | undefined;
  /** Names of all columns of the file, where no schema is declared. @defaultValue those of a header, or c0, c1, ... */
  readonly names?: readonly string[] | undefined;
  /** What becomes of rows that are none of the schema. @defaultValue SoR "discard", CSV "error" */
  readonly badRows?: BadRowPolicy | undefined;
  /** SoR: bytes of a single file: the whole lines in them are loaded. @defaultValue all */
  readonly range?: { readonly from: number; readonly length?: number } | undefined;
  /** Binds the frame to this name. @defaultValue none */
  readonly name?: string | undefined;
  /** Rows of a chunk. @defaultValue 262,144 */
  readonly chunkRows?: number | undefined;
  /** Bytes of a block. @defaultValue a 64th of the input, between 64 KiB and 16 MiB */
  readonly blockBytes?: number | undefined;
}

/** Whoever can have files read where they lie: a session with a cluster. */
export interface FileLoader {
  load<Row = unknown>(path: string | readonly string[], options?: FileOptions<Row>): Promise<DataFrame<Row>>;
}

/** A store that frames are written to. */
export interface FrameStore extends ValueSource {
  /** Stores bytes, once. */
  put(key: KeyRecord, bytes: Uint8Array): Promise<unknown>;
  /** Drops every key under a path prefix. */
  drop(prefix: string): Promise<unknown>;
  /** The shards that chunks are spread over, in order; at least one. */
  homes(): Promise<readonly number[]>;
  /** An id that was never used. */
  newFrameId(): FrameId;
  /**
   * Gives a complete frame its name.
   * @throws {@link Eau2Error} `FRAME_EXISTS` when another frame has it.
   */
  bind(name: string, record: KeyRecord): Promise<void>;
  /** The key of a frame's record; undefined when no frame has that name. */
  resolve(name: string): Promise<KeyRecord | undefined>;
}
