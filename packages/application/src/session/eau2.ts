/**
 * What a program holds: one way into a cluster (or into the node inside its own process), with the store, frames and
 * jobs behind it. Everything here is a request to one node, which does the rest.
 */
import { DataFrame, decodeFrameRecord, type ValueSource } from "@eau2/dataframe";
import { hashName, Key } from "@eau2/kvstore";
import { bodyOf, type Client, type Clock, type Random, randomHex } from "@eau2/network";
import { assertKeyName, type ClusterStatus, Eau2Error, type JobProgress, type KeyRecord } from "@eau2/protocol";
import type { z } from "zod";
import { dropFrameJob } from "../jobs/drop-frame.js";
import type { Job } from "../jobs/job.js";
import { type LoadTextResult, loadTextJob } from "../jobs/load-text.js";
import { type MapReduceArgs, type MapReduceResult, mapReduceJob } from "../jobs/map-reduce.js";

export interface CallOptions {
  /** Aborting it rejects with `CANCELLED`. */
  readonly signal?: AbortSignal | undefined;
  /** Time until `DEADLINE`, in ms; `null` for none. @defaultValue 30_000; none for waits and jobs */
  readonly timeoutMs?: number | null | undefined;
}

export interface JobOptions extends CallOptions {
  readonly onProgress?: (progress: JobProgress) => void;
}

export interface LoadTextOptions extends JobOptions {
  /** What a row is. @defaultValue "words" */
  readonly mode?: "words" | "lines";
  /** Rows of a chunk. @defaultValue 262_144 */
  readonly chunkRows?: number;
  /** Bytes of a block. @defaultValue a 64th of the input, between 64 KiB and 16 MiB */
  readonly blockBytes?: number;
}

/** A frame and how it came about. */
export interface Loaded {
  readonly frame: DataFrame;
  /** Names the frame to other calls. */
  readonly key: KeyRecord;
  readonly report: LoadTextResult;
}

export interface Counted {
  /** Columns: the value's own name, and `count`. */
  readonly frame: DataFrame;
  readonly key: KeyRecord;
  readonly report: MapReduceResult;
}

const requestOptions = ({ signal, timeoutMs }: CallOptions) => ({
  ...(signal === undefined ? {} : { signal }),
  ...(timeoutMs === undefined ? {} : { timeoutMs }),
});

/** The store of the cluster, as a client sees it. Keys without a home go where the hash of their name says. */
export class StoreClient implements ValueSource {
  constructor(private readonly eau2: Eau2) {}

  /** A key: `home` is the index of a shard. @defaultValue by the hash of the name over the first node's shards */
  async key(name: string, home?: number): Promise<Key> {
    assertKeyName(name);
    return new Key(name, home ?? hashName(name) % (await this.eau2.hashShards()));
  }

  /**
   * Stores bytes, once. @returns whether the key is new.
   * @throws {@link Eau2Error} `KEY_EXISTS`, `KEY_DROPPED`, `VALUE_TOO_LARGE`, `MEMORY_EXCEEDED`, `HOME_UNKNOWN`, `PEER_GONE`
   */
  async put(key: Key, bytes: Uint8Array, options: CallOptions = {}): Promise<boolean> {
    const body = bodyOf(bytes);
    const request = { key: key.toRecord(), checksum: body.checksum };
    const { control } = await this.eau2.client.session.request("kv.put", request, { ...requestOptions(options), body });
    return control.stored;
  }

  /** The bytes, or undefined when nobody has put the key. @throws {@link Eau2Error} `KEY_DROPPED`, `HOME_UNKNOWN`, `PEER_GONE` */
  async get(key: KeyRecord, options: CallOptions = {}): Promise<Uint8Array | undefined> {
    const { control, body } = await this.eau2.client.session.request(
      "kv.get",
      { key: { name: key.name, home: key.home } },
      { ...requestOptions(options), prepare: alignedBody },
    );
    return control.found ? body : undefined;
  }

  /** Waits until somebody puts the key; no deadline unless one is given. */
  async waitAndGet(key: KeyRecord, options: CallOptions = {}): Promise<Uint8Array> {
    const { body } = await this.eau2.client.session.request(
      "kv.wait",
      { key: { name: key.name, home: key.home } },
      { timeoutMs: null, ...requestOptions(options), prepare: alignedBody },
    );
    return body;
  }

  async has(key: Key, options: CallOptions = {}): Promise<boolean> {
    const { control } = await this.eau2.client.session.request(
      "kv.has",
      { key: key.toRecord() },
      requestOptions(options),
    );
    return control.found;
  }

  /** Keys under a path prefix on all nodes that can be reached, by name and home. */
  async keys(prefix: string, options: CallOptions = {}): Promise<KeyRecord[]> {
    const found: KeyRecord[] = [];
    for (;;) {
      const after = found.at(-1);
      const request = after === undefined ? { prefix } : { prefix, after };
      const { control } = await this.eau2.client.session.request("kv.keys", request, requestOptions(options));
      found.push(...control.keys);
      if (!control.more) return found;
    }
  }

