/**
 * Functions of user modules as tasks. The module is an input like any other: its bytes come through the store, by the hash
 * of their content. What a function returns is an output; nothing of it is looked at here.
 */
import type { TaskContext, TaskResult } from "@eau2/kvstore";
import { Eau2Error, isEau2Error } from "@eau2/protocol";
import { decodeChunk, decodeDictionary, decodeValue, encodeValue } from "@eau2/serialization";
import { z } from "zod";
import { Column } from "../column/column.js";
import { ColumnRecord } from "../column/schema-record.js";
import { ChunkView } from "../frame/chunk-view.js";
import type { ChunkFunction, MergeFunction, ModuleContext } from "../frame/user-module.js";
import { DATA_TYPES, exactType } from "../schema/data-types.js";
import { defineTask, type Task } from "../task/task.js";

/** A module as tasks and jobs name it; its bytes have the key `m/SHA256`. */
export const ModuleRecord = z.strictObject({
  label: z.string().max(256),
  exportName: z.string().min(1).max(256),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ModuleRecord = z.infer<typeof ModuleRecord>;

/** Turns a module's bytes into its exports: once a thread, the next time it has them. @throws `DENIED`; what the module throws */
export type LoadModule = (module: ModuleRecord, source: Uint8Array) => Promise<Readonly<Record<string, unknown>>>;

export const MODULE_ARGS_BYTES_MAX = 64 * 1024;

/** Encoded; null for none. */
export const ModuleArgs: z.ZodType<Uint8Array | null> = z.instanceof(Uint8Array).nullable();

export const MapModuleArgs = z.strictObject({
  module: ModuleRecord,
  args: ModuleArgs,
  columns: z.array(ColumnRecord),
  /** Positions of the columns whose cells are bigints. */
  bigints: z.array(z.int().min(0)),
  /** Positions of the columns whose dictionaries are the inputs behind the chunk, in this order. */
  dictionaries: z.array(z.int().min(0)),
  firstRow: z.int().min(0),
  rowCount: z.int().min(0),
});
export type MapModuleArgs = z.infer<typeof MapModuleArgs>;

export const MergeModuleArgs = z.strictObject({ module: ModuleRecord, args: ModuleArgs });
export type MergeModuleArgs = z.infer<typeof MergeModuleArgs>;

const nameOf = ({ label, exportName }: ModuleRecord): string => `${label}#${exportName}`;

/** @throws {@link Eau2Error} `USAGE` */
const exported = async <Call>(load: LoadModule, module: ModuleRecord, source: Uint8Array): Promise<Call> => {
  const exports = await load(module, source);
  const call = Object.hasOwn(exports, module.exportName) ? exports[module.exportName] : undefined;
  if (typeof call === "function") return call as Call;
  const there = Object.keys(exports).filter((name) => typeof exports[name] === "function");
  const known = there.length === 0 ? "it exports no function" : `it exports ${there.join(", ")}`;
  throw new Eau2Error("USAGE", `${module.label} exports no function "${module.exportName}"; ${known}`);
};

const contextOf = (args: Uint8Array | null, { cancelled }: TaskContext): ModuleContext => ({
  args: args === null ? undefined : decodeValue(args),
  cancelled,
});

const HERE = new URL(import.meta.url).pathname;

/** The calls of the module itself: those that led to it tell its author nothing. */
const ownCalls = (stack: string): string => {
  const lines = stack.split("\n");
  const ours = lines.findIndex((line) => line.includes(HERE));
  return lines.slice(0, ours < 0 ? lines.length : ours).join("\n");
};

/** What a function threw, with where: its own code if it has one, and its own stack. */
const failed = (thrown: unknown, where: string): Eau2Error => {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const [code, details] = isEau2Error(thrown) ? [thrown.code, thrown.details] : ["TASK_FAILED" as const, {}];
  const error = new Eau2Error(code, `${where}: ${text}`, details, { cause: thrown });
  if (thrown instanceof Error && thrown.stack !== undefined) error.stack = ownCalls(thrown.stack);
  return error;
};

const output = async (value: unknown, what: string, context: TaskContext): Promise<TaskResult> => {
  const bytes = encodeValue(value, what);
  const { ref, view } = await context.allocate(bytes.length);
  view.set(bytes);
  return { value: null, outputs: [ref] };
};

/** Inputs: the module, a chunk, dictionaries. One output: what the function returned. */
export const mapModuleTask = (load: LoadModule): Task<MapModuleArgs> =>
  defineTask({
    name: "module.map",
    args: MapModuleArgs,
    run: async ({ module, args, columns, bigints, dictionaries, firstRow, rowCount }, context) => {
      const [source, chunk, ...dictionaryBytes] = context.inputs;
      const call = await exported<ChunkFunction>(load, module, source!);
      const decoded = new Map(dictionaries.map((column, index) => [column, decodeDictionary(dictionaryBytes[index]!)]));
      const layouts = decodeChunk(chunk!).columns;
      const view = new ChunkView(
        firstRow,
        rowCount,
        columns.map(({ name }, index) => new Column(name, layouts[index]!, decoded.get(index))),
        columns.map(({ name, type }, index) => ({
          name,
          type: bigints.includes(index) ? exactType(DATA_TYPES[type]) : DATA_TYPES[type],
        })),
      );
      let result: unknown;
      try {
        result = await call(view, contextOf(args, context));
      } catch (error) {
        throw failed(error, `${nameOf(module)} on rows ${firstRow} to ${firstRow + rowCount - 1}`);
      }
      return output(result, `${nameOf(module)} returned`, context);
    },
  });

/** Inputs: the module, then two or more results in frame order. One output: they are merged from the first to the last. */
export const mergeModuleTask = (load: LoadModule): Task<MergeModuleArgs> =>
  defineTask({
    name: "module.merge",
    args: MergeModuleArgs,
    run: async ({ module, args }, context) => {
      const [source, ...results] = context.inputs;
      const call = await exported<MergeFunction<unknown>>(load, module, source!);
      const moduleContext = contextOf(args, context);
      let merged = decodeValue(results[0]!);
      for (const later of results.slice(1)) {
        try {
          merged = await call(merged, decodeValue(later), moduleContext);
        } catch (error) {
          throw failed(error, nameOf(module));
        }
      }
      return output(merged, `${nameOf(module)} returned`, context);
    },
  });
