/** What kernels of rows show, in a form that tests compare. */
import type { RowColumn, RowColumnType, RowDictionary, RowKernel } from "../../src/kernels/row-kernel-types.js";

export const stringAt = ({ offsets, values }: RowDictionary, code: number): string =>
  Buffer.from(values.subarray(offsets[code], offsets[code + 1])).toString("latin1");

/** The values of a column, as bits where numbers would hide them (-0). */
export const valuesOf = (column: RowColumn, rowCount: number): unknown[] => {
  const isNull = (row: number) =>
    column.validity !== undefined && ((column.validity[row >> 3]! >> (row & 7)) & 1) === 0;
  return Array.from({ length: rowCount }, (_, row) => {
    if (isNull(row)) return null;
    if (column.type === "boolean") return ((column.values[row >> 3]! >> (row & 7)) & 1) === 1;
    return column.values[row];
  });
};

const bytesOf = ({ values }: RowColumn): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex");

/** All that a kernel shows, copied out of its memory. */
export const takeState = (kernel: RowKernel, types: readonly (RowColumnType | undefined)[]) => {
  const { rowCount } = kernel;
  const columns = kernel.takeRows().map((column) => ({
    type: column.type,
    validity: column.validity === undefined ? undefined : [...column.validity],
    bytes: bytesOf(column),
    values: valuesOf(column, rowCount),
  }));
  kernel.clearRows();
  const dictionaries = types.map((type, column) => {
    if (type !== "utf8") return undefined;
    const dictionary = kernel.dictionary(column);
    const strings = Array.from({ length: dictionary.count }, (_, code) => stringAt(dictionary, code));
    return { strings, block: kernel.blockStrings(column) };
  });
  return { rowCount, columns, dictionaries };
};

export const reportOf = (kernel: RowKernel) => ({
  lineCount: kernel.lineCount,
  blockRowCount: kernel.blockRowCount,
  badRowCount: kernel.badRowCount,
  badRows: kernel.badRows(),
  pendingBytes: kernel.pendingBytes,
});
