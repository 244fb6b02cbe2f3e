/** Rows of a kernel on their way into staged chunks, as staged-columns.ts has them. */
import type { RangeRef, TaskContext } from "@eau2/kvstore";
import { encodeChunk } from "@eau2/serialization";
import type { RowDictionary, RowKernel } from "../kernels/row-kernel-types.js";
import { assertChunkBytes, stagedColumn } from "./staged-columns.js";

export class StagedRows {
  #refs: RangeRef[] = [];
  #rowCounts: number[] = [];

  /**
   * @param textColumns - of the kernel's columns those of strings, in the order of the frame.
   * @param places - positions of the frame's columns among the collected ones. @defaultValue as they are
   */
  constructor(
    private readonly kernel: RowKernel,
    private readonly textColumns: readonly number[],
    private readonly context: Pick<TaskContext, "allocate">,
    private readonly places?: readonly number[],
  ) {}

  begin(): void {
    this.#refs = [];
    this.#rowCounts = [];
  }

  /** Takes the kernel's rows, one or more, as a chunk. @throws Eau2Error `VALUE_TOO_LARGE` */
  readonly add = async (): Promise<void> => {
    const { rowCount } = this.kernel;
    const rows = this.kernel.takeRows();
    const inOrder = this.places === undefined ? rows : this.places.map((place) => rows[place]!);
    const columns = inOrder.map((column) => stagedColumn(column, rowCount));
    const chunk = encodeChunk(columns, rowCount);
    assertChunkBytes(chunk.byteLength, rowCount);
    const { ref, view } = await this.context.allocate(chunk.byteLength);
    chunk.write(view);
    this.kernel.clearRows();
    this.#refs.push(ref);
    this.#rowCounts.push(rowCount);
  };

  /** The chunks since {@link begin} and the rows of each. */
  end(): { readonly refs: readonly RangeRef[]; readonly rowCounts: number[] } {
    return { refs: this.#refs, rowCounts: this.#rowCounts };
  }

  *dictionaries(): Iterable<RowDictionary> {
    for (const column of this.textColumns) yield this.kernel.dictionary(column);
  }
}
