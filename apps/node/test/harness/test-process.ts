/** A process under test: what it prints is kept, its end can be awaited, and it never outlives its test. */
import { type ChildProcess, spawn } from "node:child_process";

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Finished extends Exit {
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** What it reads; nothing by default. */
  readonly input?: Uint8Array | string;
  /** A process group of its own, so that a signal can go to it and its children, as a terminal's does. */
  readonly group?: boolean;
}

const LIMIT_MS = 40_000;

export class TestProcess {
  readonly child: ChildProcess;
  readonly #closed: Promise<Exit>;
  #stdout: Buffer[] = [];
  #stderr = "";
  #onOutput: (() => void) | undefined;
  #hasEnded = false;
  readonly #isGroup: boolean;

  constructor(
    readonly title: string,
    args: readonly string[],
    { env, cwd, input, group = false }: ProcessOptions,
  ) {
    this.#isGroup = group;
    this.child = spawn(process.execPath, args, { env, cwd, stdio: "pipe", detached: group });
    const { stdin, stdout, stderr } = this.child;
    stdout!.on("data", (data: Buffer) => {
      this.#stdout.push(data);
      this.#onOutput?.();
    });
    stderr!.on("data", (data: Buffer) => {
      this.#stderr += data.toString();
      this.#onOutput?.();
    });
    // It may end without reading what it was given.
    stdin!.on("error", () => {});
    stdin!.end(input ?? "");
    this.#closed = new Promise((resolve) => {
      this.child.once("close", (code, signal) => {
        this.#hasEnded = true;
        this.#onOutput?.();
        resolve({ code, signal });
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get stdout(): Buffer {
    return Buffer.concat(this.#stdout);
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The first match in what it prints on either stream. @throws when it ends, or the limit passes, without one. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => {
        finish();
        reject(new Error(`${this.title} ${why} without printing ${pattern}:\n${this.stdout}\n${this.#stderr}`));
      };
      const timer = setTimeout(() => fail(`went ${LIMIT_MS} ms`), LIMIT_MS);
      const finish = () => {
        clearTimeout(timer);
        this.#onOutput = undefined;
      };
      const look = () => {
        const match = pattern.exec(this.stdout.toString()) ?? pattern.exec(this.#stderr);
        if (match === null) {
          if (this.#hasEnded) fail("ended");
          return;
        }
        finish();
        resolve(match);
      };
      this.#onOutput = look;
      look();
    });
  }

  /** Its end, with everything that it printed. */
  async finished(limitMs = LIMIT_MS): Promise<Finished> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const why = `${this.title} did not end within ${limitMs} ms`;
      timer = setTimeout(() => reject(new Error(`${why}:\n${this.stdout}\n${this.#stderr}`)), limitMs);
    });
    try {
      const exit = await Promise.race([this.#closed, late]);
      return { ...exit, stdout: this.stdout, stderr: this.#stderr };
    } finally {
      clearTimeout(timer);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** What ctrl-C in a terminal does: the signal goes to the whole process group. */
  signalGroup(name: NodeJS.Signals): void {
    process.kill(-this.pid, name);
  }

  /** Ends it at once, as `kill -9` does. */
  async kill(): Promise<void> {
    if (!this.#hasEnded) this.child.kill("SIGKILL");
    await this.#closed;
  }

  /** Ends it, and in a group of its own what it has started too. @throws when it had ended and left something behind. */
  async cleanUp(): Promise<void> {
    const hadEnded = this.#hasEnded;
    if (this.#isGroup && this.#signalsGroup("SIGKILL") && hadEnded)
      throw new Error(`${this.title} has ended, but something that it started was still running`);
    await this.kill();
  }

  /** @returns whether there was anybody to get it. */
  #signalsGroup(name: NodeJS.Signals): boolean {
    try {
      process.kill(-this.pid, name);
      return true;
    } catch {
      return false;
    }
  }
}
