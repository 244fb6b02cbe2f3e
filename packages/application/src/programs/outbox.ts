/**
 * What a program does on a node, on its way to the node that coordinates it: one report at a time, each answered when
 * there is room for the next. While much waits here, what the process prints is not read, and it stops at its next line.
 * Not for long, because a process that stands still for too long counts as gone: then lines are dropped, and a line says so.
 */
import type { Clock } from "@eau2/network";
import type { ProgramLine, ProgramProgress, ProgramReport } from "@eau2/protocol";
import { batchLines, lineBytes } from "./line-batch.js";

/** Above this the process is not read from; its own pipe holds a little more, then it stops. */
const OUTBOX_BYTES_MAX = 256 * 1024;
/** How long a process may be held up by a slow reader; well below the time after which a silent client counts as gone. */
export const HELD_UP_MS_MAX = 5_000;

export type ReportPart = Pick<ProgramReport, "number" | "lines" | "progress" | "parked">;

export interface OutboxOptions {
  readonly clock: Clock;
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
  #isDropping = false;
  #dropped = 0;
  #cancelTimer = () => {};

  constructor(private readonly options: OutboxOptions) {}

  line(stream: ProgramLine["stream"], text: string): void {
    if (this.#isOver) return;
    if (this.#isDropping) this.#dropped++;
    else this.#add({ stream, text });
    this.#flow();
    this.#pump();
  }

  #add(line: ProgramLine): void {
    this.#lines.push(line);
    this.#bytes += lineBytes(line);
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
    const hasRoom = this.#bytes <= OUTBOX_BYTES_MAX;
    if (hasRoom && this.#isDropping) this.#resume();
    const isOpen = hasRoom || this.#isDropping;
    if (isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    this.#cancelTimer();
    this.#cancelTimer = isOpen ? () => {} : this.options.clock.after(HELD_UP_MS_MAX, () => this.#drop());
    this.options.onFlow(isOpen);
  }

  /** Whoever reads is too slow. */
  #drop(): void {
    this.#isDropping = true;
    this.#flow();
  }

  #resume(): void {
    this.#isDropping = false;
    if (this.#dropped === 0) return;
    const text = `eau2: ${this.#dropped} lines of this node were dropped here: they were read too slowly`;
    this.#dropped = 0;
    this.#add({ stream: "stderr", text });
  }
}
