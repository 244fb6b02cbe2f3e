/**
 * Functions of a program that run where the chunks of a frame lie. A closure cannot travel; a module can: one ESM file that
 * needs nothing but what it is given.
 */
import type { KeyRecord } from "@eau2/protocol";
import type { ChunkView } from "./chunk-view.js";

/** What a function of a module is given beside its chunk or its results. */
export interface ModuleContext<Args = unknown> {
  /** What the caller gave as `args`; undefined when it gave none. */
  readonly args: Args;
  /** Whether nobody waits any more; cheap enough for every few thousand rows of a loop. */
  cancelled(): boolean;
}

/** Called once for each chunk, on whatever thread holds it. The chunk is on loan until the call is over. */
// biome-ignore lint/suspicious/noExplicitAny: a function of any row's chunks and arguments
export type ChunkFunction<Row = any, T = unknown> = (chunk: ChunkView<Row>, context: ModuleContext<any>) => T;

/** Merges two neighbouring results, the earlier one first; associative, and free to change and return either. */
// biome-ignore lint/suspicious/noExplicitAny: of any arguments
export type MergeFunction<T> = (earlier: T, later: T, context: ModuleContext<any>) => T | Promise<T>;

/** A function that nothing is known of. */
// biome-ignore lint/suspicious/noExplicitAny: it takes whatever it is given
export type AnyFunction = (...given: any[]) => unknown;

/** An exported function of a module: made by `userModule` of `@eau2/application`, or by a program of its own exports. */
export interface UserModule<Call = AnyFunction> {
  /** What people call the file. */
  readonly label: string;
  readonly exportName: string;
  /** The file: one self-contained ESM module. */
  source(): Promise<Uint8Array>;
  /** Never there; it carries the function's type. */
  readonly call?: Call;
}

/**
 * Asks of a module written for rows `Seen` that a frame with rows `Row` has all of their columns. Where no schema was
 * declared, the columns are looked for when it runs.
 */
export type ReadsOnly<Row, Seen> = unknown extends Row
  ? unknown
  : Row extends Seen
    ? unknown
    : { readonly "the module reads columns that the frame does not have, or has with other types": Seen };

export interface ModuleOptions {
  /** Plain data that every call gets as `context.args`; at most 64 KiB when encoded. */
  readonly args?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Time for all of it, in ms. @defaultValue none */
  readonly timeoutMs?: number | undefined;
  /** Called with chunks done and chunks there are. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The chunks of a frame, as its program sees them. */
export interface MappedFrame {
  /** Of its record. */
  readonly key: KeyRecord;
  /** Positions of the columns whose cells are bigints. */
  readonly bigints: readonly number[];
  /** Shards whose chunks are meant; null for all. */
  readonly homes: readonly number[] | null;
}

/** Whoever can have modules run on the chunks of a frame: a session. */
export interface ModuleRunner {
  /** @returns one result a chunk, in frame order. */
  map(frame: MappedFrame, map: UserModule<unknown>, options: ModuleOptions): Promise<unknown[]>;
  /** @returns undefined for a frame without chunks. */
  mapReduce(
    frame: MappedFrame,
    map: UserModule<unknown>,
    merge: UserModule<unknown>,
    options: ModuleOptions,
  ): Promise<unknown>;
}
