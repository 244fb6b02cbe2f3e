/**
 * The process of a program under virtual time. It does what a real one does (connects to its node as a client, says when
 * it has loaded, watches whether it only waits, prints through a pipe that may be full, goes or is killed when told to end),
 * and instead of code it follows a script. What it really did stands in its {@link ProcessRecord}.
 */
import { type Client, connectClient, errorFromRecord, errorToRecord, type SimulatedNetwork } from "@eau2/network";
import { Eau2Error, type KeyRecord, toEau2Error } from "@eau2/protocol";
import { sha256Hex } from "../../src/platform/sha256.js";
import { nodeError } from "../../src/programs/node-error.js";
import { parkedKeys } from "../../src/programs/parked-keys.js";
import type { ProcessEvents, ProcessOptions, ProgramProcess } from "../../src/programs/program-process.js";
import { storeOf } from "../kit/store-of.js";
import { HostClock } from "./host-clock.js";
import { programOf, type Script, type Step } from "./program-script.js";
import type { RecordedStore, StoreLog } from "./store-log.js";

const PARKED_CHECK_MS = 100;
const END_GRACE_MS = 1_000;
/** What a pipe holds before printing stands still. */
const PIPE_BYTES_MAX = 64 * 1024;
/** Between a process and its node. */
const CHANNEL_MS = 1;
const EXIT_MS = 5;

export interface ProcessRecord {
  /** Of the program, as nodes know it. */
  readonly id: string;
  readonly label: string;
  readonly node: string;
  readonly index: number;
  readonly bornMs: number;
  readonly lines: string[];
  phase: "loading" | "ready" | "running" | "over";
  /** All that it does is wait for these, for ever. */
  parked: readonly KeyRecord[];
  /** How it went; undefined while it runs, and for ever when its node was killed. */
  outcome:
    | { readonly kind: "returned"; readonly code: number }
    | { readonly kind: "failed"; readonly error: Eau2Error }
    | undefined;
}

/** What a process needs of the world around it, and whom it tells what it does. */
export interface Surroundings {
  readonly network: SimulatedNetwork;
  readonly log: StoreLog;
  note(what: string): void;
  fault(what: string): void;
  born(process: ScriptedProcess): void;
  /** It is about to run: nobody may before all have loaded. */
  running(process: ScriptedProcess): void;
  /** Its node tells it to end. */
  ending(process: ScriptedProcess, reason: string): void;
}

