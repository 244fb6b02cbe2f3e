/**
 * One seed, one history: two to five nodes and some clients; clients put, get, wait and drop, and run programs on all nodes,
 * while links stall and break, nodes are cut off, killed, stopped and started again. Then all is healed, and what must hold
 * has held ({@link StoreLog} and `program-faults.ts` say what), everybody who asked has an answer, and nothing is left.
 */
import { type Client, GONE_AFTER_MS, SeededRandom, SimulatedNetwork, Simulation } from "@eau2/network";
import { type Eau2Error, isEau2Error, type KeyRecord, toEau2Error } from "@eau2/protocol";
import { crc32 } from "@eau2/serialization";
import { runProgram } from "../../src/session/run-program.js";
import { storeOf } from "../kit/store-of.js";
import { DirectoryLaws } from "./directory-laws.js";
import { ProgramCluster, type RunningNode } from "./program-cluster.js";
import { isDeadlockReason, programFaults, type Run, strangeDeadlock } from "./program-faults.js";
import { moduleOf, randomProgram } from "./program-script.js";
import type { ScriptedProcess } from "./scripted-process.js";
import { type RecordedStore, StoreLog } from "./store-log.js";

export interface History {
  readonly seed: number;
  /** Of everything that happened and when: equal for equal seeds. */
  readonly digest: number;
  readonly events: number;
  readonly virtualMs: number;
  /** How often what happened: programs that went well, errors by code, disturbances. */
  readonly counts: ReadonlyMap<string, number>;
  /** What did not hold; empty when all is well. */
  readonly faults: readonly string[];
}

/** Everybody has an answer within this, once all is healed and nobody is left who could put a key. */
const SETTLE_MS = 120_000;
/** Silence, until a node counts as gone, and the time that a program has to end. */
const LEFT_MS_MAX = GONE_AFTER_MS + 5_000;
/** What a look at all nodes before a deadlock takes while links hold, and what it takes at most. */
const LOOK_MS = 1_200;
const LOOK_MS_MAX = 6_500;
const NAMES = ["a", "b", "c", "d", "e"];
const PREFIXES = ["v", "v/a", "v/b", "p"];
const encoder = new TextEncoder();
const aTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A client, as the history knows it. */
interface Visitor {
  readonly name: string;
  readonly at: string;
  readonly client: Client;
  readonly store: RecordedStore;
  /** Under way. */
  readonly calls: Set<AbortController>;
  /** Programs of it that run. */
  running: number;
  /** Since when it is here, or has no program that runs. */
  idleSinceMs: number;
}

class RandomHistory {
  readonly #chance: SeededRandom;
  readonly #simulation: Simulation;
  readonly #network: SimulatedNetwork;
  readonly #cluster: ProgramCluster;
  readonly #log: StoreLog;
  readonly #laws = new DirectoryLaws((what) => this.#fault(what));
  readonly #faults: string[] = [];
  readonly #counts = new Map<string, number>();
  readonly #runs: Run[] = [];
  readonly #processes: ScriptedProcess[] = [];
  readonly #visitors = new Set<Visitor>();
  readonly #pending = new Set<Promise<void>>();
  readonly #troubled = new Set<string>();
  readonly #names: readonly string[];
  readonly #shardCounts: readonly number[];
  readonly #isHarsh: boolean;
  readonly #mayCut: boolean;
  /** Nobody comes but to run a program, and goes when it has ended. */
  readonly #isLonely: boolean;
  #homes: readonly number[] = [];
  #wereCut = false;
  /** When links broke or were healed the last time. */
  #stormMs = Number.NEGATIVE_INFINITY;
  #digest = 0;
  #visitorCount = 0;

