/** A node of a cluster in a process of its own, over real sockets; it can fill its store and ask others for values. */
import { type ClusterNode, startNode } from "@eau2/application";
import { Key } from "@eau2/kvstore";
import { systemClock, WebSocketTransport } from "@eau2/network";
import { inFlight } from "../../in-flight.js";
import { serveParent } from "../child.js";
import { peakResidentBytes } from "../peak-memory.js";
import { checkValue, type GetsArgs, keyName, type ValuesArgs, valueBytes } from "../values.js";

interface StartArgs {
  readonly name: string;
  /** In hexadecimal. */
  readonly token: string;
  readonly shardCount: number;
  readonly memoryBytes: number;
  readonly dataRoots: readonly string[];
  /** Address of a node; a new cluster without. */
  readonly join: string | null;
}

let node: ClusterNode | undefined;
let servedGets = 0;

const started = (): ClusterNode => {
  if (node === undefined) throw new Error("invariant: the node is started first");
  return node;
};

/** Every `kv.get` that arrives looks the key up exactly once; nobody inside this process does while it serves. */
const countServedGets = ({ store }: ClusterNode): void => {
  const lookup = store.lookup.bind(store);
  store.lookup = (key) => {
    servedGets++;
    return lookup(key);
  };
};

const handlers = {
  start: async ({ name, token, shardCount, memoryBytes, dataRoots, join }: StartArgs) => {
    node = await startNode(
      {
        transport: new WebSocketTransport(systemClock),
        token: Buffer.from(token, "hex"),
        name,
        shardCount,
        memoryBytes,
        dataRoots,
        log: (level, text) => {
          if (level === "error") console.error(`${name}: ${text}`);
        },
      },
      { listen: "127.0.0.1:0", ...(join === null ? {} : { join }) },
    );
    return { address: node.address, homes: [...node.mesh.self.shards] };
  },
  countServed: () => countServedGets(started()),
  servedGets: () => servedGets,
  fill: async ({ prefix, count, bytes, home }: ValuesArgs & { home: number }) => {
    const { store } = started();
    for (let index = 0; index < count; index++) {
      await store.put(new Key(keyName(prefix, index), home), valueBytes(index, bytes));
    }
  },
  drop: ({ prefix }: { prefix: string }) => started().store.drop(prefix),
  gets: async ({ prefix, count, bytes, inFlightMax, home }: GetsArgs & { home: number }) => {
    const { store } = started();
    const startMs = performance.now();
    await inFlight(count, inFlightMax, async (index) => {
      checkValue(await store.get(new Key(keyName(prefix, index), home)), index, bytes);
    });
    return performance.now() - startMs;
  },
  peakResidentBytes: () => peakResidentBytes(),
};

export type NodeHandlers = typeof handlers;

serveParent(handlers, async () => node?.drain("the bench is over"));
