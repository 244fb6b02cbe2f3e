/** What a program is, for who writes one. A program imports nothing from eau2: all of it arrives in the context. */
import type * as Dataframe from "@eau2/dataframe";
import type { Eau2 } from "../session/eau2.js";
import type { StoreClient } from "../session/store-client.js";

/** What a program makes frames with: the classes and data types of `@eau2/dataframe`. */
export type ProgramFrames = Pick<
  typeof Dataframe,
  | "DataFrame"
  | "DistributedArray"
  | "schema"
  | "boolean"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "float32"
  | "float64"
  | "utf8"
  | "date"
  | "timestamp"
  | "list"
>;

export interface ProgramContext {
  /** Which of the nodes this is, from 0, in the order of the directory. */
  readonly node: number;
  /** How many nodes the program runs on. */
  readonly nodes: number;
  readonly nodeName: string;
  readonly args: readonly string[];
  /** The store of the cluster; frames are made on it: `context.frames.DataFrame.fromArray(context.store, ...)`. */
  readonly store: StoreClient;
  readonly eau2: Eau2;
  readonly frames: ProgramFrames;
  /**
   * A function that the program's own file exports, to run where chunks lie: `frame.map(module("score"))`. The file is
   * loaded there too: what stands at its top level runs once more on each thread.
   */
  module<Call = Dataframe.AnyFunction>(exportName: string): Dataframe.UserModule<Call>;
  /** Aborted when the program is to end: cancelled, or failed on another node. What still runs 3 seconds later is killed. */
  readonly signal: AbortSignal;
  /** Prints a line, as `console.log` does. */
  log(...values: readonly unknown[]): void;
  /** Shown by the terminal that started the program; of many calls in a row only the last one travels. */
  progress(done: number, total: number, phase?: string): void;
}

/**
 * A program: the same code starts on every node. What `run` returns, if it is a number from 0 to 255, is the exit code.
 * @example export default { run: async ({ node, log }) => log(`hello from node ${node}`) } satisfies Application;
 */
export interface Application {
  run(context: ProgramContext): unknown | Promise<unknown>;
}
