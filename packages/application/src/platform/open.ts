import type { LocalValues } from "@eau2/dataframe";
import {
  type Client,
  connectClient,
  type Endpoint,
  MemoryNetwork,
  MemoryTransport,
  systemClock,
  systemRandom,
  WebSocketTransport,
} from "@eau2/network";
import {
  type ClusterId,
  ClusterId as ClusterIdSchema,
  Eau2Error,
  type EventKind,
  type JobProgress,
} from "@eau2/protocol";
import { BUILD } from "../build.js";
import type { AnyJob } from "../node/job-runner.js";
import { Eau2 } from "../session/eau2.js";
import { localValues } from "../session/local-values.js";
import { defaultMemoryBytes, defaultShardCount } from "./machine.js";
import { startNode } from "./start-node.js";
import { findToken } from "./token.js";

export interface OpenOptions {
  /** Embedded: worker threads. @defaultValue one a core */
  readonly shards?: number;
  /** Embedded: memory for values, in bytes. @defaultValue a quarter of the machine's */
  readonly memoryBytes?: number;
  /** Embedded: folders that files are read from. @defaultValue the working directory */
  readonly dataRoots?: readonly string[];
  /** Embedded: largest value, in bytes. @defaultValue 1 GiB */
  readonly valueBytesMax?: number;
  /** Embedded: the module that worker threads start from, for tasks of one's own. */
  readonly shardWorker?: URL;
  readonly jobs?: ReadonlyMap<string, AnyJob>;
  /** Cluster: where the token lies. @defaultValue `EAU2_TOKEN`, then the file in the home directory */
  readonly tokenFile?: string | undefined;
  readonly token?: Uint8Array;
  /** Cluster: the shards whose chunks `localMap` visits: those of the node on this machine. @defaultValue none */
  readonly localShards?: readonly number[];
  readonly clusterId?: string;
  /** Who asks, as nodes see it. @defaultValue "client" */
  readonly name?: string;
}

/** `ws://host:port` to `host:port`. @throws {@link Eau2Error} `USAGE` */
export const parseClusterUrl = (text: string): string => {
  const match = /^ws:\/\/(\[[0-9a-fA-F:.]+\]|[^/:@?#]+):(\d{1,5})\/?$/.exec(text);
  if (match === null)
    throw new Eau2Error(
      "USAGE",
      `"${text}" is not the address of a cluster; write ws://HOST:PORT, for example ws://127.0.0.1:3282`,
    );
  return `${match[1]}:${match[2]}`;
};

/**
 * Opens eau2: with an address as the client of a cluster, without one embedded, as a cluster of one node inside this
 * process with real worker threads. Close it when done.
 * @example await using eau2 = await open();                         // embedded
 * @example await using eau2 = await open("ws://127.0.0.1:3282");    // a cluster
 * @throws {@link Eau2Error} `USAGE`, `PEER_GONE`, `DENIED`, `VERSION_MISMATCH`, `CLUSTER_MISMATCH`
 */
export function open(options?: OpenOptions): Promise<Eau2>;
export function open(address: string, options?: OpenOptions): Promise<Eau2>;
export function open(first: string | OpenOptions = {}, second: OpenOptions = {}): Promise<Eau2> {
  return typeof first === "string" ? openCluster(first, second) : openEmbedded(first);
}

/** How often a client looks whether its node is still there, for {@link stayAlive}. */
const ALIVE_CHECK_MS = 1_000;

/**
 * Timers of the network never hold a process, and while links are being made again there is no socket to hold it either:
 * a program that awaits an answer would end without a word. So an open client holds its process until it is closed or its
 * node has gone.
 * @returns what lets go.
 */
const stayAlive = ({ session }: Client): (() => void) => {
  const timer = setInterval(() => {
    if (session.state === "gone") clearInterval(timer);
  }, ALIVE_CHECK_MS);
  return () => clearInterval(timer);
};

/** @throws {@link Eau2Error} `USAGE` */
const parseClusterId = (text: string): ClusterId => {
  const parsed = ClusterIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  const message = `clusterId "${text}" cannot be one; it has 1 to 64 of letters, digits and ". _ -", see eau2 status`;
  throw new Eau2Error("USAGE", message);
};

const connect = async (
  endpoint: Endpoint,
  address: string,
  { name = "client", clusterId }: OpenOptions,
  close: () => Promise<void>,
  local?: LocalValues,
): Promise<Eau2> => {
  let eau2: Eau2 | undefined;
  const pinned: { clusterId?: ClusterId } = clusterId === undefined ? {} : { clusterId: parseClusterId(clusterId) };
  const client: Client = await connectClient(address, {
    ...endpoint,
    name,
    build: BUILD,
    ...pinned,
    onEvent: (kind: EventKind, control: unknown) => {
      if (kind === "job.progress") eau2?.progressed(control as JobProgress);
    },
  });
  const letGo = stayAlive(client);
  eau2 = new Eau2({
    client,
    clock: endpoint.clock,
    random: endpoint.random,
    local,
    close: () => {
      letGo();
      return close();
    },
  });
  return eau2;
};

/** Values of the node beside this process: they count as local, and travel all the same. */
const shardsHere = (shards: readonly number[] = []): LocalValues | undefined =>
  shards.length === 0 ? undefined : { isHome: ({ home }) => shards.includes(home) };

const openCluster = (url: string, options: OpenOptions): Promise<Eau2> => {
  const address = parseClusterUrl(url);
  const token = options.token ?? findToken({ file: options.tokenFile, environment: process.env, create: false });
  const endpoint = { transport: new WebSocketTransport(systemClock), clock: systemClock, random: systemRandom, token };
  return connect(endpoint, address, options, async () => {}, shardsHere(options.localShards));
};

const openEmbedded = async (options: OpenOptions): Promise<Eau2> => {
  const token = systemRandom.bytes(32);
  const transport = new MemoryTransport(new MemoryNetwork(), systemClock);
  const node = await startNode(
    {
      transport,
      token,
      name: "embedded",
      shardCount: options.shards ?? defaultShardCount(),
      memoryBytes: options.memoryBytes ?? defaultMemoryBytes(),
      dataRoots: options.dataRoots ?? [process.cwd()],
      // The only client is this process itself.
      allowModules: true,
      ...(options.valueBytesMax === undefined ? {} : { valueBytesMax: options.valueBytesMax }),
      ...(options.shardWorker === undefined ? {} : { shardWorker: options.shardWorker }),
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
      log: () => {},
    },
    { listen: "embedded:0" },
  );
  try {
    const endpoint = { transport, clock: systemClock, random: systemRandom, token };
    return await connect(endpoint, node.address, options, () => node.drain("closed by its program"), localValues(node));
  } catch (error) {
    await node.drain("it could not be opened");
    throw error;
  }
};
