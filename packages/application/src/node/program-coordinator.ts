/**
 * Coordinates programs that clients ask this node to run: starts them everywhere, holds them until all are there, hands
 * on what they print, and ends all of one when a part fails, its client goes, or it waits for ever. What to do is decided
 * by {@link stepLife}; this is the shell.
 */
import { Key, type KVStore } from "@eau2/kvstore";
import { type Clock, errorToRecord, type Mesh, type Session } from "@eau2/network";
import {
  type DirectoryNode,
  Eau2Error,
  type NodeId,
  type ProgramFollowReply,
  type ProgramQuietReply,
  type ProgramReport,
  type ProgramRun,
  type ProgramRunReply,
  type ProgramStart,
  toEau2Error,
} from "@eau2/protocol";
import { DEADLOCK_CHECK_MS, deadlockError, quietMark, stayedQuiet } from "../programs/deadlock.js";
import { Mailbox } from "../programs/mailbox.js";
import {
  type ProgramEffect,
  type ProgramEvent,
  type ProgramLife,
  startLife,
  stepLife,
} from "../programs/program-life.js";

/** Programs that one node coordinates at a time; one more is `BUSY`. */
const PROGRAMS_COORDINATED_MAX = 64;
/** Answers of finished programs that are kept for a second asking. */
const FINISHED_MAX = 64;
/** How long a node may take to end a program before it is no longer waited for. */
const END_LIMIT_MS = 10_000;
const QUIET_TIMEOUT_MS = 2_000;

export interface CoordinatorOptions {
  readonly mesh: Mesh;
  readonly store: KVStore;
  readonly clock: Clock;
  /** To a node, or to this one. */
  start(nodeId: NodeId, request: ProgramStart, signal: AbortSignal): Promise<number>;
  end(nodeId: NodeId, id: string, reason: string, timeoutMs: number): Promise<unknown>;
  quiet(nodeId: NodeId, timeoutMs: number): Promise<ProgramQuietReply>;
}

type Outcome = Extract<ProgramEffect, { readonly kind: "over" }>;

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
  refuse(error: Eau2Error): void;
}

const newGate = (): Gate => {
  let open = () => {};
  let refuse: Gate["refuse"] = () => {};
  const opened = new Promise<void>((resolve, reject) => {
    open = resolve;
    refuse = reject;
  });
  opened.catch(() => {}); // Whoever waits at it is told; perhaps nobody does.
  return { opened, open, refuse };
};

/** It went well, and yet whoever asked for it has not seen all of it. */
const lostOutput = (program: string, lines: number): Eau2Error | undefined => {
  if (lines === 0) return undefined;
  const why = `its last ${lines} lines were not read: its node is ending, or nothing was heard of its client for too long`;
  return new Eau2Error("NODE_GONE", `program ${program}: ${why}; run it again`, { lines });
};

interface Coordinated {
  readonly request: ProgramRun;
  readonly starter: Session | undefined;
  readonly nodes: readonly DirectoryNode[];
  readonly mailbox: Mailbox;
  readonly gate: Gate;
  /** Ends the request that a node's process lives in. */
  readonly starts: readonly AbortController[];
  /** Number of the last report of each node. */
  readonly reported: number[];
  life: ProgramLife;
  cancelWatch: (() => void) | undefined;
  readonly over: Promise<Outcome>;
  finish(outcome: Outcome): void;
}

export class ProgramCoordinator {
  #running = new Map<string, { readonly program: Coordinated; readonly result: Promise<ProgramRunReply> }>();
  #finished = new Map<string, ProgramRunReply>();

  constructor(private readonly options: CoordinatorOptions) {}

  get runningCount(): number {
    return this.#running.size;
  }

