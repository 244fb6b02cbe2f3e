/** The store of the cluster, as a client sees it: keys and values, and what frames need of it. */
import {
  type FileWriter,
  FrameId,
  type FrameStore,
  type LocalValues,
  type ModuleRunner,
  type QueryRunner,
} from "@eau2/dataframe";
import { hashName, Key } from "@eau2/kvstore";
import { bodyOf, type Client, type Random, randomHex } from "@eau2/network";
import { assertKeyName, type ClusterStatus, Eau2Error, type KeyRecord } from "@eau2/protocol";
import { fileWriter } from "../platform/write-files.js";
import { Catalog } from "./catalog.js";
import type { JobClient } from "./job-client.js";
import { SessionModules } from "./session-modules.js";
import { SessionQueries } from "./session-queries.js";

export interface CallOptions {
  /** Aborting it rejects with `CANCELLED`. */
  readonly signal?: AbortSignal | undefined;
  /** Time until `DEADLINE`, in ms; `null` for none. @defaultValue 30_000; none for waits and jobs */
  readonly timeoutMs?: number | null | undefined;
}

export const requestOptions = ({ signal, timeoutMs }: CallOptions) => ({
  ...(signal === undefined ? {} : { signal }),
  ...(timeoutMs === undefined ? {} : { timeoutMs }),
});

export interface StoreParts {
  readonly client: Client;
  readonly random: Random;
  /** Values of the node inside this process, if there is one. */
  readonly local?: LocalValues | undefined;
}

/** Keys without a home go where the hash of their name says. */
export class StoreClient implements FrameStore {
  readonly catalog = new Catalog(this, () => this.hashShards());
  readonly local: LocalValues | undefined;
  readonly modules: ModuleRunner;
  readonly queries: QueryRunner;
  readonly files: FileWriter = fileWriter;
  #hashShards: Promise<number> | undefined;

  constructor(
    private readonly parts: StoreParts,
    jobs: JobClient,
  ) {
    this.local = parts.local;
    this.modules = new SessionModules(this, jobs);
    this.queries = new SessionQueries(this, jobs);
  }

  /** A key: `home` is the index of a shard. @defaultValue by the hash of the name over the first node's shards */
  async key(name: string, home?: number): Promise<Key> {
    assertKeyName(name);
    return new Key(name, home ?? hashName(name) % (await this.hashShards()));
  }

  /**
   * Stores bytes, once. @returns whether the key is new.
   * @throws {@link Eau2Error} `KEY_EXISTS`, `KEY_DROPPED`, `VALUE_TOO_LARGE`, `MEMORY_EXCEEDED`, `HOME_UNKNOWN`, `PEER_GONE`
   */
  async put({ name, home }: KeyRecord, bytes: Uint8Array, options: CallOptions = {}): Promise<boolean> {
    const body = bodyOf(bytes);
    const request = { key: { name, home }, checksum: body.checksum };
    const { control } = await this.#session.request("kv.put", request, { ...requestOptions(options), body });
    return control.stored;
  }

  /** The bytes, or undefined when nobody has put the key. @throws {@link Eau2Error} `KEY_DROPPED`, `HOME_UNKNOWN`, `PEER_GONE` */
  async get(key: KeyRecord, options: CallOptions = {}): Promise<Uint8Array | undefined> {
    const { control, body } = await this.#session.request(
      "kv.get",
      { key: { name: key.name, home: key.home } },
      { ...requestOptions(options), prepare: alignedBody },
    );
    return control.found ? body : undefined;
  }

  /** Waits until somebody puts the key; no deadline unless one is given. */
  async waitAndGet(key: KeyRecord, options: CallOptions = {}): Promise<Uint8Array> {
    const { body } = await this.#session.request(
      "kv.wait",
      { key: { name: key.name, home: key.home } },
      { timeoutMs: null, ...requestOptions(options), prepare: alignedBody },
    );
    return body;
  }

  async has(key: Key, options: CallOptions = {}): Promise<boolean> {
    const { control } = await this.#session.request("kv.has", { key: key.toRecord() }, requestOptions(options));
    return control.found;
  }

  /** Keys under a path prefix on all nodes that can be reached, by name and home. */
  async keys(prefix: string, options: CallOptions = {}): Promise<KeyRecord[]> {
    const found: KeyRecord[] = [];
    for (;;) {
      const after = found.at(-1);
      const request = after === undefined ? { prefix } : { prefix, after };
      const { control } = await this.#session.request("kv.keys", request, requestOptions(options));
      found.push(...control.keys);
      if (!control.more) return found;
    }
  }

  /** Who is in the cluster, what it holds and who waits. */
  async status(options: CallOptions = {}): Promise<ClusterStatus> {
    const { control } = await this.#session.request("cluster.status", { scope: "cluster" }, requestOptions(options));
    if (control.cluster === undefined) throw new Eau2Error("DATA_INVALID", "the node answered without a status");
    return control.cluster;
  }

  /** Shards over which keys without a home are hashed. */
  hashShards(): Promise<number> {
    this.#hashShards ??= this.#session
      .request("cluster.status", { scope: "node" })
      .then(({ control }) => control.node?.hashShards ?? 1);
    // A failure may pass: the next one who asks tries again.
    this.#hashShards.catch(() => {
      this.#hashShards = undefined;
    });
    return this.#hashShards;
  }

  /** The shards of all nodes that are up, in order. */
  async homes(): Promise<readonly number[]> {
    const { nodes } = await this.status();
    return nodes
      .filter(({ state }) => state !== "gone")
      .flatMap(({ shards }) => shards)
      .sort((a, b) => a - b);
  }

  /** The shards of the node that this client talks to. */
  async homesHere(): Promise<readonly number[]> {
    const [{ control }, { nodes }] = await Promise.all([
      this.#session.request("cluster.status", { scope: "node" }),
      this.status(),
    ]);
    return nodes.find(({ id }) => id === control.node?.id)?.shards ?? [];
  }

  newFrameId(): FrameId {
    return FrameId.parse(randomHex(this.parts.random, 8));
  }

  bind(name: string, record: KeyRecord): Promise<void> {
    return this.catalog.bind(name, record);
  }

  resolve(name: string): Promise<KeyRecord | undefined> {
    return this.catalog.resolve(name);
  }

  get #session(): Client["session"] {
    return this.parts.client.session;
  }

  /** Drops every key under a path prefix for ever. @returns how many */
  async drop(prefix: string, options: CallOptions = {}): Promise<number> {
    const { control } = await this.#session.request("kv.drop", { prefix, what: "keys" }, requestOptions(options));
    return control.dropped;
  }
}

/** Columns are read in place, so a value begins where an array of 8-byte numbers may. */
const alignedBody = (_control: unknown, bytes: number) => ({ view: new Uint8Array(bytes) });
