/**
 * Gets of values on another machine: a node asks another for keys homed there, over loopback. Against the same gets from a
 * Node program to Redis, and against a plain socket that answers with as many bytes. All arms stand by in processes
 * of their own and run in turn; every key is asked for once.
 */
import { randomBytes } from "node:crypto";
import type { Report } from "../report.js";
import { shown } from "../report.js";
import { median, ratio, rounded } from "../statistics.js";
import type { NodeHandlers } from "./arms/node.js";
import type { RawSocketHandlers } from "./arms/raw-socket.js";
import type { RedisHandlers } from "./arms/redis-client.js";
import { Child } from "./child.js";
import { installPeer } from "./peers.js";
import { progress } from "./progress.js";
import { hasRedisServer, startRedisServer } from "./redis-server.js";
import type { GetsArgs, ValuesArgs } from "./values.js";

const SMALL_BYTES = 100;
const SMALL_IN_FLIGHT = 64;
const LARGE_BYTES = 1024 ** 2;
const LARGE_IN_FLIGHT = 8;
/** Gets one after another, for each that is sent together with others. */
const ALONE_SHARE = 0.1;
/** Of the node that asks: a quarter is for copies of remote values, so that a round of large ones fills and turns it over. */
const ASKING_MEMORY_BYTES = 512 * 1024 ** 2;
const SERVING_MEMORY_BYTES = 2 * 1024 ** 3;

export interface KvOptions {
  /** Gets of small values a round. */
  readonly gets: number;
  /** Values of 1 MiB a round. */
  readonly megabytes: number;
  readonly runs: number;
  readonly usePeers: boolean;
}

/** One store and whoever asks it. */
interface Store {
  fill(args: ValuesArgs): Promise<unknown>;
  gets(args: GetsArgs): Promise<number>;
  clear(prefix: string): Promise<unknown>;
  /** Gets that the serving side has answered. */
  servedGets(): Promise<number>;
}

const startEau2 = async (serving: Child<NodeHandlers>, asking: Child<NodeHandlers>): Promise<Store> => {
  const common = { token: randomBytes(32).toString("hex"), shardCount: 1, dataRoots: [] };
  const first = { ...common, name: "serving", memoryBytes: SERVING_MEMORY_BYTES, join: null };
  const { address, homes } = await serving.ask("start", first);
  await asking.ask("start", { ...common, name: "asking", memoryBytes: ASKING_MEMORY_BYTES, join: address });
  await serving.ask("countServed", undefined);
  const home = homes[0]!;
  return {
    fill: (args) => serving.ask("fill", { ...args, home }),
    gets: (args) => asking.ask("gets", { ...args, home }),
    clear: (prefix) => serving.ask("drop", { prefix }),
    servedGets: () => serving.ask("servedGets", undefined),
  };
};

const connectRedis = async (client: Child<RedisHandlers>, port: number): Promise<Store> => {
  await client.ask("connect", { peers: installPeer("redis"), port });
  return {
    fill: (args) => client.ask("fill", args),
    gets: (args) => client.ask("gets", args),
    clear: () => client.ask("clear", undefined),
    servedGets: () => client.ask("servedGets", undefined),
  };
};

/** What one round measured. */
interface Round {
  readonly getsPerSecond64: number;
  readonly getsPerSecond1: number;
  readonly mbPerSecond: number;
}

/** Fills the store, times the three kinds of gets, and empties it again. @returns with how many gets there were */
const measure = async (store: Store, round: number, { gets, megabytes }: KvOptions): Promise<[Round, number]> => {
  const timed = async (kind: string, args: Omit<GetsArgs, "prefix">) => {
    const prefix = `bench/${round}/${kind}`;
    await store.fill({ ...args, prefix });
    const ms = await store.gets({ ...args, prefix });
    await store.clear(prefix);
    return args.count / (ms / 1000);
  };
  const alone = Math.max(1, Math.round(gets * ALONE_SHARE));
  const getsPerSecond64 = await timed("many", { count: gets, bytes: SMALL_BYTES, inFlightMax: SMALL_IN_FLIGHT });
  const getsPerSecond1 = await timed("one", { count: alone, bytes: SMALL_BYTES, inFlightMax: 1 });
  const large = await timed("large", { count: megabytes, bytes: LARGE_BYTES, inFlightMax: LARGE_IN_FLIGHT });
  return [{ getsPerSecond64, getsPerSecond1, mbPerSecond: (large * LARGE_BYTES) / 1e6 }, gets + alone + megabytes];
};

