/**
 * Codes on their way into chunks: written once, into memory that was asked for before it is needed, so that a task never
 * waits for an answer of the main thread while it has something to do.
 */
import type { RangeRef, TaskAllocation, TaskContext } from "@eau2/kvstore";

const CODE_BYTES = 4;

interface Asked {
  readonly rows: number;
  readonly allocation: Promise<TaskAllocation>;
}

export class StagedCodes {
  /** Memory that was asked for and is not used yet. */
  #asked: Asked | undefined;
  #ref: RangeRef | undefined;
  #codes: Uint32Array = new Uint32Array(0);
  #filled = 0;
  #rowsLeftMax = 0;
  #refs: RangeRef[] = [];
  #rowCounts: number[] = [];

  constructor(
    private readonly context: Pick<TaskContext, "allocate">,
    private readonly chunkRows: number,
  ) {}

  /** @param rowsMax - codes that are to come until {@link end}, at most. */
  begin(rowsMax: number): void {
    this.#rowsLeftMax = rowsMax;
    this.#refs = [];
    this.#rowCounts = [];
    this.#ask();
  }

  async add(codes: Uint32Array): Promise<void> {
    for (let taken = 0; taken < codes.length; ) {
      if (this.#ref === undefined) await this.#open();
      const count = Math.min(this.#codes.length - this.#filled, codes.length - taken);
      this.#codes.set(codes.subarray(taken, taken + count), this.#filled);
      taken += count;
      this.#filled += count;
      if (this.#filled === this.#codes.length) this.#close();
    }
  }

  /** The chunks since {@link begin} and the rows of each; none is empty. */
  end(): { readonly refs: readonly RangeRef[]; readonly rowCounts: number[] } {
    this.#close();
    return { refs: this.#refs, rowCounts: this.#rowCounts };
  }

  #ask(): void {
    const rows = Math.min(this.chunkRows, this.#rowsLeftMax);
    if (rows === 0 || (this.#asked !== undefined && this.#asked.rows >= rows)) return;
    const allocation = this.context.allocate(rows * CODE_BYTES);
    // Whoever opens the chunk hears of a refusal; nobody may.
    allocation.catch(() => {});
    this.#asked = { rows, allocation };
  }

  async #open(): Promise<void> {
    this.#ask();
    const { rows, allocation } = this.#asked!;
    this.#asked = undefined;
    const { ref, view } = await allocation;
    this.#ref = ref;
    this.#codes = new Uint32Array(view.buffer, view.byteOffset, Math.min(rows, this.chunkRows));
    this.#rowsLeftMax -= Math.min(this.#rowsLeftMax, this.#codes.length);
    this.#ask();
  }

  #close(): void {
    if (this.#ref === undefined) return;
    this.#refs.push({ ...this.#ref, bytes: this.#filled * CODE_BYTES });
    this.#rowCounts.push(this.#filled);
    this.#ref = undefined;
    this.#filled = 0;
  }
}