  /** Whether a session is that of somebody who waits for a program of this node. */
  isStarter(session: Session): boolean {
    for (const { program } of this.#running.values()) if (program.starter === session) return true;
    return false;
  }

  /** The same id is the same program: asked again (after a reconnect) it is not started again. */
  run(request: ProgramRun, starter: Session, signal: AbortSignal): Promise<ProgramRunReply> {
    const finished = this.#finished.get(request.id);
    if (finished !== undefined) return Promise.resolve(finished);
    const running = this.#running.get(request.id);
    if (running !== undefined) return running.result;
    if (this.#running.size >= PROGRAMS_COORDINATED_MAX) {
      const why = `${PROGRAMS_COORDINATED_MAX} programs were started through this node; wait for one to end`;
      return Promise.reject(new Eau2Error("BUSY", `program ${request.name}: ${why}`));
    }
    const nodes = this.options.mesh.view().nodes.filter(({ state }) => state === "up");
    let finish: Coordinated["finish"] = () => {};
    const over = new Promise<Outcome>((resolve) => {
      finish = resolve;
    });
    const program: Coordinated = {
      request,
      starter,
      nodes,
      mailbox: new Mailbox(),
      gate: newGate(),
      starts: nodes.map(() => new AbortController()),
      reported: nodes.map(() => 0),
      life: startLife(nodes.length),
      cancelWatch: undefined,
      over,
      finish,
    };
    const result = this.#run(program, signal).finally(() => this.#running.delete(request.id));
    this.#running.set(request.id, { program, result });
    return result;
  }

  /** What a program has printed since. @throws {@link Eau2Error} `USAGE` for a program that is not known here */
  async follow(id: string, after: number, signal: AbortSignal): Promise<ProgramFollowReply> {
    const running = this.#running.get(id);
    if (running !== undefined) return running.program.mailbox.next(after, signal);
    // Its client has everything: it asks again because its link broke.
    if (this.#finished.has(id)) return { number: after, lines: [], progress: [], ended: true };
    throw new Eau2Error("USAGE", `program ${id} is not known on this node; ask the one that was told to run it`);
  }

  /** Resolves when the program may run on a node that has loaded it. */
  async ready(id: string, nodeId: NodeId): Promise<void> {
    const { program, node } = this.#part(id, nodeId);
    this.#dispatch(program, { kind: "ready", node });
    await program.gate.opened;
  }

  /** Takes in what a node reports; resolves when there is room for more. */
  async report({ id, nodeId, number, lines, progress, parked }: ProgramReport): Promise<void> {
    const { program, node } = this.#part(id, nodeId);
    if (number > program.reported[node]!) {
      program.reported[node] = number;
      if (parked !== undefined) this.#dispatch(program, { kind: "parked", node, parked });
      await program.mailbox.post(program.nodes[node]!.name, lines, progress);
    }
  }

  /** Ends all programs that were started through this node. */
  async close(reason: string): Promise<void> {
    await Promise.all(
      [...this.#running.values()].map(async ({ program }) => {
        const message = `program ${program.request.name}: ${reason}`;
        this.#dispatch(program, { kind: "stopped", error: new Eau2Error("NODE_GONE", message) });
        await program.over;
        program.mailbox.abandon();
      }),
    );
  }

  #part(id: string, nodeId: NodeId): { readonly program: Coordinated; readonly node: number } {
    const program = this.#running.get(id)?.program;
    const node = program?.nodes.findIndex((one) => one.id === nodeId) ?? -1;
    if (program === undefined || node < 0)
      throw new Eau2Error("CANCELLED", `program ${id} does not run any more on the node that coordinates it`);
    return { program, node };
  }

  async #run(program: Coordinated, signal: AbortSignal): Promise<ProgramRunReply> {
    const { request, nodes, mailbox } = program;
    const onAbort = () => {
      // Nobody reads what is printed from now on.
      mailbox.abandon();
      const error = new Eau2Error("CANCELLED", `program ${request.name}: ${toEau2Error(signal.reason).message}`);
      this.#dispatch(program, { kind: "stopped", error });
    };
    // After the table knows it: a node may report at once.
    await Promise.resolve();
    for (const index of nodes.keys()) void this.#start(program, index);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    const { code, failure } = await program.over;
    mailbox.close();
    await mailbox.drained();
    signal.removeEventListener("abort", onAbort);
    const names = nodes.map(({ name }) => name);
    const error = failure ?? lostOutput(request.name, mailbox.lostLines);
    const reply: ProgramRunReply =
      error === undefined ? { nodes: names, code } : { nodes: names, code: 1, failure: errorToRecord(error) };
    this.#finished.set(request.id, reply);
    if (this.#finished.size > FINISHED_MAX) this.#finished.delete(this.#finished.keys().next().value!);
    return reply;
  }