const medianRound = (rounds: readonly Round[]): Round => {
  const of = (kind: keyof Round) => rounded(median(rounds.map((round) => round[kind])) ?? 0);
  return {
    getsPerSecond64: of("getsPerSecond64"),
    getsPerSecond1: of("getsPerSecond1"),
    mbPerSecond: of("mbPerSecond"),
  };
};

export const benchKv = async (options: KvOptions): Promise<Report> => {
  const { runs, megabytes, usePeers } = options;
  await using serving = new Child<NodeHandlers>("node");
  await using asking = new Child<NodeHandlers>("node");
  await using rawServer = new Child<RawSocketHandlers>("raw-socket");
  await using rawClient = new Child<RawSocketHandlers>("raw-socket");
  await using redisServer = usePeers && hasRedisServer() ? await startRedisServer() : null;
  await using redisClient = redisServer === null ? null : new Child<RedisHandlers>("redis-client");
  if (usePeers && redisServer === null) progress("redis-server is not installed: that part is not run");

  const stores = new Map<string, Store>([["eau2", await startEau2(serving, asking)]]);
  if (redisServer !== null && redisClient !== null) {
    stores.set("redis", await connectRedis(redisClient, redisServer.port));
  }
  await rawClient.ask("connect", { port: await rawServer.ask("listen", { replyBytes: LARGE_BYTES }) });

  const rounds = new Map<string, Round[]>([...stores.keys()].map((name) => [name, []]));
  const rawMbPerSecond: number[] = [];
  const asked = new Map<string, number>();
  // Round 0 warms everything up.
  for (let round = 0; round <= runs; round++) {
    for (const [name, store] of stores) {
      const [result, gets] = await measure(store, round, options);
      asked.set(name, (asked.get(name) ?? 0) + gets);
      if (round > 0) rounds.get(name)!.push(result);
      const { getsPerSecond64, getsPerSecond1, mbPerSecond } = result;
      const figures = `${rounded(getsPerSecond64)} gets/s, ${rounded(getsPerSecond1)} alone, ${rounded(mbPerSecond)} MB/s`;
      progress(`round ${round}: ${name} ${figures}`);
    }
    const rawMs = await rawClient.ask("gets", { count: megabytes, bytes: LARGE_BYTES, inFlightMax: LARGE_IN_FLIGHT });
    const raw = (megabytes * LARGE_BYTES) / 1e3 / rawMs;
    if (round > 0) rawMbPerSecond.push(raw);
    progress(`round ${round}: raw socket ${rounded(raw)} MB/s`);
  }

  const served = await stores.get("eau2")!.servedGets();
  const redisServed = (await stores.get("redis")?.servedGets()) ?? null;
  const countsAgree = served === asked.get("eau2") && (redisServed === null || redisServed === asked.get("redis"));
  const eau2 = medianRound(rounds.get("eau2")!);
  const redisRounds = rounds.get("redis");
  const redis = redisRounds === undefined ? null : medianRound(redisRounds);
  const rawSocketMbPerSecond = rounded(median(rawMbPerSecond) ?? 0);
  const ratios = {
    gets64Redis: ratio(eau2.getsPerSecond64, redis?.getsPerSecond64 ?? null),
    gets1Redis: ratio(eau2.getsPerSecond1, redis?.getsPerSecond1 ?? null),
    mbRedis: ratio(eau2.mbPerSecond, redis?.mbPerSecond ?? null),
    mbRawSocket: ratio(eau2.mbPerSecond, rawSocketMbPerSecond),
  };
  const row = (label: string, ours: number, theirs: number | undefined, unit: string, quotient: number | null) =>
    [label, `${ours} ${unit}; Redis ${shown(theirs ?? null, unit)}, ratio ${shown(quotient, "")}`] as const;
  return {
    agreed: countsAgree,
    json: { runs, eau2, redis, rawSocketMbPerSecond, ratios, asked: asked.get("eau2"), served, countsAgree },
    table: [
      row("100 bytes, 64 in flight", eau2.getsPerSecond64, redis?.getsPerSecond64, "gets/s", ratios.gets64Redis),
      row("100 bytes, one by one", eau2.getsPerSecond1, redis?.getsPerSecond1, "gets/s", ratios.gets1Redis),
      row("1 MiB, 8 in flight", eau2.mbPerSecond, redis?.mbPerSecond, "MB/s", ratios.mbRedis),
      ["raw socket, 1 MiB", `${rawSocketMbPerSecond} MB/s, eau2 / raw socket ${ratios.mbRawSocket}`],
      ["gets asked, and served", `${asked.get("eau2")}, ${served}${countsAgree ? "" : ": THEY DIFFER"}`],
      ["runs", `${runs}, medians, in turn`],
    ],
  };
};
