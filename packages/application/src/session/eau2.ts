/**
 * What a program holds: one way into a cluster (or into the node inside its own process), with the store, frames and
 * jobs behind it. Everything here is a request to one node, which does the rest.
 */
import {
  type CsvOptions,
  CsvPreview,
  DataFrame,
  type FileLoader,
  type FileOptions,
  frameExists,
  frameUnknown,
  type Schema,
} from "@eau2/dataframe";
import type { Client, Clock } from "@eau2/network";
import { type ClusterStatus, Eau2Error, isEau2Error, type JobProgress, type KeyRecord } from "@eau2/protocol";
import type { z } from "zod";
import { describeFrameJob, type FrameDescription } from "../jobs/describe-frame.js";
import { dropFrameJob } from "../jobs/drop-frame.js";
import type { Job } from "../jobs/job.js";
import { type LoadCsvResult, loadCsvJob } from "../jobs/load-csv.js";
import { type LoadSorResult, loadSorJob } from "../jobs/load-sor.js";
import { type LoadTextResult, loadTextJob } from "../jobs/load-text.js";
import { type MapReduceArgs, type MapReduceResult, mapReduceJob } from "../jobs/map-reduce.js";
import { previewCsvJob } from "../jobs/preview-csv.js";
import { JobClient, type JobOptions } from "./job-client.js";
import { type ProgramResult, type RunProgramOptions, runProgram } from "./run-program.js";
import { type CallOptions, StoreClient, type StoreParts } from "./store-client.js";

export interface LoadTextOptions extends JobOptions {
  /** Binds the frame to this name. @defaultValue none */
  readonly name?: string | undefined;
  /** What a row is. @defaultValue "words" */
  readonly mode?: "words" | "lines" | undefined;
  /** Rows of a chunk. @defaultValue 262_144 */
  readonly chunkRows?: number | undefined;
  /** Bytes of a block. @defaultValue a 64th of the input, between 64 KiB and 16 MiB */
  readonly blockBytes?: number | undefined;
}

/** A frame and how it came about. */
export interface Loaded {
  readonly frame: DataFrame;
  /** Names the frame to other calls. */
  readonly key: KeyRecord;
  readonly report: LoadTextResult;
}

export interface LoadOptions<Row> extends JobOptions, FileOptions<Row> {}

/** A frame of CSV files, and what was found out of them. */
export interface LoadedCsv<Row> {
  readonly frame: DataFrame<Row>;
  readonly key: KeyRecord;
  readonly report: LoadCsvResult;
}

/** A frame of SoR files, and which lines were bad. */
export interface LoadedSor<Row> {
  readonly frame: DataFrame<Row>;
  readonly key: KeyRecord;
  readonly report: LoadSorResult;
}

export interface Counted {
  /** Columns: the value's own name, and `count`. */
  readonly frame: DataFrame;
  readonly key: KeyRecord;
  readonly report: MapReduceResult;
}

/** A line of {@link Eau2.frames}. */
export interface FrameEntry {
  readonly name: string;
  /** Of the frame's record. */
  readonly key: KeyRecord;
  readonly rows?: number;
  readonly columns?: number;
  readonly chunks?: number;
  /** Bytes of the chunks. */
  readonly bytes?: number;
  /** The node that held its record has gone. */
  readonly lost?: true;
}

export interface Eau2Parts extends StoreParts {
  readonly clock: Clock;
  /** Ends the node inside this process, if there is one. */
  close(): Promise<void>;
}

/** Without the options that were left out: the schemas of jobs tell those from undefined. */
const defined = <Options extends object>(options: Options): Partial<Options> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<Options>;

/** What jobs on CSV files are told of them. */
const csvOverrides = <Row>({
  schema,
  names,
  types,
  delimiter,
  quote,
  header,
  nulls,
  dateFormat,
}: LoadOptions<Row>) => ({
  schema: schema?.record.columns ?? null,
  types: Object.entries(types ?? {}).map(([name, { type }]) => ({ name, type })),
  ...defined({ names, delimiter, quote, header, nulls, dateFormat }),
});

/** By the names of files. @throws {@link Eau2Error} `USAGE` for one that is of no known kind, or of another than the first. */
const formatOf = (paths: readonly string[]): "sor" | "csv" => {
  const isSor = (path: string): boolean => /\.(sor|ltgt)$/i.test(path);
  const isCsv = (path: string): boolean => /\.(csv|tsv)(\.gz)?$/i.test(path);
  const other = paths.find((path) => !isSor(path) && !isCsv(path));
  if (other !== undefined) {
    throw new Eau2Error(
      "USAGE",
      `load "${other}": its name does not say what it is; load reads .sor, .ltgt, .csv and .tsv (also .gz of these two), whatever the name loadSor and loadCsv do, ` +
        "and text is read by loadText",
      { path: other },
    );
  }
  if (paths.every(isSor)) return "sor";
  if (paths.every(isCsv)) return "csv";
  throw new Eau2Error("USAGE", `load ${paths.length} files: SoR and CSV cannot become one frame; load them apart`);
};