  async #start(program: Coordinated, node: number): Promise<void> {
    const { request, nodes, starts } = program;
    const { id, name } = nodes[node]!;
    const coordinator = this.options.mesh.options.id;
    try {
      const start = { ...request, coordinator, node, nodes: nodes.length };
      const code = await this.options.start(id, start, starts[node]!.signal);
      this.#dispatch(program, { kind: "ended", node, code });
    } catch (thrown) {
      this.#dispatch(program, { kind: "failed", node, error: this.#failure(toEau2Error(thrown), request.name, name) });
    }
  }

  /** A node that has gone did not say so itself. */
  #failure(error: Eau2Error, program: string, node: string): Eau2Error {
    const isItsOwn = error.details.program !== undefined;
    if (isItsOwn || (error.code !== "PEER_GONE" && error.code !== "NODE_GONE")) return error;
    const message = `program ${program}: node ${node} has gone while it ran; see eau2 status, and run it again`;
    return new Eau2Error("NODE_GONE", message, { node }, { cause: error });
  }

  #dispatch(program: Coordinated, event: ProgramEvent): void {
    const [life, effects] = stepLife(program.life, event);
    program.life = life;
    for (const effect of effects) this.#act(program, effect);
  }

  #act(program: Coordinated, effect: ProgramEffect): void {
    switch (effect.kind) {
      case "go":
        program.gate.open();
        return;
      case "end":
        program.gate.refuse(effect.error);
        for (const node of effect.nodes) void this.#end(program, node, effect.error);
        return;
      case "watch":
        program.cancelWatch?.();
        program.cancelWatch = effect.on ? this.#watch(program) : undefined;
        return;
      case "over":
        program.cancelWatch?.();
        program.finish(effect);
        return;
      default:
        effect satisfies never;
    }
  }

  async #end(program: Coordinated, node: number, error: Eau2Error): Promise<void> {
    const { request, nodes, starts } = program;
    try {
      await this.options.end(nodes[node]!.id, request.id, error.message.slice(0, 1_024), END_LIMIT_MS);
    } catch {
      // Gone, or it does not answer: its own request ends it, or says that it has gone.
    }
    starts[node]!.abort(error);
  }

  /** Looks again and again whether all that is left of the program waits for ever. @returns ends it */
  #watch(program: Coordinated): () => void {
    const { clock } = this.options;
    let before: string | undefined;
    let isOn = true;
    let cancel = () => {};
    const again = () => {
      cancel = clock.after(DEADLOCK_CHECK_MS, () => void check());
    };
    const check = async () => {
      const replies = await this.#askAll();
      const now = replies === undefined ? undefined : quietMark(replies);
      const waits = replies?.flatMap((reply) => reply.waits) ?? [];
      const isDead = stayedQuiet(before, now) && (await this.#areMissing(waits.map(({ key }) => Key.from(key))));
      if (!isOn) return;
      before = now;
      if (isDead) this.#dispatch(program, { kind: "stopped", error: deadlockError(program.request, waits) });
      else again();
    };
    again();
    return () => {
      isOn = false;
      cancel();
    };
  }

  /** What every node that is there says; undefined when one did not answer. */
  async #askAll(): Promise<ProgramQuietReply[] | undefined> {
    const nodes = this.options.mesh.view().nodes.filter(({ state }) => state !== "gone");
    try {
      return await Promise.all(nodes.map(({ id }) => this.options.quiet(id, QUIET_TIMEOUT_MS)));
    } catch {
      return undefined;
    }
  }

  async #areMissing(keys: readonly Key[]): Promise<boolean> {
    try {
      const found = await Promise.all(keys.map((key) => this.options.store.has(key, { timeoutMs: QUIET_TIMEOUT_MS })));
      return !found.includes(true);
    } catch {
      return false; // a home has gone: the wait ends with that
    }
  }
}
