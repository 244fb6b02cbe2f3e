/** Which chunk a row of a frame is in: row counts as prefix sums, and a binary search. */
export class RowIndex {
  /** `firstRows[i]` is the row of the frame that chunk `i` begins with; one more entry is the row count. */
  readonly firstRows: Float64Array;

  constructor(rowCounts: readonly number[]) {
    this.firstRows = new Float64Array(rowCounts.length + 1);
    rowCounts.forEach((count, index) => {
      this.firstRows[index + 1] = this.firstRows[index]! + count;
    });
  }

  get rowCount(): number {
    return this.firstRows[this.firstRows.length - 1]!;
  }

  /** The chunk of a row from 0 up to `rowCount`. */
  chunkOf(row: number): number {
    let low = 0;
    let high = this.firstRows.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.firstRows[middle]! <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
