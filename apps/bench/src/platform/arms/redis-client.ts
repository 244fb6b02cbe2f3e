/** A client of Redis in a process of its own, with the npm client `redis`; values come as bytes, as with eau2. */
import { inFlight } from "../../in-flight.js";
import { serveParent } from "../child.js";
import { loadPeer } from "../peers.js";
import { checkValue, type GetsArgs, keyName, type ValuesArgs, valueBytes } from "../values.js";

interface Redis {
  readonly RESP_TYPES: { readonly BLOB_STRING: number };
  createClient(options: { readonly url: string }): Client;
}

interface Client {
  connect(): Promise<unknown>;
  withTypeMapping(mapping: Readonly<Record<number, unknown>>): Client;
  set(key: string, value: Buffer): Promise<unknown>;
  get(key: string): Promise<Buffer | null>;
  flushAll(): Promise<unknown>;
  info(section: string): Promise<unknown>;
}

/** Puts at a time while filling. */
const FILL_IN_FLIGHT = 32;

let client: Client | undefined;

const connected = (): Client => {
  if (client === undefined) throw new Error("invariant: the client is connected first");
  return client;
};

const handlers = {
  connect: async ({ peers, port }: { peers: string; port: number }) => {
    const { createClient, RESP_TYPES } = await loadPeer<Redis>(peers, "redis");
    const plain = createClient({ url: `redis://127.0.0.1:${port}` });
    await plain.connect();
    client = plain.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  },
  fill: ({ prefix, count, bytes }: ValuesArgs) =>
    inFlight(count, FILL_IN_FLIGHT, async (index) => {
      await connected().set(keyName(prefix, index), valueBytes(index, bytes));
    }),
  clear: async () => {
    await connected().flushAll();
  },
  gets: async ({ prefix, count, bytes, inFlightMax }: GetsArgs) => {
    const redis = connected();
    const startMs = performance.now();
    await inFlight(count, inFlightMax, async (index) => {
      checkValue(await redis.get(keyName(prefix, index)), index, bytes);
    });
    return performance.now() - startMs;
  },
  servedGets: async () =>
    Number(/cmdstat_get:calls=(\d+)/.exec(String(await connected().info("commandstats")))?.[1] ?? 0),
};

export type RedisHandlers = typeof handlers;

serveParent(handlers);
