/** Real nodes under virtual time: only wires, disks, shards' workers and the processes of programs are not real. */
import type { ShardHost } from "@eau2/kvstore";
import { type Client, connectClient, type SimulatedNetwork, type Simulation } from "@eau2/network";
import { Eau2Error } from "@eau2/protocol";
import { ClusterNode } from "../../src/node/cluster-node.js";
import { DataRoots } from "../../src/platform/data-roots.js";
import { HostClock } from "./host-clock.js";
import { ScriptedProcess, type Surroundings } from "./scripted-process.js";

const TOKEN = new TextEncoder().encode("a token of at least sixteen bytes");
const MEMORY_BYTES = 16 * 1024 ** 2;
const SLAB_BYTES = 1024 ** 2;
const PORT = 1;
const noFiles = new DataRoots([]);

/** Runs no tasks: what is simulated here has none. */
const noShards = (shardCount: number): ShardHost => ({
  shardCount,
  run: async () => {
    throw new Eau2Error("TASK_FAILED", "the simulation has no tasks");
  },
  recycleIdle: async () => {},
  close: async () => {},
});

export interface RunningNode {
  readonly name: string;
  readonly incarnation: number;
  readonly node: ClusterNode;
  readonly clock: HostClock;
  readonly processes: Set<ScriptedProcess>;
}

const addressOf = (name: string): string => `${name}:${PORT}`;

export class ProgramCluster {
  /** Those that are up, by name. */
  readonly nodes = new Map<string, RunningNode>();
  /** Those that start or stop. */
  readonly #changing = new Set<string>();
  #incarnations = new Map<string, number>();
  #processCount = 0;
  /** Memory of slabs is used again by the next history. */
  static readonly #slabs: SharedArrayBuffer[] = [];
  readonly #lent: SharedArrayBuffer[] = [];

  constructor(
    readonly simulation: Simulation,
    readonly network: SimulatedNetwork,
    private readonly surroundings: Surroundings,
  ) {}

  /** Whether somebody of that name is there, comes or goes. */
  isUsed(name: string): boolean {
    return this.nodes.has(name) || this.#changing.has(name);
  }

  /** Founds the cluster, or joins it by way of another node. */
  async start(name: string, shardCount: number, join: string | undefined): Promise<void> {
    this.#changing.add(name);
    try {
      await this.#start(name, shardCount, join);
    } finally {
      this.#changing.delete(name);
    }
  }

  async #start(name: string, shardCount: number, join: string | undefined): Promise<void> {
    const incarnation = (this.#incarnations.get(name) ?? 0) + 1;
    this.#incarnations.set(name, incarnation);
    const clock = new HostClock(this.simulation.clock);
    const processes = new Set<ScriptedProcess>();
    const node = await ClusterNode.start(
      {
        transport: this.network.transport(name),
        clock,
        random: this.simulation.random,
        token: TOKEN,
        name,
        incarnation,
        build: "simulated",
        shardCount,
        memoryBytes: MEMORY_BYTES,
        slabBytes: SLAB_BYTES,
        files: noFiles,
        jobs: new Map(),
        log: () => {},
        allocateSlab: (bytes) => this.#allocate(bytes),
        startShards: () => noShards(shardCount),
        startProgram: (options, events) => {
          const process = new ScriptedProcess(options, events, clock, this.surroundings, ++this.#processCount);
          processes.add(process);
          return process;
        },
      },
      { listen: addressOf(name), ...(join === undefined ? {} : { join: addressOf(join) }) },
    );
    this.nodes.set(name, { name, incarnation, node, clock, processes });
  }

  /** As `kill -9` does, with all that its machine runs. */
  kill(name: string): void {
    const running = this.nodes.get(name)!;
    this.nodes.delete(name);
    running.clock.stop();
    for (const process of running.processes) process.die();
    this.network.kill(name);
  }

  /** As `eau2 stop` does. */
  async stop(name: string): Promise<void> {
    const running = this.nodes.get(name)!;
    this.nodes.delete(name);
    this.#changing.add(name);
    await running.node.drain("it was told to stop");
    this.#changing.delete(name);
  }

  client(host: string, at: string): Promise<Client> {
    const { clock, random } = this.simulation;
    return connectClient(addressOf(at), {
      transport: this.network.transport(host),
      clock,
      random,
      token: TOKEN,
      name: host,
      build: "simulated",
    });
  }

  /** The node that has a home, as long as it is up. */
  nodeOf(home: number): RunningNode | undefined {
    for (const running of this.nodes.values())
      if (running.node.mesh.self.shards.includes(home as never)) return running;
    return undefined;
  }

  /** Nothing of this history reads its values any more. */
  giveBack(): void {
    ProgramCluster.#slabs.push(...this.#lent.splice(0));
  }

  #allocate(bytes: number): SharedArrayBuffer {
    const kept = bytes === SLAB_BYTES ? ProgramCluster.#slabs.pop() : undefined;
    const slab = kept ?? new SharedArrayBuffer(bytes);
    if (bytes === SLAB_BYTES) this.#lent.push(slab);
    return slab;
  }
}
