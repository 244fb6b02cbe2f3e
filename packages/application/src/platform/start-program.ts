/**
 * The process of a program: a child of the node with limits of its own. What it does wrong (throw, take all memory, never
 * end) ends the child and not the node. That is no sandbox: it may do what the user of the node may.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { errorFromRecord } from "@eau2/network";
import { type Eau2Error, toEau2Error } from "@eau2/protocol";
import { LineSplitter } from "../programs/line-splitter.js";
import { nodeError } from "../programs/node-error.js";
import type { FromProgram, ToProgram } from "../programs/program-messages.js";
import type { ProcessEvents, ProcessOptions, ProgramProcess } from "../programs/program-process.js";
import { residentBytes } from "./resident-bytes.js";
import { sha256Hex } from "./sha256.js";

const MEBIBYTE = 1024 ** 2;
/** How long a program may take to load. */
const LOAD_LIMIT_MS = 60_000;
/** How long a program that is told to end may still run. */
const END_GRACE_MS = 3_000;
const MEMORY_CHECK_MS = 100;
/** What it has left in its pipes is read for this long after its end; a process of its own may hold them open. */
const OUTPUT_GRACE_MS = 1_000;
/** What is kept of the end of its standard error, to see why it was aborted. */
const LAST_WORDS_MAX = 20;

/** From source the child needs what the parent runs with. */
const childEntry = (): { readonly flags: readonly string[]; readonly path: string } => {
  const here = import.meta.url;
  if (here.endsWith(".ts"))
    return { flags: ["--import", "tsx"], path: fileURLToPath(new URL("./program-child.ts", here)) };
  return { flags: [], path: fileURLToPath(new URL("./platform/program-child.js", here)) };
};

