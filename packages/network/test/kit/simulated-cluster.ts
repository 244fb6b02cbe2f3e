/** Nodes on a simulated network under virtual time, with handlers that are easy to reason about. */
import assert from "node:assert/strict";
import { ClusterId, type DirectoryNode, NodeId, ShardIndex } from "@eau2/protocol";
import { type Client, connectClient } from "../../src/mesh/client.js";
import { Mesh } from "../../src/mesh/mesh.js";
import type { MeshOptions } from "../../src/mesh/mesh-options.js";
import type { RequestHandlers } from "../../src/session/request-types.js";
import type { Session } from "../../src/session/session.js";
import type { Link, Transport } from "../../src/transport/transport.js";
import { Simulation } from "../../src/transport-simulated/simulation.js";
import { type Faults, SimulatedNetwork } from "../../src/transport-simulated/transport-simulated.js";
import { turn } from "./turns.js";

export const TOKEN = new TextEncoder().encode("the token of this cluster, 0123456789");

export const keyOf = (name: string) => ({ key: { name, home: ShardIndex.parse(0) } });

export interface NodeSettings {
  readonly handlers?: RequestHandlers<Session>;
  readonly incarnation?: number;
  readonly shardCount?: number;
  readonly clusterId?: string;
  readonly token?: Uint8Array;
  readonly build?: string;
  /** Listens on this port, so that a restart is found where it was. @defaultValue 1 */
  readonly port?: number;
  readonly onEvent?: MeshOptions["onEvent"];
  /** Sees every link that comes in, before anybody listens to it. */
  readonly onLink?: (link: Link) => void;
}

export class SimulatedCluster implements AsyncDisposable {
  readonly simulation: Simulation;
  readonly network: SimulatedNetwork;
  readonly nodes = new Map<string, Mesh>();
  readonly clients: Client[] = [];
  readonly gone: string[] = [];
  /** What clients were told. */
  readonly events: unknown[] = [];

  constructor(seed: number, faults: Partial<Faults> = {}) {
    this.simulation = new Simulation(seed, turn);
    this.network = new SimulatedNetwork(this.simulation);
    this.network.setFaults(faults);
  }

  /** A node that listens at `name:port` and belongs to no cluster yet. */
  async node(name: string, settings: NodeSettings = {}): Promise<Mesh> {
    const { handlers = {}, incarnation = 1, shardCount = 1, token = TOKEN, build = "test", port = 1 } = settings;
    const inner = this.network.transport(name);
    const transport: Transport = {
      connect: (address, signal) => inner.connect(address, signal),
      listen: (address, accept) =>
        inner.listen(address, (link) => {
          settings.onLink?.(link);
          accept(link);
        }),
    };
    const mesh = new Mesh({
      transport,
      clock: this.simulation.clock,
      random: this.simulation.random,
      token,
      id: NodeId.parse(name),
      name,
      incarnation,
      build,
      shardCount,
      clusterId: settings.clusterId === undefined ? undefined : ClusterId.parse(settings.clusterId),
      handlers,
      log: () => {},
      onPeerGone: (peer) => this.gone.push(`${name}: ${peer}`),
      ...(settings.onEvent === undefined ? {} : { onEvent: settings.onEvent }),
    });
    await this.simulation.until(mesh.listen(`${name}:${port}`));
    this.nodes.set(name, mesh);
    return mesh;
  }

  /** The first name founds the cluster, the others join it; faults begin afterwards. */
  async start(names: readonly string[], settings: NodeSettings = {}): Promise<Mesh[]> {
    const { faults } = this.network;
    this.network.setFaults({});
    const meshes: Mesh[] = [];
    for (const name of names) {
      const mesh = await this.node(name, settings);
      if (meshes.length === 0) mesh.found();
      else await this.simulation.until(mesh.join(`${names[0]}:${settings.port ?? 1}`));
      meshes.push(mesh);
    }
    await this.simulation.advance(200);
    this.network.setFaults(faults);
    return meshes;
  }

  async client(at: string, name = "client", settings: { readonly clusterId?: string } = {}): Promise<Client> {
    const client = await this.simulation.until(
      connectClient(at, {
        transport: this.network.transport(name),
        clock: this.simulation.clock,
        random: this.simulation.random,
        token: TOKEN,
        name,
        build: "test",
        onEvent: (_kind, control) => this.events.push(control),
        ...(settings.clusterId === undefined ? {} : { clusterId: ClusterId.parse(settings.clusterId) }),
      }),
    );
    this.clients.push(client);
    return client;
  }

  session(from: string, to: string): Session {
    return this.nodes.get(from)!.session(NodeId.parse(to));
  }

  /** What a node thinks of another. */
  state(of: string, seenFrom: string): DirectoryNode["state"] | undefined {
    return this.nodes
      .get(seenFrom)!
      .view()
      .nodes.find(({ id }) => id === of)?.state;
  }

  /** Ends a node as `kill -9` does. Its timers cannot be stopped from outside, but nothing it does reaches anybody. */
  kill(name: string): void {
    this.network.kill(name);
    const mesh = this.nodes.get(name);
    this.nodes.delete(name);
    void mesh?.close("it was killed");
  }

  /** Closes everything and checks that nothing is left to happen. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.network.setFaults({});
    this.network.heal();
    for (const client of this.clients) client.close();
    for (const mesh of this.nodes.values()) await mesh.close("the test is over");
    // Dials under way and timers that were armed run out; what starts anew for ever is a leak.
    await this.simulation.advance(60_000);
    assert.equal(this.simulation.pending, 0, "something still goes on after everything was closed");
  }
}

/** A promise that a test settles by hand. */
export const gate = <T = void>(): { promise: Promise<T>; open(value: T): void } => {
  let open: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { promise, open };
};
