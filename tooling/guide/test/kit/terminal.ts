/** A terminal that somebody types into: one shell for as long as it is open, whose output is kept as it is seen. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LIMIT_MS = 200_000;

export interface Typed {
  readonly output: string;
  /** Exit code of its last command; undefined while that runs. */
  readonly code: number | undefined;
}

export class Terminal implements AsyncDisposable {
  readonly #shell: ChildProcess;
  readonly #scripts = mkdtempSync(join(tmpdir(), "eau2-typed-"));
  readonly #closed: Promise<unknown>;
  #count = 0;
  #output = "";
  #hasEnded = false;
  #onOutput: () => void = () => {};

  constructor(
    readonly name: string,
    { folder, environment }: { readonly folder: string; readonly environment: NodeJS.ProcessEnv },
  ) {
    // A group of its own: what is left running ends with the terminal.
    this.#shell = spawn("bash", ["--norc", "--noprofile"], {
      cwd: folder,
      env: environment,
      stdio: "pipe",
      detached: true,
    });
    this.#closed = once(this.#shell, "close").then(() => {
      this.#hasEnded = true;
      this.#onOutput();
    });
    for (const stream of [this.#shell.stdout!, this.#shell.stderr!])
      stream.on("data", (data: Buffer) => {
        this.#output += data.toString();
        this.#onOutput();
      });
    // Aliases work where people type; both streams are seen in one place, in order.
    this.#shell.stdin!.write("shopt -s expand_aliases; exec 2>&1\n");
  }

  /** Types lines, once what was typed before has ended. */
  async type(lines: string): Promise<void> {
    if (this.#count > 0) await this.ended();
    this.#count++;
    this.#output = "";
    const file = join(this.#scripts, `${this.#count}.sh`);
    writeFileSync(file, lines);
    this.#shell.stdin!.write(`. ${file} </dev/null\necho "${this.#mark}$?"\n`);
  }

  get typed(): Typed {
    const at = this.#output.indexOf(this.#mark);
    if (at < 0) return { output: this.#output, code: undefined };
    return {
      output: this.#output.slice(0, at),
      code: Number(/^\d+/.exec(this.#output.slice(at + this.#mark.length))![0]),
    };
  }

  /** What was typed last, once it has ended. */
  ended(): Promise<Typed> {
    return this.once("its end", ({ code }) => code !== undefined);
  }

  /** What was typed last, once it is as it should be, or has ended. @throws when it takes far too long. */
  async once(what: string, isSo: (typed: Typed) => boolean): Promise<Typed> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const say = (why: string) => reject(new Error(`terminal ${this.name}: ${what}: ${why}:\n${this.#output}`));
        timer = setTimeout(() => say(`not within ${LIMIT_MS} ms`), LIMIT_MS);
        this.#onOutput = () => {
          const { typed } = this;
          if (typed.code !== undefined || isSo(typed)) resolve();
          else if (this.#hasEnded) say("the shell has ended");
        };
        this.#onOutput();
      });
    } finally {
      clearTimeout(timer);
      this.#onOutput = () => {};
    }
    return this.typed;
  }

  get #mark(): string {
    return `\u0001typed ${this.#count}: `;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      process.kill(-this.#shell.pid!, "SIGKILL");
    } catch {
      // All of it has ended.
    }
    await this.#closed;
    rmSync(this.#scripts, { recursive: true });
  }
}
