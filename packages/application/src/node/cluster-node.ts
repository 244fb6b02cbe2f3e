/**
 * One machine's part of a cluster, put together: links and membership, the store, shards, files and jobs. `apps/node` runs
 * one in a process, `open()` without an address runs one inside the caller's.
 */

import { KVStore, kvHandlers, type ShardHost, SlabPool } from "@eau2/kvstore";
import { bodyOf, type Clock, type Endpoint, type Log, Mesh, type RequestHandlers, type Session } from "@eau2/network";
import {
  type ClusterId,
  type ClusterStatus,
  type Directory,
  Eau2Error,
  isEau2Error,
  NODE_SHARDS_MAX,
  NodeId,
  type NodeStatus,
  STATUS_WAITS_MAX,
  toEau2Error,
} from "@eau2/protocol";
import type { ProbeResult } from "../jobs/job.js";
import { prepareArgs, receivedWork } from "../jobs/work-args.js";
import type { DataRoots } from "../platform/data-roots.js";
import type { StartProcess } from "../programs/program-process.js";
import { type AnyJob, JobRunner } from "./job-runner.js";
import { Programs, programHandlers } from "./programs.js";
import { statusWaits } from "./status-waits.js";
import { TaskRunner } from "./task-runner.js";

/** How long a status waits for each node. */
const STATUS_TIMEOUT_MS = 2_000;
/** How long a node lets tasks and jobs finish when it ends. */
const DRAIN_MS = 2_000;
const TEARDOWN_TIMEOUT_MS = 4_000;

const PROGRAM_MEMORY_BYTES = 1024 ** 3;

export interface ClusterNodeOptions extends Endpoint {
  readonly name: string;
  /** Grows with every start under the same name. */
  readonly incarnation: number;
  readonly build: string;
  readonly shardCount: number;
  /** Memory for values, in bytes. */
  readonly memoryBytes: number;
  readonly valueBytesMax?: number;
  readonly files: DataRoots;
  readonly clusterId?: ClusterId | undefined;
  readonly jobs: ReadonlyMap<string, AnyJob>;
  readonly log: Log;
  /** Makes the memory of slabs and the workers that see it. */
  readonly allocateSlab: (bytes: number) => SharedArrayBuffer;
  /** Bytes of a slab that values share. @defaultValue 64 MiB */
  readonly slabBytes?: number | undefined;
  readonly startShards: (pool: SlabPool, clock: Clock) => ShardHost;
  /** Makes the processes of programs; without it this node refuses them. */
  readonly startProgram?: StartProcess | undefined;
  /** Resident memory of one program, in bytes. @defaultValue 1 GiB */
  readonly programMemoryBytes?: number | undefined;
  /** Asked to end by `eau2 stop`, after draining: the process should exit now. */
  onTeardown?(): void;
}

export interface Placement {
  /** `host:port` to listen on; port 0 picks one. */
  readonly listen: string;
  /** A node of the cluster to join; the first node of a new one without. */
  readonly join?: string | undefined;
  readonly advertise?: string | undefined;
}

export class ClusterNode {
  readonly mesh: Mesh;
  readonly pool: SlabPool;
  readonly store: KVStore;
  readonly shards: ShardHost;
  readonly tasks: TaskRunner;
  readonly jobs: JobRunner;
  readonly programs: Programs;
  #homes: readonly number[] = [];
  #draining: Promise<void> | undefined;

