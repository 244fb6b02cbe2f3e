/**
 * Processes that take part in a comparison. Each is a file of its own that hands its handlers to `serveParent`; the parent
 * asks by name and waits, so whatever is timed is timed inside the child and messages cost nothing that is measured.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Eau2Error } from "@eau2/protocol";

export type Handlers = Readonly<Record<string, (args: never) => unknown>>;

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

const END_TIMEOUT_MS = 5_000;

/** The file of an arm: beside this one in source, one folder down once built (this module is then part of a chunk). */
const armUrl = (name: string): URL =>
  import.meta.url.endsWith(".ts")
    ? new URL(`./arms/${name}.ts`, import.meta.url)
    : new URL(`./platform/arms/${name}.js`, import.meta.url);

export class Child<Handled extends Handlers> implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #nextId = 0;

  /** @param name - of the file in `arms/`. It is started with the flags of this process: `node --cpu-prof` profiles all. */
  constructor(readonly name: string) {
    this.#process = fork(armUrl(name), {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      // Typed arrays, not-a-number and big integers arrive as what they are.
      serialization: "advanced",
    });
    this.#process.on("message", (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.error === undefined) waiting?.resolve(answer.value);
      else waiting?.reject(new Eau2Error("INTERNAL", `bench process ${name}: ${answer.error}`));
    });
    this.#process.on("exit", (code, signal) => {
      const error = new Eau2Error(
        "INTERNAL",
        `bench process ${name} ended with ${signal ?? code}; see its output above`,
      );
      for (const waiting of this.#waiting.values()) waiting.reject(error);
      this.#waiting.clear();
    });
  }

  ask<Kind extends keyof Handled & string>(
    kind: Kind,
    args: Parameters<Handled[Kind]>[0],
  ): Promise<Awaited<ReturnType<Handled[Kind]>>> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#process.send({ id, kind, args });
    });
  }

  /** Ends the process: by closing its channel, then, if it stays, by force. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), END_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }
}

/** The other side of {@link Child}: answers until the parent lets go, then ends the process. */
export const serveParent = (handlers: Handlers, end: () => Promise<void> = async () => {}): void => {
  process.on("message", async ({ id, kind, args }: { id: number; kind: string; args: unknown }) => {
    const send = (answer: Answer) => process.send?.(answer);
    try {
      const handler = handlers[kind];
      if (handler === undefined) throw new Error(`invariant: no handler for ${kind}`);
      send({ id, value: await handler(args as never) });
    } catch (error) {
      send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.on("disconnect", () => {
    void end().finally(() => process.exit(0));
  });
};
