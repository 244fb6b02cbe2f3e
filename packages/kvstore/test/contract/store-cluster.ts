import {
  type Clock,
  MemoryNetwork,
  MemoryTransport,
  Mesh,
  type Random,
  SimulatedNetwork,
  Simulation,
  systemClock,
  systemRandom,
  type Transport,
  WebSocketTransport,
} from "@eau2/network";
import { NodeId } from "@eau2/protocol";
import { SlabPool } from "../../src/slab/slab-pool.js";
import { type KVHandlers, kvHandlers } from "../../src/store/kv-handlers.js";
import { KVStore } from "../../src/store/kv-store.js";

export const BUDGET_BYTES = 24 * 1024 ** 2;
/** Above the largest value that the contract stores. */
export const VALUE_BYTES_MAX = 6 * 1024 ** 2;
const TOKEN = new TextEncoder().encode("a token of at least sixteen bytes");

type Counts = Record<keyof KVHandlers, number>;

/** A node without shards' workers: links, store and memory, and how often it was asked what. */
interface StoreNode {
  readonly name: string;
  readonly store: KVStore;
  readonly mesh: Mesh;
  readonly pool: SlabPool;
  /** Requests of other nodes, by kind. */
  readonly asked: Counts;
  readonly homes: readonly number[];
}

export interface StoreCluster extends AsyncDisposable {
  readonly nodes: readonly StoreNode[];
  /** Lets time pass until the promise has settled. */
  run<T>(promise: Promise<T>): Promise<T>;
  /** Lets things happen until the condition holds. */
  until(condition: () => boolean): Promise<void>;
}

export interface SimulatedCluster extends StoreCluster {
  readonly simulation: Simulation;
  readonly network: SimulatedNetwork;
  node(name: string): StoreNode;
  /** As `kill -9` does. */
  kill(name: string): Promise<void>;
  /** Starts a node again, under the same name, that joins by way of another. */
  restart(name: string, incarnation: number, join: string): Promise<StoreNode>;
}

interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly shardCount?: number;
}

const counted = (handlers: KVHandlers, asked: Counts): KVHandlers => {
  const wrapped = Object.entries(handlers).map(([kind, handler]) => [
    kind,
    {
      ...handler,
      handle: (request: never) => {
        asked[kind as keyof Counts]++;
        return (handler.handle as (request: never) => unknown)(request);
      },
    },
  ]);
  return Object.fromEntries(wrapped) as KVHandlers;
};

class TestNode implements StoreNode {
  readonly mesh: Mesh;
  readonly pool: SlabPool;
  readonly store: KVStore;
  readonly asked: Counts = { "kv.put": 0, "kv.get": 0, "kv.wait": 0, "kv.has": 0, "kv.keys": 0, "kv.drop": 0 };

  constructor(
    readonly name: string,
    transport: Transport,
    { clock, random, shardCount = 2 }: Surroundings,
    incarnation = 1,
  ) {
    this.pool = new SlabPool({
      budgetBytes: BUDGET_BYTES,
      slabBytes: 1024 ** 2,
      allocateSlab: (bytes) => new SharedArrayBuffer(bytes),
      onPressure: (bytesNeeded) => this.store.relieve(bytesNeeded),
    });
    this.mesh = new Mesh({
      transport,
      clock,
      random,
      token: TOKEN,
      id: NodeId.parse(name),
      name,
      incarnation,
      build: "test",
      shardCount,
      handlers: counted(
        kvHandlers(() => this.store),
        this.asked,
      ),
      log: () => {},
    });
    this.store = new KVStore({ mesh: this.mesh, pool: this.pool, clock, valueBytesMax: VALUE_BYTES_MAX });
  }

  get homes(): readonly number[] {
    return this.mesh.self.shards;
  }

  async start(listen: string, join?: string): Promise<string> {
    const address = await this.mesh.listen(listen);
    if (join === undefined) this.mesh.found();
    else await this.mesh.join(join);
    this.store.host(this.homes);
    return address;
  }
}

const aTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Nodes in real time; the test's own time limit bounds what is waited for. */
const realCluster = async (names: readonly string[], transport: () => Transport, listen: string) => {
  const nodes = names.map((name) => new TestNode(name, transport(), { clock: systemClock, random: systemRandom }));
  let first: string | undefined;
  for (const node of nodes) {
    const address = await node.start(listen, first);
    first ??= address;
  }
  const cluster: StoreCluster = {
    nodes,
    run: (promise) => promise,
    until: async (condition) => {
      while (!condition()) await aTurn();
    },
    [Symbol.asyncDispose]: async () => {
      for (const node of [...nodes].reverse()) await node.mesh.close("the test is over");
    },
  };
  return cluster;
};

export const memoryCluster = (): Promise<StoreCluster> =>
  realCluster(["a"], () => new MemoryTransport(new MemoryNetwork(), systemClock), "memory:0");

export const webSocketCluster = (): Promise<StoreCluster> =>
  realCluster(["a", "b"], () => new WebSocketTransport(systemClock), "127.0.0.1:0");

/** Nodes a, b and c under virtual time; a is the master. The network is calm until faults are set. */
export const simulatedCluster = async (seed: number, shardCount = 2): Promise<SimulatedCluster> => {
  const simulation = new Simulation(seed, aTurn);
  const network = new SimulatedNetwork(simulation);
  const surroundings = { clock: simulation.clock, random: simulation.random, shardCount };
  const nodes: TestNode[] = [];
  const start = async (name: string, incarnation: number, join: string | undefined) => {
    const node = new TestNode(name, network.transport(name), surroundings, incarnation);
    const address = await simulation.until(node.start(`${name}:0`, join));
    nodes.push(node);
    // Its announcement is still on its way.
    await simulation.advance(100);
    return { node, address };
  };
  const { address } = await start("a", 1, undefined);
  await start("b", 1, address);
  await start("c", 1, address);
  const end = async (node: TestNode) => {
    nodes.splice(nodes.indexOf(node), 1);
    await simulation.until(node.mesh.close("the test is over"));
  };
  const find = (name: string): TestNode => nodes.find((node) => node.name === name)!;
  return {
    nodes,
    simulation,
    network,
    node: find,
    kill: (name) => {
      network.kill(name);
      return end(find(name));
    },
    restart: async (name, incarnation, join) => (await start(name, incarnation, find(join).mesh.self.address)).node,
    run: (promise) => simulation.until(promise),
    until: async (condition) => {
      while (!condition()) await simulation.advance(1);
    },
    [Symbol.asyncDispose]: async () => {
      for (const node of [...nodes].reverse()) await end(node);
    },
  };
};

/** Bytes that differ from those of another seed, at any length above 0. */
export const bytesOf = (length: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = (index * 31 + seed * 7 + (index >> 8)) & 0xff;
  return bytes;
};
