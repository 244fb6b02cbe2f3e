import { Mesh, SimulatedNetwork, Simulation } from "@eau2/network";
import { NodeId } from "@eau2/protocol";

/** Deadlines under virtual time, as a mesh that talks to nobody has them. */
export const virtualWheel = (): { readonly simulation: Simulation; readonly wheel: Mesh["wheel"] } => {
  const simulation = new Simulation(1, () => new Promise((resolve) => setImmediate(resolve)));
  const { wheel } = new Mesh({
    transport: new SimulatedNetwork(simulation).transport("a"),
    clock: simulation.clock,
    random: simulation.random,
    token: new Uint8Array(32),
    id: NodeId.parse("a"),
    name: "a",
    incarnation: 1,
    build: "test",
    shardCount: 1,
    handlers: {},
    log: () => {},
  });
  return { simulation, wheel };
};