  private constructor(private readonly options: ClusterNodeOptions) {
    const { clock, random, name, memoryBytes, allocateSlab, slabBytes, files, log } = options;
    const parsed = NodeId.safeParse(name);
    if (!parsed.success) {
      throw new Eau2Error("USAGE", `--name "${name}" cannot be used; take 1 to 64 of a-z, 0-9 and "-"`, { name });
    }
    const { shardCount } = options;
    if (!Number.isInteger(shardCount) || shardCount < 1 || shardCount > NODE_SHARDS_MAX) {
      throw new Eau2Error("USAGE", `a node has 1 to ${NODE_SHARDS_MAX} shards, not ${shardCount} (--shards)`, {
        shardCount,
      });
    }
    if (!(memoryBytes > 0)) {
      throw new Eau2Error("USAGE", `a node has some memory for values, not ${memoryBytes} bytes (--memory)`, {
        memoryBytes,
      });
    }
    this.pool = new SlabPool({
      budgetBytes: memoryBytes,
      allocateSlab,
      ...(slabBytes === undefined ? {} : { slabBytes }),
      onPressure: (bytesNeeded) => this.store.relieve(bytesNeeded),
      onRelease: (slabIds) => this.shards.recycleIdle(slabIds),
    });
    this.mesh = new Mesh({ ...options, id: parsed.data, handlers: this.#handlers() });
    const { valueBytesMax } = options;
    this.store = new KVStore({
      mesh: this.mesh,
      pool: this.pool,
      clock,
      ...(valueBytesMax === undefined ? {} : { valueBytesMax }),
    });
    this.shards = options.startShards(this.pool, clock);
    this.tasks = new TaskRunner({
      store: this.store,
      pool: this.pool,
      shards: this.shards,
      localShard: (home) => this.#homes.indexOf(home),
    });
    this.jobs = new JobRunner({
      mesh: this.mesh,
      store: this.store,
      files,
      tasks: this.tasks,
      clock,
      random,
      jobs: options.jobs,
      probe: (path) => this.#probe(path),
    });
    this.programs = new Programs({
      mesh: this.mesh,
      store: this.store,
      clock,
      start: options.startProgram,
      memoryBytes: options.programMemoryBytes ?? PROGRAM_MEMORY_BYTES,
      isWorking: () => this.jobs.runningCount + this.tasks.runningCount > 0,
    });
    log("debug", `${options.shardCount} shards, ${memoryBytes} bytes for values`);
  }

  /**
   * Starts a node: listens, then founds a cluster or joins one.
   * @throws {@link Eau2Error} `PORT_IN_USE`, `USAGE`, `PEER_GONE`, `DENIED`, `VERSION_MISMATCH`, `CLUSTER_MISMATCH`; nothing
   * is left running then.
   */
  static async start(options: ClusterNodeOptions, placement: Placement): Promise<ClusterNode> {
    const node = new ClusterNode(options);
    try {
      await node.mesh.listen(placement.listen, placement.advertise);
      if (placement.join === undefined) node.mesh.found();
      else await node.mesh.join(placement.join);
      node.#homes = node.mesh.self.shards;
      node.store.host(node.#homes);
      return node;
    } catch (error) {
      await node.#end("it could not start");
      throw error;
    }
  }

  get address(): string {
    return this.mesh.self.address;
  }

  get directory(): Directory {
    return this.mesh.view();
  }

  /** What this node says of itself. */
  status(): NodeStatus {
    const rest = {
      id: this.mesh.options.id,
      bytes: this.pool.usedBytes,
      budget: this.pool.budgetBytes,
      hashShards: this.mesh.directory.hashShards,
    };
    return { ...rest, waits: statusWaits(this.store.waitRecords(STATUS_WAITS_MAX), rest) };
  }

  /** What every node that answers says, as {@link ClusterStatus}. */
  async clusterStatus(): Promise<ClusterStatus> {
    const { clusterId, epoch, nodes } = this.mesh.view();
    const answers = await Promise.all(
      nodes.map(async (node): Promise<NodeStatus | undefined> => {
        if (node.id === this.mesh.options.id) return this.status();
        if (node.state === "gone") return undefined;
        try {
          const session = this.mesh.session(node.id);
          return (await session.request("cluster.status", { scope: "node" }, { timeoutMs: STATUS_TIMEOUT_MS })).control
            .node;
        } catch {
          return undefined; // shown as a node that did not answer
        }
      }),
    );
    // Asking may have shown who has gone.
    const states = new Map(this.mesh.view().nodes.map((node) => [node.id, node.state]));
    const rest = {
      cluster: clusterId,
      epoch,
      nodes: nodes.map(({ build: _build, ...node }, index) => ({
        ...node,
        state: states.get(node.id) ?? node.state,
        bytes: answers[index]?.bytes ?? -1,
        budget: answers[index]?.budget ?? -1,
      })),
    };
    const waits = answers.flatMap((answer) => answer?.waits ?? []);
    return { ...rest, waits: statusWaits(waits, rest) };
  }

  /** Ends this node: what runs may finish, everybody is told, nothing is left. */
  drain(reason: string): Promise<void> {
    this.#draining ??= this.#drain(reason);
    return this.#draining;
  }

  async #drain(reason: string): Promise<void> {
    await this.programs.close("its node is ending");
    for (const session of this.mesh.sessions) session.event("cluster.complete", { nodeId: this.mesh.options.id });
    await this.#end(reason);
  }

  async #end(reason: string): Promise<void> {
    await this.shards.close({ drainMs: this.tasks.runningCount > 0 ? DRAIN_MS : 0 });
    await this.mesh.close(reason);
  }

  #handlers(): RequestHandlers<Session> {
    return {
      ...kvHandlers(() => this.store),
      ...programHandlers(() => this.programs),
      "task.run": {
        prepare: prepareArgs,
        handle: async ({ control, body, signal, timeLeftMs }) => ({
          control: await this.tasks.run(receivedWork(control, body), signal, timeLeftMs),
        }),
      },
      "job.run": {
        prepare: prepareArgs,
        handle: async ({ control, body, signal, peer }) => {
          const { value, bytes } = await this.jobs.run(receivedWork(control, body), signal, (progress) =>
            peer.event("job.progress", { id: control.id, ...progress }),
          );
          return { control: { value }, ...(bytes === undefined ? {} : { body: bodyOf(bytes) }) };
        },
      },
      "file.probe": { handle: async ({ control }) => ({ control: await this.#probe(control.path) }) },
      "cluster.status": {
        handle: async ({ control }) =>
          control.scope === "node"
            ? { control: { node: this.status() } }
            : { control: { cluster: await this.clusterStatus() } },
      },
      "cluster.teardown": {
        handle: async ({ control }) => ({ control: { ended: await this.#teardown(control.scope, control.nodeId) } }),
      },
    };
  }

  async #probe(path: string): Promise<ProbeResult> {
    try {
      return { fingerprint: await this.options.files.fingerprint(path) };
    } catch (error) {
      const { code, message } = toEau2Error(error);
      return { problem: { code, message: `${message} (node ${this.options.name})` } };
    }
  }

  /** Ends other nodes and waits for them, or itself as soon as the answer has left. */
  async #teardown(scope: "node" | "cluster", nodeId: NodeId | undefined): Promise<NodeId[]> {
    const { id } = this.mesh.options;
    const nodes = this.mesh.view().nodes.filter(({ state }) => state !== "gone");
    if (scope === "node" && nodeId !== undefined && !nodes.some((node) => node.id === nodeId)) {
      throw new Eau2Error("NODE_GONE", `stop: no node "${nodeId}" is up; see eau2 status`, { node: nodeId });
    }
    const targets = scope === "cluster" ? nodes.map((node) => node.id) : [nodeId ?? id];
    const ended: NodeId[] = [];
    const failures: { readonly node: NodeId; readonly error: Eau2Error }[] = [];
    await Promise.all(
      targets
        .filter((target) => target !== id)
        .map(async (target) => {
          try {
            await this.mesh
              .session(target)
              .request("cluster.teardown", { scope: "node" }, { timeoutMs: TEARDOWN_TIMEOUT_MS });
            ended.push(target);
          } catch (error) {
            if (isEau2Error(error, "PEER_GONE"))
              ended.push(target); // gone is what was wanted
            else failures.push({ node: target, error: toEau2Error(error) });
          }
        }),
    );
    // A node that does not answer must not keep the others alive.
    if (targets.includes(id)) {
      ended.push(id);
      this.options.clock.soon(() => {
        void this.drain("it was told to stop").finally(() => this.options.onTeardown?.());
      });
    }
    const [failure] = failures;
    if (failure === undefined) return ended;
    const others = ended.length === 0 ? "" : `; ${ended.join(", ")} ended`;
    throw new Eau2Error(
      failure.error.code,
      `stop: ${failures.map(({ node }) => node).join(", ")} did not end${others}: ${failure.error.message}; end that process on its machine`,
      { node: failure.node },
      { cause: failure.error },
    );
  }
}
