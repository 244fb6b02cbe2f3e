/** Several nodes with real worker threads in this process, linked by WebSockets, and a client of the first. */
import type { WorkerShardHost } from "@eau2/kvstore";
import { systemClock, WebSocketTransport } from "@eau2/network";
import type { ClusterNode } from "../../src/node/cluster-node.js";
import type { AnyJob } from "../../src/node/job-runner.js";
import { open } from "../../src/platform/open.js";
import { startNode } from "../../src/platform/start-node.js";
import type { Eau2 } from "../../src/session/eau2.js";

export interface TestClusterOptions {
  readonly shardCount?: number;
  /** The data roots of each node: as many nodes as there are. */
  readonly dataRoots: readonly (readonly string[])[];
  readonly memoryBytes?: number;
  readonly jobs?: ReadonlyMap<string, AnyJob>;
  readonly shardWorker?: URL;
  /** Whether a node runs modules. @defaultValue none does */
  readonly allowModules?: (node: number) => boolean;
}

export interface TestCluster extends AsyncDisposable {
  readonly nodes: readonly ClusterNode[];
  /** A client of the first node. */
  readonly eau2: Eau2;
  /** Another client, of that node. */
  connect(node: number): Promise<Eau2>;
  /** One more node, with these data roots. */
  join(dataRoots: readonly string[]): Promise<void>;
  /** Waits until no node runs a job or a task, and no thread one that was given up. */
  idle(): Promise<void>;
}

const TOKEN = new TextEncoder().encode("a token of at least sixteen bytes");

const aTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

export const testCluster = async (options: TestClusterOptions): Promise<TestCluster> => {
  const { shardCount = 1, dataRoots, memoryBytes = 512 * 1024 ** 2, jobs, shardWorker } = options;
  const nodes: ClusterNode[] = [];
  const clients: Eau2[] = [];
  const join = async (roots: readonly string[]): Promise<void> => {
    const index = nodes.length;
    const node = await startNode(
      {
        transport: new WebSocketTransport(systemClock),
        token: TOKEN,
        name: `n${index}`,
        shardCount,
        memoryBytes,
        dataRoots: roots,
        allowModules: options.allowModules?.(index) ?? false,
        log: () => {},
        ...(jobs === undefined ? {} : { jobs }),
        ...(shardWorker === undefined ? {} : { shardWorker }),
      },
      { listen: "127.0.0.1:0", join: nodes[0]?.address },
    );
    nodes.push(node);
  };
  for (const roots of dataRoots) await join(roots);
  const connect = async (node: number): Promise<Eau2> => {
    const name = `client of n${node}`;
    const localShards = nodes[node]!.mesh.self.shards;
    const client = await open(`ws://${nodes[node]!.address}`, { token: TOKEN, name, localShards });
    clients.push(client);
    return client;
  };
  return {
    nodes,
    eau2: await connect(0),
    connect,
    join,
    idle: async () => {
      const runs = ({ jobs: running, tasks, shards }: ClusterNode) =>
        running.runningCount + tasks.runningCount + (shards as WorkerShardHost).taskCount > 0;
      while (nodes.some(runs)) await aTurn();
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) await client.close();
      for (const node of [...nodes].reverse()) await node.drain("the test is over");
    },
  };
};