export class ScriptedProcess implements ProgramProcess {
  readonly ended: Promise<number>;
  readonly record: ProcessRecord;
  readonly #clock: HostClock;
  readonly #script: Script;
  /** Its place on the network. */
  readonly host: string;
  #store: RecordedStore | undefined;
  #controller = new AbortController();
  #failure: Eau2Error | undefined;
  #isGone = false;
  /** It has said that it is loaded. */
  wasReady = false;
  #go = () => {};
  readonly #gone = new Promise<void>((resolve) => {
    this.#go = resolve;
  });
  #resolve: (code: number) => void = () => {};
  #reject: (error: Eau2Error) => void = () => {};
  #pipe: string[] = [];
  #pipeBytes = 0;
  #isOpen = true;
  #onRoom = () => {};
  #onDrained = () => {};

  /** @param number - of the process, among all of the history. */
  constructor(
    readonly options: ProcessOptions,
    private readonly events: ProcessEvents,
    private readonly nodeClock: HostClock,
    private readonly around: Surroundings,
    number: number,
  ) {
    const { program, module, nodeName } = options;
    if (sha256Hex(module) !== program.sha256) around.fault(`program ${program.name} got another module on ${nodeName}`);
    const { label, scripts } = programOf(module);
    this.#script = scripts[program.node]!;
    this.host = `${nodeName}.${number}`;
    this.#clock = new HostClock(nodeClock);
    this.record = {
      id: program.id,
      label,
      node: nodeName,
      index: program.node,
      bornMs: nodeClock.now(),
      lines: [],
      phase: "loading",
      parked: [],
      outcome: undefined,
    };
    this.ended = new Promise<number>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#note("begins");
    around.born(this);
    this.#main().then(
      (code) => this.#exit(code, undefined),
      (error: unknown) => this.#exit(1, toEau2Error(error, "TASK_FAILED")),
    );
  }

  go(): void {
    this.#hear(() => this.#go());
  }

  end(reason: string): void {
    if (this.record.phase === "over") return;
    this.#note("is told to end");
    this.around.ending(this, reason);
    this.#failure ??= nodeError("CANCELLED", `it was ended: ${reason}`);
    this.#hear(() => this.#controller.abort(new Eau2Error("CANCELLED", reason)));
    this.#clock.after(END_GRACE_MS, () => this.#exit(1, nodeError("TASK_FAILED", "it was killed")));
  }

  flow(open: boolean): void {
    this.#isOpen = open;
    if (open) this.#tell(() => this.#read());
  }

  /** Its node was killed: a thread of it notices that, and it goes without a word. */
  die(): void {
    this.record.phase = "over";
    this.#leave();
  }

  #note(what: string): void {
    this.around.note(`${this.record.label} on ${this.record.node} ${what}`);
  }

  /** From its node; nobody hears it when it has gone. */
  #hear(run: () => void): void {
    this.#clock.after(CHANNEL_MS, run);
  }

  /** To its node, which hears it even if it has gone. */
  #tell(run: () => void): void {
    this.nodeClock.after(CHANNEL_MS, run);
  }

  async #main(): Promise<number> {
    const { loadMs, loads, steps, ending } = this.#script;
    const { address, token, clientName: name, program } = this.options;
    const random = this.around.network.simulation.random;
    const client = await connectClient(address, {
      transport: this.around.network.transport(this.host),
      clock: this.#clock,
      random,
      token,
      name,
      build: "simulated",
    });
    this.#store = this.around.log.of(storeOf({ client, random }), this.record.node);
    await this.#sleep(loadMs);
    if (loads === "and exits") return 0;
    if (loads === "with an error") throw this.#thrown("cannot be loaded");
    this.record.phase = "ready";
    this.wasReady = true;
    this.#tell(() => this.events.ready());
    await this.#gone;
    this.record.phase = "running";
    this.around.running(this);
    this.#watchWaits(client);
    for (const step of steps) {
      if (this.#controller.signal.aborted && this.#script.obeys) throw this.#controller.signal.reason;
      await this.#do(step, program.nodes);
    }
    switch (ending.kind) {
      case "return":
        return ending.code;
      case "throw":
        throw this.#thrown("throws");
      case "never":
        return new Promise((_, reject) => {
          if (!this.#script.obeys) return;
          const { signal } = this.#controller;
          signal.addEventListener("abort", () => reject(signal.reason));
          if (signal.aborted) reject(signal.reason);
        });
      default:
        return ending satisfies never;
    }
  }

  #thrown(what: string): Eau2Error {
    return new Eau2Error("TASK_FAILED", `${this.record.label} ${what} on ${this.record.node}`);
  }

  async #do(step: Step, nodes: number): Promise<void> {
    const store = this.#store!;
    const { signal } = this.#controller;
    switch (step.kind) {
      case "put":
        await store.put(step.key, step.version);
        return;
      case "get":
        await store.get(step.key);
        return;
      case "wait":
        if (step.timeoutMs === null) this.record.parked = step.keys;
        await Promise.all(
          step.keys.map(async (key) => {
            await store.waitAndGet(key, { signal, timeoutMs: step.timeoutMs });
            this.record.parked = this.record.parked.filter((one) => one !== key);
          }),
        );
        return;
      case "print":
        for (let count = 0; count < step.count; count++) await this.#print(step.length);
        return;
      case "progress":
        this.#tell(() => this.events.progress({ phase: "steps", done: 1, total: nodes }));
        return;
      case "sleep":
        await this.#sleep(step.ms);
        return;
      default:
        step satisfies never;
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(ms, resolve));
  }

  /** Stands still while the pipe is full. */
  async #print(length: number): Promise<void> {
    while (this.#pipeBytes > PIPE_BYTES_MAX)
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve;
      });
    const text = `${this.record.lines.length} of ${this.record.node}`.padEnd(length, ".");
    this.record.lines.push(text);
    this.#pipe.push(text);
    this.#pipeBytes += text.length;
    if (this.#pipe.length === 1) this.#tell(() => this.#read());
  }

  /** The node reads what is in the pipe. */
  #read(): void {
    while (this.#isOpen && this.#pipe.length > 0) {
      const text = this.#pipe.shift()!;
      this.#pipeBytes -= text.length;
      this.events.line("stdout", text);
    }
    this.#onRoom();
    if (this.#pipe.length === 0) this.#onDrained();
  }

  /** As the child does it: from the requests that wait for an answer. */
  #watchWaits({ session }: Client): void {
    let last = "";
    const check = () => {
      this.#clock.after(PARKED_CHECK_MS, check);
      const keys = parkedKeys(session.outgoing.pending(), this.#controller.signal);
      const now = keys === undefined ? "" : JSON.stringify(keys);
      if (now === last) return;
      last = now;
      this.#tell(() => this.events.waits(keys));
    };
    this.#clock.after(PARKED_CHECK_MS, check);
  }

  /** It goes; what it has printed is read to its end. */
  #exit(code: number, error: Eau2Error | undefined): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const failed = error === undefined ? undefined : errorFromRecord(errorToRecord(error), "the program");
    // The word about its end comes behind everything else that it has told.
    this.nodeClock.after(EXIT_MS, () => {
      this.#failure ??= failed;
      const over = () => {
        const failure = this.#failure;
        this.record.phase = "over";
        this.record.outcome = failure === undefined ? { kind: "returned", code } : { kind: "failed", error: failure };
        this.#note(failure === undefined ? `returns ${code}` : `fails with ${failure.code}`);
        if (failure === undefined) this.#resolve(code);
        else this.#reject(failure);
      };
      this.#leave();
      this.#onDrained = over;
      this.#read();
    });
  }

  /** Sockets and timers end with the process. */
  #leave(): void {
    this.#isGone = true;
    this.record.parked = [];
    this.#clock.stop();
    this.around.network.kill(this.host);
  }
}
