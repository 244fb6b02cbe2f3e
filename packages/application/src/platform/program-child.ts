/** Where the process of a program begins: it connects to its node, loads the module, runs it and goes. */
import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import {
  boolean,
  DataFrame,
  DistributedArray,
  date,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  list,
  schema,
  timestamp,
  utf8,
} from "@eau2/dataframe";
import { errorToRecord } from "@eau2/network";
import { Eau2Error, type ErrorRecord, toEau2Error } from "@eau2/protocol";
import { parkedKeys } from "../programs/parked-keys.js";
import type { FromProgram, ProgramInit, ToProgram } from "../programs/program-messages.js";
import type { Application, ProgramContext, ProgramFrames } from "../programs/program-types.js";
import type { Eau2 } from "../session/eau2.js";
import { importProblem } from "./import-problem.js";
import { withManyListeners } from "./many-listeners.js";
import { open } from "./open.js";

/** How often it looks whether all that it does is wait. */
const PARKED_CHECK_MS = 100;
const PHASE_LENGTH_MAX = 64;

const frames: ProgramFrames = {
  DataFrame,
  DistributedArray,
  schema,
  boolean,
  int8,
  int16,
  int32,
  int64,
  float32,
  float64,
  utf8,
  date,
  timestamp,
  list,
};

const tell = (message: FromProgram): Promise<void> =>
  new Promise((resolve) => {
    if (process.connected) process.send!(message, () => resolve());
    else resolve();
  });

/** The program's own stack, and what it was caused by: that is what who wrote it needs. */
const recordOf = (thrown: unknown): ErrorRecord => {
  const record = errorToRecord(toEau2Error(thrown, "TASK_FAILED"));
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : record.message;
  return { ...record, stack: stack.slice(0, 8_192) };
};

/**
 * By default what does not fit into a pipe waits in memory, without a bound, and is lost by `process.exit`. Here printing
 * waits for the reader instead. Node documents it as the behaviour of pipes, but does it only when told to.
 */
const printSynchronously = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    const { _handle: handle } = stream as { readonly _handle?: { setBlocking?(isBlocking: boolean): void } };
    handle?.setBlocking?.(true);
  }
};

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write("", () => resolve()));

/** Whatever the program has left open (timers, sockets, threads) does not keep its process. */
const finish = async (message: FromProgram): Promise<never> => {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  await tell(message);
  process.exit(message.kind === "done" ? message.code : 1);
};

const fail = (thrown: unknown): Promise<never> => finish({ kind: "failed", error: recordOf(thrown) });

/** The module, in a folder of its own: an argument, so that it is known before the node says anything. */
const file = process.argv[2]!;

/** Nothing is left on the disk, however this process or its node ends. */
const removeModule = (): void => rmSync(dirname(file), { recursive: true, force: true });

/**
 * A program that computes without a pause does not notice that its node has gone. This thread does.
 */
const dieWithParent = (): void => {
  const source = `
    const { parent, folder } = require("node:worker_threads").workerData;
    setInterval(() => {
      if (process.ppid === parent) return;
      require("node:fs").rmSync(folder, { recursive: true, force: true });
      process.kill(process.pid, "SIGKILL");
    }, 500);`;
  // Asked for here: the thread may begin when the node has gone already.
  new Worker(source, { eval: true, workerData: { parent: process.ppid, folder: dirname(file) } }).unref();
};

const countResources = (): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
};

/** Reports to the node when the program begins, or ends, to do nothing but wait for keys. */
const watchWaits = (eau2: Eau2, signal: AbortSignal, own: ReadonlyMap<string, number>): void => {
  let last = "";
  const timer = setInterval(() => {
    // Only then the costlier question, whether a timer, a socket or a file may wake it.
    let keys = parkedKeys(eau2.client.session.outgoing.pending(), signal);
    if (keys !== undefined && [...countResources()].some(([kind, count]) => count > (own.get(kind) ?? 0)))
      keys = undefined;
    const now = keys === undefined ? "" : JSON.stringify(keys);
    if (now === last) return;
    last = now;
    void tell({ kind: "waits", keys });
  }, PARKED_CHECK_MS);
  timer.unref();
};

