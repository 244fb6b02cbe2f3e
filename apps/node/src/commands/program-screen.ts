/** What a running program shows: lines with the name of their node, and on a terminal a line of progress below them. */

/** What it needs of a standard stream. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): boolean;
  once(event: "drain", listener: () => void): unknown;
}

export interface Streams {
  readonly stdout: Screen;
  readonly stderr: Screen;
}

interface Line {
  readonly node: string;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

interface Progress {
  readonly node: string;
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

const COLOURS = [36, 33, 32, 35, 34, 31];
const DEFAULT_COLUMNS = 80;
const CLEAR_LINE = "\r\u001b[2K";

const percent = ({ done, total }: Progress): string =>
  total > 0 ? `${Math.floor((Math.min(done, total) / total) * 100)}%` : String(done);

export class ProgramScreen {
  readonly #colours = new Map<string, number>();
  readonly #progress = new Map<string, Progress>();
  #hasProgress = false;

  constructor(private readonly streams: Streams) {}

  /** @returns when there is room for more; undefined at once. */
  line({ node, stream, text }: Line): Promise<void> | undefined {
    const screen = this.streams[stream];
    this.#clear();
    const hasRoom = screen.write(`${this.#label(node, screen)} ${text}\n`);
    this.#draw();
    return hasRoom ? undefined : new Promise((resolve) => screen.once("drain", resolve));
  }

  progress(step: Progress): void {
    if (!this.streams.stderr.isTTY) return;
    this.#progress.set(step.node, step);
    this.#clear();
    this.#draw();
  }

  end(): void {
    this.#clear();
    this.#progress.clear();
  }

  #label(node: string, screen: Screen): string {
    if (!screen.isTTY) return `[${node}]`;
    let colour = this.#colours.get(node);
    if (colour === undefined) {
      colour = COLOURS[this.#colours.size % COLOURS.length]!;
      this.#colours.set(node, colour);
    }
    return `\u001b[${colour}m[${node}]\u001b[39m`;
  }

  #clear(): void {
    if (this.#hasProgress) this.streams.stderr.write(CLEAR_LINE);
    this.#hasProgress = false;
  }

  #draw(): void {
    const { stderr } = this.streams;
    if (this.#progress.size === 0 || !stderr.isTTY) return;
    const parts = [...this.#progress.values()].map((step) =>
      `${step.node} ${step.phase} ${percent(step)}`.replace("  ", " "),
    );
    // A longer line would wrap, and only its last part would be cleared.
    stderr.write(parts.join("  ").slice(0, (stderr.columns ?? DEFAULT_COLUMNS) - 1));
    this.#hasProgress = true;
  }
}