/** What the node was told about its cluster is nobody else's business. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("EAU2_")));

export const startProgram = (options: ProcessOptions, events: ProcessEvents): ProgramProcess => {
  const { program, module } = options;
  if (sha256Hex(module) !== program.sha256)
    throw nodeError("DATA_INVALID", "its module has another hash than it was started with; run it again");
  const folder = mkdtempSync(join(tmpdir(), "eau2-program-"));
  try {
    const file = join(folder, "program.mjs");
    writeFileSync(file, module);
    return new ChildProgram(options, events, folder, file);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
};

class ChildProgram implements ProgramProcess {
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;
  #failure: Eau2Error | undefined;
  #doneCode: number | undefined;
  #isOpen = true;
  /** Read from its pipes so far. */
  #pieces = 0;
  #lastWords: string[] = [];
  #timers = new Set<NodeJS.Timeout>();
  #stopWatching = () => {};
  #loadTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: ProcessOptions,
    private readonly events: ProcessEvents,
    folder: string,
    file: string,
  ) {
    const { program, memoryBytes } = options;
    const { flags, path } = childEntry();
    const heap = `--max-old-space-size=${Math.max(1, Math.floor(memoryBytes / MEBIBYTE))}`;
    this.#child = spawn(process.execPath, [heap, "--enable-source-maps", ...flags, path, file], {
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "advanced",
    });
    this.ended = this.#end().finally(() => {
      for (const timer of this.#timers) clearTimeout(timer);
      this.#stopWatching();
      rmSync(folder, { recursive: true, force: true });
    });
    this.#child.on("message", (message) => this.#hear(message as FromProgram));
    const { address, token, clientName, nodeName, shards } = options;
    const { node, nodes, args, name } = program;
    this.#tell({
      kind: "init",
      programName: name,
      address,
      token,
      clientName,
      node,
      nodes,
      nodeName,
      shards,
      args,
    });
    this.#loadTimer = this.#after(LOAD_LIMIT_MS, () =>
      this.#kill(
        nodeError("DEADLINE", `it was not loaded within ${LOAD_LIMIT_MS} ms; do the work inside run(context)`),
      ),
    );
    this.#watchMemory();
  }

  go(): void {
    this.#tell({ kind: "go" });
  }

  end(reason: string): void {
    this.#failure ??= nodeError("CANCELLED", `it was ended: ${reason}`);
    this.#tell({ kind: "end", reason });
    this.#after(END_GRACE_MS, () => this.#child.kill("SIGKILL"));
  }

  flow(open: boolean): void {
    this.#isOpen = open;
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (open) stream?.resume();
      else stream?.pause();
    }
  }

  #tell(message: ToProgram): void {
    // It may be gone already: its end says why.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #hear(message: FromProgram): void {
    switch (message.kind) {
      case "ready":
        clearTimeout(this.#loadTimer);
        this.events.ready();
        return;
      case "progress": {
        const { phase, done, total } = message;
        this.events.progress({ phase, done, total });
        return;
      }
      case "waits":
        this.events.waits(message.keys);
        return;
      case "done":
        this.#doneCode = message.code;
        return;
      case "failed":
        this.#failure ??= programError(message.error);
        return;
      default:
        message satisfies never;
    }
  }

  async #end(): Promise<number> {
    const child = this.#child;
    const outputs = [this.#read(child.stdout!, "stdout"), this.#read(child.stderr!, "stderr")];
    const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(
      (resolve, reject) => {
        child.once("error", (error) =>
          reject(nodeError("TASK_FAILED", `its process could not be started: ${error.message}`)),
        );
        child.once("exit", (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }));
      },
    );
    this.#stopWatching();
    this.#letGoOfOutput();
    await Promise.all(outputs);
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#doneCode !== undefined) return this.#doneCode;
    if (code !== null) return code;
    throw this.#killed(signal);
  }

  /** Its pipes end with it, unless it has started a process that holds them. */
  #letGoOfOutput(): void {
    const piecesBefore = this.#pieces;
    this.#after(OUTPUT_GRACE_MS, () => {
      if (!this.#isOpen || this.#pieces !== piecesBefore) this.#letGoOfOutput();
      else for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.destroy();
    });
  }

  #killed(signal: NodeJS.Signals | null): Eau2Error {
    const limit = this.options.memoryBytes;
    if (signal === "SIGABRT" && this.#lastWords.some((line) => /heap (out of memory|limit)/i.test(line))) {
      return nodeError(
        "MEMORY_EXCEEDED",
        `its heap reached the limit of ${mebibytes(limit)} (--program-memory of the node); keep less at a time, or allow more`,
        { bytesMax: limit },
      );
    }
    return nodeError("TASK_FAILED", `its process was ended by ${signal}`, { signal: signal ?? "" });
  }

  async #read(stream: Readable, name: "stdout" | "stderr"): Promise<void> {
    const splitter = new LineSplitter();
    const emit = (lines: readonly string[]) => {
      for (const line of lines) {
        if (name === "stderr" && this.#lastWords.push(line) > LAST_WORDS_MAX) this.#lastWords.shift();
        this.events.line(name, line);
      }
    };
    stream.on("data", (piece: Uint8Array) => {
      this.#pieces++;
      emit(splitter.push(piece));
    });
    await new Promise<void>((resolve) => {
      stream.once("close", resolve);
      stream.once("error", () => resolve());
    });
    emit(splitter.end());
  }

  #watchMemory(): void {
    const { memoryBytes } = this.options;
    const { pid } = this.#child;
    if (pid === undefined) return;
    const timer = setInterval(() => {
      void residentBytes(pid).then((bytes) => {
        if (bytes === undefined || bytes <= memoryBytes) return;
        const why = `it has ${mebibytes(bytes)} of memory, and the limit is ${mebibytes(memoryBytes)} (--program-memory of the node); keep less at a time, or allow more`;
        this.#kill(nodeError("MEMORY_EXCEEDED", why, { bytes, bytesMax: memoryBytes }));
      });
    }, MEMORY_CHECK_MS);
    timer.unref();
    this.#stopWatching = () => clearInterval(timer);
  }

  #kill(failure: Eau2Error): void {
    this.#failure ??= failure;
    this.#child.kill("SIGKILL");
  }

  #after(delayMs: number, run: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, delayMs);
    this.#timers.add(timer);
    return timer;
  }
}

const mebibytes = (bytes: number): string => `${(bytes / MEBIBYTE).toFixed(0)} MiB`;

/** Its own error, with its own stack: where it was asked for here helps nobody. */
const programError = (record: Parameters<typeof errorFromRecord>[0]): Eau2Error => {
  const error = toEau2Error(errorFromRecord(record, "the program"));
  error.stack = record.stack;
  return error;
};