interface Loaded {
  readonly application: Application;
  /** The bytes of its file. */
  readonly source: Uint8Array;
}

const load = async ({ programName }: ProgramInit): Promise<Loaded> => {
  let module: { readonly default?: unknown; readonly run?: unknown };
  let source: Uint8Array;
  try {
    source = readFileSync(file);
    module = (await import(pathToFileURL(file).href)) as typeof module;
  } catch (error) {
    throw importProblem(error);
  } finally {
    // Loaded, with its map.
    removeModule();
  }
  const candidates = [module.default as { readonly run?: unknown } | undefined, module];
  const application = candidates.find((one) => typeof one?.run === "function");
  if (application !== undefined) return { application: application as Application, source };
  throw new Eau2Error(
    "USAGE",
    `${programName} exports no run(context): write export default { run: async (context) => {...} }; a file that calls open() itself is a client, which node runs and eau2 run does not`,
  );
};

const exitCodeOf = (returned: unknown): number => {
  const code = typeof returned === "number" ? returned : Number(process.exitCode ?? 0);
  return Number.isInteger(code) && code >= 0 && code <= 255 ? code : 0;
};

/** Of many calls in one turn the last one counts: a loop over rows may call it for each of them. */
const progressTeller = (): ProgramContext["progress"] => {
  let latest: FromProgram | undefined;
  return (done, total, phase = "") => {
    const isFirst = latest === undefined;
    latest = {
      kind: "progress",
      phase: phase.slice(0, PHASE_LENGTH_MAX),
      done: Math.max(0, Number(done) || 0),
      total: Math.max(0, Number(total) || 0),
    };
    if (!isFirst) return;
    setImmediate(() => {
      const message = latest!;
      latest = undefined;
      void tell(message);
    }).unref();
  };
};

const main = async (init: ProgramInit, gone: Promise<void>, signal: AbortSignal): Promise<void> => {
  const { address, token, clientName, node, nodes, nodeName, shards, args, programName } = init;
  const eau2 = await open(`ws://${address}`, { token, name: clientName, localShards: shards });
  const own = countResources();
  const { application, source } = await load(init);
  await tell({ kind: "ready" });
  await gone;
  watchWaits(eau2, signal, own);
  const returned = await application.run({
    node,
    nodes,
    nodeName,
    args,
    store: eau2.store,
    eau2,
    frames,
    module: (exportName) => ({ label: programName, exportName, source: () => Promise.resolve(source) }),
    signal,
    log: (...values) => console.log(...values),
    progress: progressTeller(),
  });
  await finish({ kind: "done", code: exitCodeOf(returned) });
};

const begin = (): void => {
  const controller = new AbortController();
  const signal = withManyListeners(controller.signal);
  let go = () => {};
  const started = new Promise<void>((resolve) => {
    go = resolve;
  });
  process.on("uncaughtException", (error) => void fail(error));
  process.on("unhandledRejection", (error) => void fail(error));
  // Ctrl-C in the terminal of a node goes to all of its processes; the node decides when a program ends.
  process.on("SIGINT", () => {});
  process.on("disconnect", () => process.exit(1));
  process.on("message", (message: ToProgram) => {
    switch (message.kind) {
      case "init":
        main(message, started, signal).catch((error: unknown) => fail(importProblem(error)));
        return;
      case "go":
        go();
        return;
      case "end":
        controller.abort(new Eau2Error("CANCELLED", message.reason));
        return;
      default:
        message satisfies never;
    }
  });
};

dieWithParent();
process.on("exit", removeModule);
// The streams are made here: on first use they would look like something that the program has opened.
printSynchronously();
begin();
