/**
 * Runs the programs of this node, each in a process of its own, for the nodes that coordinate them. A process lives as
 * long as the request that started it: when that is cancelled, or its sender has gone, the process is ended.
 */
import { Key, type KVStore } from "@eau2/kvstore";
import type { Clock, Mesh } from "@eau2/network";
import {
  Eau2Error,
  isEau2Error,
  type KeyRecord,
  type NodeId,
  PROGRAM_WAITS_MAX,
  type ProgramQuietReply,
  type ProgramReport,
  type ProgramStart,
  toEau2Error,
} from "@eau2/protocol";
import { nodeError } from "../programs/node-error.js";
import { Outbox } from "../programs/outbox.js";
import type { ProgramProcess, StartProcess } from "../programs/program-process.js";

/** Programs that one node runs at a time; one more is `BUSY`. */
const PROGRAMS_MAX = 16;
/** Results of finished programs that are kept for a second asking. */
const FINISHED_MAX = 64;
/** How long a directory may be on its way here that names the shards of a node which has just joined. */
const DIRECTORY_LAG_MS = 5_000;
const DIRECTORY_CHECK_MS = 100;
/** Names of sessions have at most this many characters. */
const SESSION_NAME_MAX = 64;

export interface ProgramHostOptions {
  readonly mesh: Mesh;
  readonly store: KVStore;
  readonly clock: Clock;
  /** Makes the process of a program; undefined when this node does not run any. */
  readonly start: StartProcess | undefined;
  readonly memoryBytes: number;
  ready(coordinator: NodeId, request: { readonly id: string; readonly nodeId: NodeId }): Promise<unknown>;
  report(coordinator: NodeId, report: ProgramReport): Promise<unknown>;
}

interface Hosted {
  readonly result: Promise<number>;
  readonly clientName: string;
  /** Undefined while its module is fetched. */
  process: ProgramProcess | undefined;
  waits: readonly KeyRecord[] | undefined;
  endReason: string | undefined;
}

export class ProgramHost {
  #hosted = new Map<string, Hosted>();
  #finished = new Map<string, Promise<number>>();
  #changes = 0;
  #closedBecause: string | undefined;

  constructor(private readonly options: ProgramHostOptions) {}

  get runningCount(): number {
    return this.#hosted.size;
  }

