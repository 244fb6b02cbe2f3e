/** Nodes, a client and programs under virtual time, for tests that decide themselves what goes wrong and when. */
import assert from "node:assert/strict";
import { SimulatedNetwork, Simulation } from "@eau2/network";
import { type ProgramResult, type RunProgramOptions, runProgram } from "../../src/session/run-program.js";
import { storeOf } from "../kit/store-of.js";
import { ProgramCluster } from "./program-cluster.js";
import { moduleOf, type Script } from "./program-script.js";
import type { ScriptedProcess } from "./scripted-process.js";
import { StoreLog } from "./store-log.js";

export class CalmCluster {
  readonly simulation = new Simulation(1, () => new Promise<void>((resolve) => setImmediate(resolve)));
  readonly network = new SimulatedNetwork(this.simulation);
  /** All that were started, in order. */
  readonly processes: ScriptedProcess[] = [];
  readonly cluster = new ProgramCluster(this.simulation, this.network, {
    network: this.network,
    log: new StoreLog(() => {}),
    note: () => {},
    fault: (what) => assert.fail(what),
    born: (process) => void this.processes.push(process),
    running: () => {},
    ending: () => {},
  });
  #programs = 0;

  /** The first name is the master. */
  static async start(...names: readonly string[]): Promise<CalmCluster> {
    const calm = new CalmCluster();
    for (const [index, name] of names.entries())
      await calm.simulation.until(calm.cluster.start(name, 1, index === 0 ? undefined : names[0]));
    await calm.simulation.advance(100);
    return calm;
  }

  /** Runs a program by way of a node, whose client has nothing else to do. */
  async run(at: string, scripts: readonly Script[], options: RunProgramOptions = {}): Promise<ProgramResult> {
    const { clock, random } = this.simulation;
    const label = `${this.#programs++}`;
    const client = await this.cluster.client(`client ${label}`, at);
    const store = storeOf({ client, random });
    return runProgram({ client, store, clock, random }, moduleOf({ label, scripts }), { name: label, ...options });
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.simulation.advance(1);
  }
}

export const scriptOf = (parts: Partial<Script>): Script => ({
  loadMs: 10,
  loads: "well",
  steps: [],
  ending: { kind: "return", code: 0 },
  obeys: true,
  ...parts,
});