export class Eau2 implements AsyncDisposable, FileLoader {
  readonly store: StoreClient;
  readonly #jobs: JobClient;

  constructor(private readonly parts: Eau2Parts) {
    this.#jobs = new JobClient(parts);
    this.store = new StoreClient(parts, this.#jobs);
  }

  get client(): Client {
    return this.parts.client;
  }

  /** Called by whoever made the client, with every `job.progress`. */
  progressed(progress: JobProgress): void {
    this.#jobs.progressed(progress);
  }

  /** Who is in the cluster, what it holds and who waits. */
  status(options: CallOptions = {}): Promise<ClusterStatus> {
    return this.store.status(options);
  }

  /**
   * Reads text files in parallel wherever they can be seen, into a frame with one column, `word` or `line`.
   * @param paths - absolute, inside the data roots of the nodes.
   * @throws {@link Eau2Error} `FILE_MISSING`, `FILE_CHANGED`, `DENIED`, `MEMORY_EXCEEDED`, `NODE_GONE`, `TASK_FAILED`, `CANCELLED`
   */
  async loadText(paths: readonly string[], options: LoadTextOptions = {}): Promise<Loaded> {
    const { name, mode = "words", chunkRows, blockBytes } = options;
    const args = { paths: [...paths], mode, ...defined({ chunkRows, blockBytes }) };
    const { report, key } = await this.#named(name, async () => {
      const result = await this.run(loadTextJob, args, options);
      return { report: result, key: result.frame };
    });
    return { frame: await this.frame(key), key, report };
  }

  /**
   * Reads SoR (.sor, .ltgt) or CSV files (.csv, .tsv, and .gz of these) in parallel wherever they can be seen.
   * @param path - absolute, inside the data roots of the nodes; "/data/*.csv" means all such files, by name. Several files of one
   * schema become one frame.
   * @throws {@link Eau2Error} `FRAME_EXISTS` before anything is read; `USAGE` for another kind of file; else as {@link loadText},
   * and `DATA_INVALID` for bad rows where the policy is "error".
   */
  async load<Row = unknown>(path: string | readonly string[], options: LoadOptions<Row> = {}): Promise<DataFrame<Row>> {
    const paths = typeof path === "string" ? [path] : path;
    const { frame } =
      formatOf(paths) === "csv" ? await this.loadCsv(paths, options) : await this.loadSor(paths, options);
    return frame;
  }

  /** As {@link load} of SoR files, with what there is to report. */
  async loadSor<Row = unknown>(
    path: string | readonly string[],
    options: LoadOptions<Row> = {},
  ): Promise<LoadedSor<Row>> {
    const { name, schema, names, badRows, range, chunkRows, blockBytes } = options;
    const args = {
      paths: typeof path === "string" ? [path] : [...path],
      schema: schema?.record.columns ?? null,
      ...defined({ names, badRows, range, chunkRows, blockBytes }),
    };
    const { report, key } = await this.#named(name, async () => {
      const result = await this.run(loadSorJob, args, options);
      return { report: result, key: result.frame };
    });
    return { frame: await this.frame(key, schema), key, report };
  }

  /** As {@link load} of CSV files, with what was found out of them. */
  async loadCsv<Row = unknown>(
    path: string | readonly string[],
    options: LoadOptions<Row> = {},
  ): Promise<LoadedCsv<Row>> {
    const { name, schema, badRows, chunkRows, blockBytes, widen } = options;
    const args = {
      paths: typeof path === "string" ? [path] : [...path],
      ...csvOverrides(options),
      ...defined({ badRows, chunkRows, blockBytes, widen }),
    };
    const { report, key } = await this.#named(name, async () => {
      const result = await this.run(loadCsvJob, args, options);
      return { report: result, key: result.frame };
    });
    return { frame: await this.frame(key, schema), key, report };
  }

  /**
   * What {@link load} would take a CSV file for, and why; nothing is loaded. Of several files the first is looked at.
   * @example console.log(String(await eau2.preview("/data/trips.csv")));
   * @throws {@link Eau2Error} `FILE_MISSING`, `DENIED`, `DATA_INVALID` for what is no text
   */
  async preview(
    path: string | readonly string[],
    options: CsvOptions & Pick<LoadOptions<unknown>, "schema" | "names" | keyof JobOptions> = {},
  ): Promise<CsvPreview> {
    const args = { paths: typeof path === "string" ? [path] : [...path], ...csvOverrides(options) };
    const { path: first, bytes, guess } = await this.run(previewCsvJob, args, options);
    return new CsvPreview(first, bytes, guess);
  }

  /** Makes a frame and binds it to a name, if it is to have one; a frame that loses its name to another is dropped. */
  async #named<T extends { readonly key: KeyRecord }>(name: string | undefined, make: () => Promise<T>): Promise<T> {
    if (name === undefined) return make();
    if ((await this.store.resolve(name)) !== undefined) throw frameExists(name);
    const made = await make();
    try {
      await this.store.bind(name, made.key);
    } catch (error) {
      await this.dropFrame(made.key).catch(() => {});
      throw error;
    }
    return made;
  }

  /** Counts the rows of each value of a text column: a frame with that column and `count`. Rows that are null are left out. */
  async countValues(
    key: KeyRecord,
    column: string,
    options: JobOptions & { readonly chunkRows?: number | undefined } = {},
  ): Promise<Counted> {
    const source = await this.frame(key);
    const index = source.columnIndex(column);
    return this.mapReduce(
      {
        frame: key,
        column: index,
        map: { task: "count.map", args: {} },
        reduce: { task: "count.reduce", args: {} },
        columns: [
          { name: column, type: "utf8", dictionaryOf: index },
          { name: "count", type: "int64", dictionaryOf: null },
        ],
        ...defined({ chunkRows: options.chunkRows }),
      },
      options,
    );
  }

  /** Runs a pair of registered tasks over a frame's chunks; see {@link MapReduceArgs}. */
  async mapReduce(args: z.input<typeof MapReduceArgs>, options: JobOptions = {}): Promise<Counted> {
    const report = await this.run(mapReduceJob, args as MapReduceArgs, options);
    return { frame: await this.frame(report.frame), key: report.frame, report };
  }

  /**
   * A frame by its name, or by the key of its record.
   * @param schema - declared by the program; must be the frame's.
   * @throws {@link Eau2Error} `FRAME_UNKNOWN`, `CHUNK_LOST`, `TYPE_MISMATCH`
   */
  async frame<Row = unknown>(frame: string | KeyRecord, schema?: Schema<Row>): Promise<DataFrame<Row>> {
    const key = typeof frame === "string" ? await this.store.resolve(frame) : frame;
    if (key === undefined) throw await this.#unknown(frame as string);
    return DataFrame.at(this.store, key, schema);
  }

  async #unknown(name: string): Promise<Eau2Error> {
    // Without names there is no suggestion, but still the error that was to be told.
    const named = await this.store.catalog.list().catch(() => []);
    return frameUnknown(
      name,
      named.map((other) => other.name),
    );
  }

  /** The frames that have a name, in byte order of their names. A frame is listed once it is complete. */
  async frames(): Promise<FrameEntry[]> {
    const named = await this.store.catalog.list();
    const entries = await Promise.all(
      named.map(async ({ name, key }): Promise<FrameEntry | undefined> => {
        try {
          const { record, nrows, ncols } = await DataFrame.at(this.store, key);
          return { name, rows: nrows, columns: ncols, chunks: record.chunks.length, bytes: record.bytes, key };
        } catch (error) {
          // Dropped while we looked, or lost with its node: the latter is still a name.
          if (isEau2Error(error, "KEY_DROPPED")) return undefined;
          if (isEau2Error(error, "CHUNK_LOST") || isEau2Error(error, "PEER_GONE")) return { name, key, lost: true };
          throw error;
        }
      }),
    );
    return entries.filter((entry) => entry !== undefined);
  }

  /** What is known of a frame without looking at its values; no chunk travels. */
  async describe(frame: string | KeyRecord, options: JobOptions = {}): Promise<FrameDescription> {
    const { key } = await this.frame(frame);
    return this.run(describeFrameJob, { frame: key }, options);
  }

  /** Drops the frame of a name, and the name. @throws {@link Eau2Error} `FRAME_UNKNOWN` */
  async drop(name: string, options: CallOptions = {}): Promise<void> {
    const key = await this.store.catalog.unbind(name);
    if (key === undefined) throw await this.#unknown(name);
    await this.dropFrame(key, options);
  }

  /** Drops a frame, and its dictionaries unless another frame refers to them. */
  async dropFrame(key: KeyRecord, options: CallOptions = {}): Promise<void> {
    await this.run(dropFrameJob, { frame: key }, options);
  }

  /** Runs a job on the node that this client talks to. */
  async run<Args, Result>(job: Job<Args, Result>, args: unknown, options: JobOptions = {}): Promise<Result> {
    return (await this.#jobs.run(job, args, options)).result;
  }

  /**
   * Runs a program on all nodes that are up, each of which must allow it (`eau2 node --allow-run`).
   * @param module - one self-contained ESM file that exports an {@link Application}; `eau2 run` makes it with esbuild.
   * @returns its exit code, or its first failure: a program that fails is a result, not an exception.
   * @throws {@link Eau2Error} `CANCELLED`, `PEER_GONE`, `BUSY`, `VALUE_TOO_LARGE`
   */
  runProgram(module: Uint8Array, options: RunProgramOptions = {}): Promise<ProgramResult> {
    const { clock, random } = this.parts;
    return runProgram({ client: this.client, store: this.store, clock, random }, module, options);
  }

  /** Ends one node, or all of them. @returns the ids of those that have drained. */
  async stop(nodeId?: string): Promise<readonly string[]> {
    const request =
      nodeId === undefined ? { scope: "cluster" as const } : { scope: "node" as const, nodeId: nodeId as never };
    const { control } = await this.client.session.request("cluster.teardown", request);
    return control.ended;
  }

  async close(): Promise<void> {
    this.client.close();
    await this.parts.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