  /** Whether a session is that of a program of this node. */
  isProgram(remote: string): boolean {
    for (const { clientName } of this.#hosted.values()) if (remote === `client ${clientName}`) return true;
    return false;
  }

  /** What of {@link ProgramQuietReply} the programs of this node say. */
  quiet(): ProgramQuietReply {
    const nodeName = this.options.mesh.options.name;
    const waits: ProgramQuietReply["waits"] = [];
    let busy = false;
    for (const [program, { waits: keys }] of this.#hosted) {
      busy ||= keys === undefined;
      for (const key of keys ?? []) waits.push({ program, node: nodeName, key });
    }
    // What does not fit is not judged: better a program that waits than one that is ended by mistake.
    if (waits.length > PROGRAM_WAITS_MAX) return { busy: true, changes: this.#changes, waits: [] };
    return { busy, changes: this.#changes, waits };
  }

  /**
   * Runs a program to its end. The same id is the same program: asked again, also when it has ended, it is not started again.
   * @returns its exit code.
   * @throws {@link Eau2Error} `DENIED`, `BUSY`; what the program threw; `TASK_FAILED`, `MEMORY_EXCEEDED`. They name the node.
   */
  run(program: ProgramStart, signal: AbortSignal): Promise<number> {
    const known = this.#hosted.get(program.id)?.result ?? this.#finished.get(program.id);
    if (known !== undefined) return known;
    const { name } = this.options.mesh.options;
    const refuse = (code: "DENIED" | "BUSY" | "NODE_GONE", why: string) =>
      Promise.reject(
        nodeError(code, `program ${program.name} on node ${name}: ${why}`, { node: name, program: program.name }),
      );
    if (this.options.start === undefined) {
      const why =
        "this node runs no programs; start it with eau2 node --allow-run (who has the token can then run any code on it)";
      return refuse("DENIED", why);
    }
    if (this.#closedBecause !== undefined) return refuse("NODE_GONE", this.#closedBecause);
    if (this.#hosted.size >= PROGRAMS_MAX)
      return refuse("BUSY", `${PROGRAMS_MAX} programs are running here; wait for one to end`);
    const clientName = `program ${program.id} on ${name}`.slice(0, SESSION_NAME_MAX);
    const begin = Promise.resolve().then(() => this.#run(program, hosted, this.options.start!));
    const hosted: Hosted = {
      clientName,
      process: undefined,
      waits: undefined,
      endReason: undefined,
      result: begin
        .catch((thrown: unknown) => {
          throw named(this.#ownEnd(hosted) ?? thrown, program.name, name);
        })
        .finally(() => {
          signal.removeEventListener("abort", onAbort);
          this.#endSession(clientName);
          this.#hosted.delete(program.id);
          this.#keep(program.id, hosted.result);
          this.#changes++;
        }),
    };
    const onAbort = () => this.#endOne(hosted, toEau2Error(signal.reason).message);
    this.#hosted.set(program.id, hosted);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    return hosted.result;
  }

  /** Resolves when nothing of the program is left here. */
  async end(id: string, reason: string): Promise<void> {
    const hosted = this.#hosted.get(id);
    if (hosted === undefined) return;
    this.#endOne(hosted, reason);
    await hosted.result.catch(() => {});
  }

  /** Ends all of them, and takes no more. */
  async close(reason: string): Promise<void> {
    this.#closedBecause = reason;
    await Promise.all([...this.#hosted.keys()].map((id) => this.end(id, reason)));
  }

  /** Its process has gone without a goodbye: nobody needs to wait and see whether it comes back. */
  #endSession(clientName: string): void {
    for (const session of this.options.mesh.sessions)
      if (session.isClient && session.remote === `client ${clientName}`) session.end("its program has ended");
  }

  /** It did not end because anybody wanted it to, but with its node. */
  #ownEnd({ endReason }: Hosted): Eau2Error | undefined {
    const why = this.#closedBecause;
    if (why === undefined || endReason !== why) return undefined;
    return nodeError("NODE_GONE", `it was ended: ${why}; run it again`);
  }

  /** Its answer may be lost with a link, and it is asked for again then. */
  #keep(id: string, result: Promise<number>): void {
    this.#finished.set(id, result);
    if (this.#finished.size > FINISHED_MAX) this.#finished.delete(this.#finished.keys().next().value!);
  }

  #endOne(hosted: Hosted, reason: string): void {
    hosted.endReason ??= reason;
    hosted.process?.end(hosted.endReason);
  }

  async #run(program: ProgramStart, hosted: Hosted, start: StartProcess): Promise<number> {
    const { mesh, clock, memoryBytes, ready, report } = this.options;
    const { id, coordinator, module: key } = program;
    const module = await this.#module(key, hosted);
    if (hosted.endReason !== undefined) throw nodeError("CANCELLED", hosted.endReason);
    const nodeId = mesh.options.id;
    const outbox = new Outbox({
      clock,
      send: (part) => report(coordinator, { id, nodeId, ...part }),
      onFlow: (open) => child.flow(open),
    });
    const child: ProgramProcess = start(
      {
        program,
        module,
        nodeName: mesh.options.name,
        shards: mesh.self.shards,
        address: ownAddress(mesh),
        token: mesh.options.token,
        clientName: hosted.clientName,
        memoryBytes,
      },
      {
        // All nodes have it: now it may run. Refused means that it is being ended.
        ready: () =>
          void ready(coordinator, { id, nodeId }).then(
            () => child.go(),
            () => {},
          ),
        line: (stream, text) => outbox.line(stream, text),
        progress: (progress) => outbox.progress(progress),
        waits: (keys) => {
          const wasParked = hosted.waits !== undefined;
          hosted.waits = keys;
          this.#changes++;
          if (wasParked !== (keys !== undefined)) outbox.parked(keys !== undefined);
        },
      },
    );
    hosted.process = child;
    try {
      return await child.ended;
    } finally {
      await outbox.flushed();
    }
  }

  /**
   * The module lies on its coordinator's node. One that has just joined is known to whoever it asks before the directory
   * that names its shards has arrived there.
   */
  async #module(key: KeyRecord, hosted: Hosted): Promise<Uint8Array> {
    const { clock, store } = this.options;
    const untilMs = clock.now() + DIRECTORY_LAG_MS;
    const fetch = async (): Promise<Uint8Array | undefined> => {
      try {
        return await store.get(Key.from(key));
      } catch (error) {
        const isOver = hosted.endReason !== undefined || clock.now() >= untilMs;
        if (isOver || !isEau2Error(error, "HOME_UNKNOWN")) throw error;
        await new Promise<void>((resolve) => void clock.after(DIRECTORY_CHECK_MS, resolve));
        return fetch();
      }
    };
    const module = await fetch();
    if (module !== undefined) return module;
    throw nodeError("DATA_INVALID", `its module "${key.name}" of shard ${key.home} is not in the store; run it again`);
  }
}

/** The failure with the node's name, and the stack of the program, which is all that helps who wrote it. */
const named = (thrown: unknown, program: string, node: string): Eau2Error => {
  const error = toEau2Error(thrown);
  const message = `program ${program} on node ${node}: ${error.message}`;
  const result = new Eau2Error(error.code, message, { ...error.details, node, program }, { cause: error });
  if (error.stack !== undefined) result.stack = error.stack;
  return result;
};

/** A node that listens on all addresses is reached by the loopback one. */
const ownAddress = (mesh: Mesh): string =>
  (mesh.boundAddress ?? mesh.self.address).replace(/^0\.0\.0\.0:/, "127.0.0.1:").replace(/^\[::\]:/, "[::1]:");