  /** Drops every key under a path prefix for ever. @returns how many */
  async drop(prefix: string, options: CallOptions = {}): Promise<number> {
    const { control } = await this.eau2.client.session.request(
      "kv.drop",
      { prefix, what: "keys" },
      requestOptions(options),
    );
    return control.dropped;
  }
}

/** Columns are read in place, so a value begins where an array of 8-byte numbers may. */
const alignedBody = (_control: unknown, bytes: number) => ({ view: new Uint8Array(bytes) });

export interface Eau2Parts {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the node inside this process, if there is one. */
  close(): Promise<void>;
}

export class Eau2 implements AsyncDisposable {
  readonly store = new StoreClient(this);
  #progress = new Map<string, (progress: JobProgress) => void>();
  #hashShards: Promise<number> | undefined;

  constructor(private readonly parts: Eau2Parts) {}

  get client(): Client {
    return this.parts.client;
  }

  /** Called by whoever made the client, with every `job.progress`. */
  progressed(progress: JobProgress): void {
    this.#progress.get(progress.id)?.(progress);
  }

  /** Who is in the cluster, what it holds and who waits. */
  async status(options: CallOptions = {}): Promise<ClusterStatus> {
    const { control } = await this.client.session.request(
      "cluster.status",
      { scope: "cluster" },
      requestOptions(options),
    );
    if (control.cluster === undefined) throw new Eau2Error("DATA_INVALID", "the node answered without a status");
    return control.cluster;
  }

  /** Shards over which keys without a home are hashed. */
  hashShards(): Promise<number> {
    this.#hashShards ??= this.client.session
      .request("cluster.status", { scope: "node" })
      .then(({ control }) => control.node?.hashShards ?? 1);
    // A failure may pass: the next one who asks tries again.
    this.#hashShards.catch(() => {
      this.#hashShards = undefined;
    });
    return this.#hashShards;
  }

  /**
   * Reads text files in parallel wherever they can be seen, into a frame with one column, `word` or `line`.
   * @param paths - absolute, inside the data roots of the nodes.
   * @throws {@link Eau2Error} `FILE_MISSING`, `FILE_CHANGED`, `DENIED`, `MEMORY_EXCEEDED`, `NODE_GONE`, `TASK_FAILED`, `CANCELLED`
   */
  async loadText(paths: readonly string[], options: LoadTextOptions = {}): Promise<Loaded> {
    const { mode = "words", chunkRows, blockBytes } = options;
    const args = {
      paths: [...paths],
      mode,
      ...(chunkRows === undefined ? {} : { chunkRows }),
      ...(blockBytes === undefined ? {} : { blockBytes }),
    };
    const report = await this.run(loadTextJob, args, options);
    return { frame: await this.frame(report.frame), key: report.frame, report };
  }

  /** Counts the rows of each value of a text column: a frame with that column and `count`. Rows that are null are left out. */
  async countValues(
    key: KeyRecord,
    column: string,
    options: JobOptions & { readonly chunkRows?: number } = {},
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
        ...(options.chunkRows === undefined ? {} : { chunkRows: options.chunkRows }),
      },
      options,
    );
  }

  /** Runs a pair of registered tasks over a frame's chunks; see {@link MapReduceArgs}. */
  async mapReduce(args: z.input<typeof MapReduceArgs>, options: JobOptions = {}): Promise<Counted> {
    const report = await this.run(mapReduceJob, args as MapReduceArgs, options);
    return { frame: await this.frame(report.frame), key: report.frame, report };
  }

  /** A frame by the key of its record. */
  async frame(key: KeyRecord): Promise<DataFrame> {
    const bytes = await this.store.get(key);
    if (bytes === undefined)
      throw new Eau2Error("CHUNK_LOST", `frame "${key.name}" of shard ${key.home} is not there`, { home: key.home });
    return new DataFrame(decodeFrameRecord(bytes), this.store);
  }

  /** Drops a frame, and its dictionaries unless another frame refers to them. */
  async dropFrame(key: KeyRecord, options: CallOptions = {}): Promise<void> {
    await this.run(dropFrameJob, { frame: key }, options);
  }

  /** Runs a job on the node that this client talks to. */
  async run<Args, Result>(job: Job<Args, Result>, args: unknown, options: JobOptions = {}): Promise<Result> {
    const id = randomHex(this.parts.random, 8);
    if (options.onProgress !== undefined) this.#progress.set(id, options.onProgress);
    try {
      const request = { id, name: job.name, args };
      const { control } = await this.client.session.request("job.run", request, {
        timeoutMs: null,
        ...requestOptions(options),
      });
      return job.result.parse(control.value);
    } finally {
      this.#progress.delete(id);
    }
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