  constructor(readonly seed: number) {
    const chance = new SeededRandom(seed * 2 + 1);
    this.#chance = chance;
    this.#simulation = new Simulation(seed, aTurn);
    this.#network = new SimulatedNetwork(this.#simulation);
    this.#isHarsh = chance.chance(0.5);
    this.#mayCut = chance.chance(0.5);
    this.#isLonely = chance.chance(0.35);
    this.#names = NAMES.slice(0, 2 + chance.below(4));
    this.#shardCounts = this.#names.map(() => 1 + chance.below(2));
    this.#log = new StoreLog((what) => this.#note(what));
    this.#cluster = new ProgramCluster(this.#simulation, this.#network, {
      network: this.#network,
      log: this.#log,
      note: (what) => this.#note(what),
      fault: (what) => this.#fault(what),
      born: (process) => this.#born(process),
      running: (process) => this.#begins(process),
      ending: (process, reason) => this.#ending(process, reason),
    });
  }

  async run(): Promise<History> {
    await this.#begin();
    const rounds = 4 + this.#chance.below(8);
    for (let round = 0; round < rounds; round++) {
      if (this.#isLonely) {
        if (this.#chance.chance(0.3)) this.#visit();
      } else {
        if (this.#chance.chance(0.5)) this.#startProgram(this.#somebody());
        for (let count = this.#chance.below(4); count > 0; count--) this.#callStore();
      }
      await this.#simulation.advance(this.#chance.below(1_200));
      if (this.#chance.chance(0.4)) this.#disturb();
      this.#laws.look(this.#cluster.nodes.values());
    }
    await this.#settle();
    await this.#clean();
    await this.#close();
    this.#note("end");
    this.#cluster.giveBack();
    return {
      seed: this.seed,
      digest: this.#digest,
      events: this.#simulation.eventCount,
      virtualMs: this.#simulation.nowMs,
      counts: this.#counts,
      faults: this.#faults,
    };
  }

  #note(what: string): void {
    if (process.env.SIM_TRACE) console.log(`${this.#simulation.nowMs} ${what}`);
    this.#digest = crc32(encoder.encode(`${this.#simulation.nowMs} ${what}\n`), this.#digest);
  }

  #fault(what: string): void {
    this.#note(`FAULT ${what}`);
    this.#faults.push(what);
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  /** One of them; undefined only when there is none. */
  #pick<T>(from: readonly T[]): T {
    return from[this.#chance.below(from.length)]!;
  }

  /** What the end of the history waits for. */
  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }

  async #begin(): Promise<void> {
    for (const [index, name] of this.#names.entries())
      await this.#simulation.until(this.#cluster.start(name, this.#shardCounts[index]!, index === 0 ? undefined : "a"));
    await this.#simulation.advance(100);
    this.#homes = [...this.#cluster.nodes.values()].flatMap(({ node }) => node.mesh.self.shards);
    const chance = this.#chance;
    this.#network.setFaults({
      delayMaxMs: 2 + chance.below(40),
      breakChance: this.#isHarsh ? chance.below(15) / 1_000 : 0,
      stallChance: this.#isHarsh ? chance.below(10) / 1_000 : 0,
      stallMs: 200 + chance.below(2_500),
    });
    const visitors = this.#isLonely ? 0 : 1 + chance.below(3);
    for (let count = 0; count < visitors; count++) this.#visit();
    await this.#simulation.advance(300);
  }

  // Clients

  /** A client comes to a node. */
  #visit(): void {
    const at = this.#pick([...this.#cluster.nodes.keys()]);
    const name = `client ${++this.#visitorCount}`;
    const { random, clock } = this.#simulation;
    const come = async () => {
      try {
        const client = await this.#cluster.client(name, at);
        const store = this.#log.of(storeOf({ client, random }), at);
        const visitor: Visitor = { name, at, client, store, calls: new Set(), running: 0, idleSinceMs: clock.now() };
        this.#visitors.add(visitor);
        this.#note(`${name} is connected to ${at}`);
        if (this.#isLonely) this.#startProgram(visitor);
      } catch (error) {
        this.#note(`${name} cannot connect to ${at}`);
        if (!isEau2Error(error, "PEER_GONE") && !isEau2Error(error, "DEADLINE")) this.#fault(`connecting: ${error}`);
      }
    };
    this.#track(come());
  }

  #leave(visitor: Visitor): void {
    this.#visitors.delete(visitor);
    this.#note(`${visitor.name} leaves`);
    for (const call of visitor.calls) call.abort();
    for (const run of this.#runs) if (run.by === visitor.name && run.end === undefined) run.cancelled = true;
    visitor.client.close();
  }

  /** Somebody whose node is there; others have gone for good. */
  #somebody(): Visitor | undefined {
    for (const visitor of this.#visitors)
      if (visitor.running === 0 && (visitor.client.session.state === "gone" || !this.#cluster.nodes.has(visitor.at)))
        this.#leave(visitor);
    const all = [...this.#visitors];
    if (all.length < 2 || this.#chance.chance(0.1)) this.#visit();
    return all.length === 0 ? undefined : this.#pick(all);
  }

  #startProgram(visitor: Visitor | undefined): void {
    // Whoever waits for a program does nothing else: the cluster takes its client for one that puts nothing.
    if (visitor === undefined) return;
    const chance = this.#chance;
    const label = `${this.#runs.length}`;
    const homes = this.#livingHomes;
    const place = { label, nodeCount: this.#cluster.nodes.size, homes, rescue: this.#key("v/a/rescue") };
    const script = randomProgram(chance, place);
    const controller = new AbortController();
    const cancel = () => {
      run.cancelled = true;
      controller.abort();
    };
    const run: Run = {
      label,
      script,
      by: visitor.name,
      at: visitor.at,
      lines: new Map(),
      cancelled: false,
      cancel,
      end: undefined,
    };
    this.#runs.push(run);
    if (chance.chance(0.2)) this.#simulation.clock.after(chance.below(4_000), cancel);
    else if (chance.chance(0.05))
      this.#simulation.clock.after(chance.below(4_000), () => {
        this.#leave(visitor);
      });
    this.#note(`program ${label} of ${visitor.name} at ${visitor.at}`);
    this.#count("programs");
    this.#track(this.#runProgram(run, visitor, controller.signal, chance.chance(0.3) ? 1 + chance.below(150) : 0));
  }

  async #runProgram(run: Run, visitor: Visitor, signal: AbortSignal, lineMs: number): Promise<void> {
    const { clock, random } = this.#simulation;
    const { client } = visitor;
    visitor.running++;
    try {
      const parts = { client, store: storeOf({ client, random }), clock, random };
      const result = await runProgram(parts, moduleOf(run.script), {
        name: run.label,
        signal,
        onOutput: ({ node, text }) => {
          const lines = run.lines.get(node);
          if (text.startsWith("eau2: ")) this.#count("notes of dropped lines");
          if (lines === undefined) run.lines.set(node, [text]);
          else lines.push(text);
          return lineMs === 0 ? undefined : new Promise((resolve) => clock.after(lineMs, resolve));
        },
      });
      this.#ended(run, { kind: "result", result });
    } catch (error) {
      this.#ended(run, { kind: "error", error: toEau2Error(error) });
    }
    visitor.running--;
    visitor.idleSinceMs = clock.now();
    if (this.#isLonely) this.#leave(visitor);
  }

  #ended(run: Run, end: NonNullable<Run["end"]>): void {
    if (run.end !== undefined) this.#fault(`program ${run.label} ended twice`);
    run.end = end;
    const error: Eau2Error | undefined = end.kind === "error" ? end.error : end.result.error;
    const code = end.kind === "result" && error === undefined ? `code ${end.result.code}` : (error?.code ?? "");
    this.#note(`program ${run.label}: ${code}`);
    this.#count(`program ${code}`);
    const facts = {
      processes: this.#processes,
      troubled: this.#troubled,
      wereCut: this.#wereCut,
      isHarsh: this.#isHarsh,
    };
    for (const fault of programFaults(run, facts)) this.#fault(fault);
  }

  /** Homes that all nodes know and that are mostly still there. */
  get #livingHomes(): readonly number[] {
    const living = this.#homes.filter((home) => this.#cluster.nodeOf(home) !== undefined);
    return living.length === 0 || this.#chance.chance(0.1) ? this.#homes : living;
  }

  #key(name: string): KeyRecord {
    return { name, home: this.#homes[name.length % this.#homes.length]! } as KeyRecord;
  }

  #callStore(): void {
    const visitor = this.#somebody();
    if (visitor === undefined || visitor.running > 0) return;
    const chance = this.#chance;
    const { store } = visitor;
    const own = new AbortController();
    visitor.calls.add(own);
    if (chance.chance(0.15)) this.#simulation.clock.after(chance.below(1_000), () => own.abort());
    const timeoutMs = chance.chance(0.3) ? 50 + chance.below(3_000) : null;
    const options = { timeoutMs, signal: own.signal };
    const name = `v/${this.#pick(["a", "b", "c"])}/${this.#pick(["x", "y", "rescue"])}`;
    // A program's key, or one of the clients' own.
    const key =
      chance.chance(0.2) && this.#runs.length > 0
        ? ({ name: `p/${this.#pick(this.#runs).label}/0`, home: this.#pick(this.#homes) } as KeyRecord)
        : chance.chance(0.5)
          ? this.#key(name)
          : ({ name, home: this.#pick(this.#homes) } as KeyRecord);
    const dice = chance.below(100);
    const call = (): Promise<unknown> => {
      if (dice < 35) return store.put(key, chance.chance(0.85) ? 1 : 2, options);
      if (dice < 65) return store.get(key, options);
      if (dice < 82) return store.waitAndGet(key, options);
      if (dice < 88) return store.has(key, options);
      if (dice < 94) return this.#status(visitor);
      return store.drop(this.#pick(PREFIXES), options);
    };
    const end = () => void visitor.calls.delete(own);
    // What it may fail with is for the log to judge.
    this.#track(call().then(end, end));
  }

  async #status({ client, at }: Visitor): Promise<void> {
    const store = storeOf({ client, random: this.#simulation.random });
    const { nodes } = await store.status();
    const itself = nodes.find(({ name }) => name === at);
    if (itself?.state !== "up") this.#fault(`${at} says in its status that it is ${itself?.state}`);
    this.#count("statuses");
  }

  // What programs do

  #born(process: ScriptedProcess): void {
    const { id, label, node, index } = process.record;
    const twice = this.#processes.some(
      ({ record }) => record.id === id && record.node === node && record.index === index,
    );
    if (twice) this.#fault(`program ${label} was started twice on ${node}`);
    this.#processes.push(process);
  }

  /** Nothing runs before all nodes have loaded it. */
  #begins({ options, record }: ScriptedProcess): void {
    const loaded = this.#processes.filter((one) => one.record.id === record.id && one.wasReady);
    if (new Set(loaded.map((one) => one.record.index)).size < options.program.nodes)
      this.#fault(`program ${record.label} runs on ${record.node} before all nodes have loaded it`);
  }

  #ending(process: ScriptedProcess, reason: string): void {
    if (!isDeadlockReason(reason)) return;
    const coordinator = this.#cluster.nodes.get(process.record.node)?.node;
    // Elsewhere it is heard later: only here this is the moment at which it is decided.
    if (coordinator?.mesh.options.id !== process.options.program.coordinator) return;
    const nowMs = this.#simulation.nowMs;
    const strange = strangeDeadlock(process.record, {
      processes: this.#processes,
      idleClients: [...this.#visitors].filter(
        ({ running, at, client }) =>
          running === 0 && client.session.state === "up" && this.#sees(coordinator.mesh.options.name, at),
      ),
      nowMs,
      lookMs: this.#isHarsh || nowMs - this.#stormMs < LOOK_MS_MAX ? LOOK_MS_MAX : LOOK_MS,
      sees: (name) => this.#sees(coordinator.mesh.options.name, name),
      exists: (key) => this.#exists(key),
      mayArrive: (key) => this.#log.mayArrive(key),
    });
    this.#count("deadlocks judged");
    for (const fault of strange) this.#fault(fault);
  }

  #sees(from: string, name: string): boolean {
    const node = this.#cluster.nodes.get(from)?.node;
    return node?.mesh.view().nodes.some((one) => one.name === name && one.state !== "gone") ?? false;
  }

  #exists({ name, home }: KeyRecord): boolean {
    const shards = this.#cluster.nodeOf(home)?.node.store.nodes ?? [];
    return shards.some((shard) => shard.home === home && shard.get(name) !== undefined);
  }

  // What goes wrong

  #disturb(): void {
    const chance = this.#chance;
    const living = [...this.#cluster.nodes.keys()];
    const one = this.#pick(living);
    const other = this.#pick(this.#names);
    const visitor: Visitor | undefined = this.#pick([...this.#visitors]);
    const process: ScriptedProcess | undefined = this.#pick(
      this.#processes.filter(({ record }) => record.phase !== "over"),
    );
    const dice = chance.below(100);
    if (dice < 25) this.#breakLinks(one, other);
    else if (dice < 32) {
      if (visitor !== undefined) this.#breakLinks(visitor.name, visitor.at);
    } else if (dice < 40) {
      if (process !== undefined) this.#breakLinks(process.host, process.record.node);
    } else if (dice < 45) {
      if (this.#mayCut && visitor !== undefined) this.#cut(visitor.name, visitor.at);
    } else if (dice < 55) {
      if (this.#mayCut) this.#cut(one, other);
    } else if (dice < 72) {
      // The master goes less often: without it nobody can join.
      if (living.length > 1 && (one !== "a" || chance.chance(0.4))) this.#kill(one);
    } else if (dice < 77) {
      if (living.length > 1 && one !== "a") this.#stop(one);
    } else this.#restart();
  }

  #breakLinks(one: string, other: string): void {
    this.#note(`links break: ${one}, ${other}`);
    this.#count("breaks");
    this.#stormMs = this.#simulation.nowMs;
    this.#network.breakLinks(one, other);
  }

  #cut(one: string, other: string): void {
    if (one === other) return;
    this.#note(`cut: ${one}, ${other}`);
    this.#count("cuts");
    this.#wereCut = true;
    this.#troubled.add(one).add(other);
    this.#network.cut(one, other);
    const forMs = this.#chance.below(this.#chance.chance(0.3) ? 30_000 : 6_000);
    this.#simulation.clock.after(forMs, () => this.#heal());
  }

  #heal(): void {
    this.#network.heal();
    this.#stormMs = this.#simulation.nowMs;
  }

  #kill(name: string): void {
    this.#note(`${name} is killed`);
    this.#count(name === "a" ? "kills of the master" : "kills");
    this.#troubled.add(name);
    this.#cluster.kill(name);
  }

  #stop(name: string): void {
    this.#note(`${name} is stopped`);
    this.#count("stops");
    this.#troubled.add(name);
    this.#track(this.#cluster.stop(name).then(() => this.#note(`${name} has stopped`)));
  }

  #restart(): void {
    const name = this.#names.find((one) => !this.#cluster.isUsed(one));
    const by = this.#pick([...this.#cluster.nodes.keys()]);
    if (name === undefined || (name === "a" && this.#cluster.nodes.size === 0)) return;
    this.#note(`${name} starts again, by way of ${by}`);
    const start = async () => {
      try {
        await this.#cluster.start(name, this.#shardCounts[this.#names.indexOf(name)]!, by);
        this.#note(`${name} is back`);
        this.#count("restarts");
      } catch (error) {
        const code = isEau2Error(error) ? error.code : String(error);
        this.#note(`${name} cannot join: ${code}`);
        if (!["PEER_GONE", "USAGE", "DEADLINE", "BUSY"].includes(code)) this.#fault(`joining failed: ${error}`);
      }
    };
    this.#track(start());
  }

  // The end

  /** All is healed, nobody comes any more, and everybody gets an answer. */
  async #settle(): Promise<void> {
    this.#note("healed");
    this.#network.setFaults({});
    this.#heal();
    await this.#simulation.advance(1_000);
    for (const visitor of [...this.#visitors]) {
      for (const call of visitor.calls) call.abort();
      if (visitor.running === 0) this.#leave(visitor);
    }
    await this.#simulation.advance(2_000);
    for (const run of this.#runs) {
      const neverEnds = run.script.scripts.some(({ ending }) => ending.kind === "never");
      if (run.end === undefined && neverEnds) run.cancel();
    }
    // With nothing to do any more, a client is one that could put a key.
    const leaveWhenIdle = () => {
      for (const visitor of [...this.#visitors]) if (visitor.running === 0) this.#leave(visitor);
      if (this.#pending.size > 0) this.#simulation.clock.after(200, leaveWhenIdle);
    };
    leaveWhenIdle();
    const all = async () => {
      while (this.#pending.size > 0) await Promise.all(this.#pending);
    };
    try {
      await this.#simulation.until(all(), SETTLE_MS);
    } catch {
      const runs = this.#runs.filter(({ end }) => end === undefined).map(({ label }) => `program ${label}`);
      const calls = this.#log.calls.filter(({ answer }) => answer === "").map(({ kind, key }) => `${kind} ${key.name}`);
      this.#fault(`never answered: ${[...runs, ...calls].join(", ")}`);
      for (const run of this.#runs) run.cancel();
    }
    // Whoever serves a node that has died notices it by its silence.
    for (let waitedMs = 0; waitedMs < LEFT_MS_MAX && this.#left().length > 0; waitedMs += 1_000)
      await this.#simulation.advance(1_000);
    for (const what of this.#left()) this.#fault(what);
    this.#laws.look(this.#cluster.nodes.values());
    for (const fault of this.#log.faults(this.#troubles)) this.#fault(fault);
  }

  /** What is there although nobody wants it any more. */
  #left(): string[] {
    const left: string[] = [];
    for (const { record } of this.#processes)
      if (record.phase !== "over") left.push(`program ${record.label} is left on ${record.node}`);
    for (const { name, node } of this.#cluster.nodes.values()) {
      const { host, coordinator } = node.programs;
      if (host.runningCount + coordinator.runningCount > 0) left.push(`${name} believes that programs run`);
      if (node.store.waits.count > 0) left.push(`somebody waits at ${name}`);
      for (const { remote, outgoing, incoming } of node.mesh.sessions)
        if (outgoing.count + incoming.count > 0) left.push(`requests are left between ${name} and ${remote}`);
    }
    return left;
  }

  get #troubles() {
    return {
      nodes: this.#troubled,
      wereCut: this.#wereCut,
      nodeOf: (home: number) => this.#laws.ownerOf(home),
    };
  }

  /** Everything is dropped, and nobody holds anything. */
  async #clean(): Promise<void> {
    const nodes = [...this.#cluster.nodes.values()];
    // Who was cut off may be gone to others for a while.
    if (this.#wereCut && !nodes.every(({ name }) => nodes.every((one) => this.#sees(one.name, name)))) return;
    const [first] = nodes as [RunningNode, ...RunningNode[]];
    for (const prefix of ["m", "p", "v"])
      await this.#simulation.until(first.node.store.drop(prefix, { timeoutMs: null }));
    const left = await this.#simulation.until(first.node.store.keys(""));
    if (left.length > 0) this.#fault(`${left.length} keys are left after everything was dropped`);
    await this.#simulation.advance(200);
    for (const { name, node } of nodes) {
      const { pool, store } = node;
      const held = [pool.usedBytes, pool.retiredBytes, store.cache.bytes, store.waits.count];
      if (held.some((count) => count !== 0)) this.#fault(`${name} holds ${held} after everything was dropped`);
    }
  }

  async #close(): Promise<void> {
    for (const { node } of [...this.#cluster.nodes.values()].reverse())
      await this.#simulation.until(node.drain("the history is over"));
    await this.#simulation.advance(60_000);
    if (this.#simulation.pending > 0) this.#fault(`${this.#simulation.pending} events are left after all was closed`);
  }
}

/** What happens inside code that nobody awaits belongs to the history, too. */
export const randomHistory = async (seed: number): Promise<History> => {
  const strays: string[] = [];
  const onStray = (error: unknown) => {
    strays.push(`nobody caught ${error instanceof Error ? error.stack : String(error)}`);
  };
  process.on("unhandledRejection", onStray);
  try {
    const history = await new RandomHistory(seed).run();
    return { ...history, faults: [...strays, ...history.faults] };
  } catch (error) {
    throw new Error(`TEST_SEED=${seed} does not come to its end`, { cause: error });
  } finally {
    process.off("unhandledRejection", onStray);
  }
};
