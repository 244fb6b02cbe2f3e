/**
 * What a program does on a node, on its way to the node that coordinates it: one report at a time, each answered when
 * there is room for the next. While much waits here, what the process prints is not read.
 */
import type { ProgramLine, ProgramProgress, ProgramReport } from "@eau2/protocol";
import { batchLines, lineBytes } from "./line-batch.js";

/** Above this the process is not read from; its own pipe holds a little more, then it stops. */
const OUTBOX_BYTES_MAX = 256 * 1024;

export type ReportPart = Pick<ProgramReport, "number" | "lines" | "progress" | "parked">;

export interface OutboxOptions {
  /** Resolves when there is room for the next report; its failure ends the outbox: nobody listens any more. */
  send(report: ReportPart): Promise<unknown>;
  /** Whether the process may be read from. */
  onFlow(open: boolean): void;
}

export class Outbox {
  #lines: ProgramLine[] = [];
  #bytes = 0;
  #progress: ProgramProgress | undefined;
  #parked: boolean | undefined;
  #number = 0;
  #sending: Promise<void> | undefined;
  #isOpen = true;
  #isOver = false;

  constructor(private readonly options: OutboxOptions) {}

  line(stream: ProgramLine["stream"], text: string): void {
    if (this.#isOver) return;
    const line = { stream, text };
    this.#lines.push(line);
    this.#bytes += lineBytes(line);
    this.#flow();
    this.#pump();
  }

  progress(progress: ProgramProgress): void {
    this.#progress = progress;
    this.#pump();
  }

  parked(parked: boolean): void {
    this.#parked = parked;
    this.#pump();
  }

  /** Resolves when everything has arrived, or nobody listens any more. */
  async flushed(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }

  #pump(): void {
    if (this.#sending !== undefined || this.#isOver || !this.#hasNews()) return;
    this.#sending = this.#send().finally(() => {
      this.#sending = undefined;
      this.#pump();
    });
  }

  async #send(): Promise<void> {
    // What is printed in one turn goes along.
    await Promise.resolve();
    const lines = this.#lines.splice(0, batchLines(this.#lines));
    for (const line of lines) this.#bytes -= lineBytes(line);
    const progress = this.#progress;
    const parked = this.#parked;
    this.#progress = undefined;
    this.#parked = undefined;
    this.#number++;
    try {
      await this.options.send({
        number: this.#number,
        lines,
        ...(progress === undefined ? {} : { progress }),
        ...(parked === undefined ? {} : { parked }),
      });
    } catch {
      this.#isOver = true;
      this.#lines = [];
      this.#bytes = 0;
    }
    this.#flow();
  }

  #hasNews(): boolean {
    return this.#lines.length > 0 || this.#progress !== undefined || this.#parked !== undefined;
  }

  #flow(): void {
    const isOpen = this.#bytes <= OUTBOX_BYTES_MAX;
    if (isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    this.options.onFlow(isOpen);
  }
}
