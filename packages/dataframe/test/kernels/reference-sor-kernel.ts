import type { BadRowPlace, RowColumn, RowColumnType, RowDictionary } from "../../src/kernels/row-kernel-types.js";
import type { SorKernel, SorLayout } from "../../src/kernels/sor-kernel-types.js";
import { findField, int64Of, newField, readField, typeOfBare } from "../../src/sor/sor-fields.js";
import { SOR_COLUMN_TYPES, type SorColumnType } from "../../src/sor/sor-types.js";
import { BAD_ROWS_MAX } from "../../src/text/bad-rows.js";
import { ReferenceColumn } from "./reference-column.js";

const NEW_LINE = 10;

/** The SoR kernel in plain TypeScript: a line at a time, a string a field. */
export class ReferenceSorKernel implements SorKernel {
  #layout: SorLayout = { types: [], policy: "discard", chunkRows: 1 };
  #columns: ReferenceColumn[] = [];
  #bytes = Buffer.alloc(0);
  #filled = 0;
  #next = 0;
  #isFinal = false;
  #field = newField();
  #texts: (string | undefined)[] = [];
  #badRows: BadRowPlace[] = [];
  rowCount = 0;
  lineCount = 0;
  blockRowCount = 0;
  badRowCount = 0;

  reset(layout: SorLayout): void {
    this.#layout = layout;
    this.#columns = layout.types.map((type) => new ReferenceColumn(type));
    this.rowCount = 0;
    this.beginBlock();
  }
  beginBlock(): void {
    for (const column of this.#columns) column.beginBlock();
    this.#filled = 0;
    this.#next = 0;
    this.#isFinal = false;
    this.lineCount = 0;
    this.blockRowCount = 0;
    this.badRowCount = 0;
    this.#badRows = [];
  }
  space(bytes: number): Uint8Array {
    const rest = this.#bytes.subarray(this.#next, this.#filled);
    const moved = Buffer.alloc(rest.length + bytes);
    moved.set(rest);
    this.#bytes = moved;
    this.#filled = rest.length;
    this.#next = 0;
    return this.#bytes.subarray(rest.length);
  }
  get pendingBytes(): number {
    if (this.#isFinal) return 0;
    const end = this.#bytes.subarray(0, this.#filled).lastIndexOf(NEW_LINE) + 1;
    return this.#filled - Math.max(end, this.#next);
  }
  parse(added: number, final: boolean): boolean {
    this.#filled += added;
    this.#isFinal = final;
    while (this.#next < this.#filled) {
      const next = this.#bytes.indexOf(NEW_LINE, this.#next);
      const found = next < this.#filled ? next : -1;
      if (found < 0 && !final) return false;
      if (this.rowCount === this.#layout.chunkRows) return true;
      const end = found < 0 ? this.#filled : found;
      this.#line(this.#next, end);
      this.#next = Math.min(this.#filled, end + 1);
    }
    return false;
  }
  takeRows(): RowColumn[] {
    return this.#columns.map((column) => column.take(this.rowCount));
  }
  clearRows(): void {
    this.rowCount = 0;
  }
  badRows(): BadRowPlace[] {
    return [...this.#badRows];
  }
  blockStrings(column: number) {
    return { rowCount: this.#columns[column]!.blockRows, distinct: this.#columns[column]!.blockDistinct };
  }
  dictionary(column: number): RowDictionary {
    return this.#columns[column]!.dictionary();
  }
  get dictionaryBytes(): number {
    return 0;
  }
  get bytes(): number {
    return 0;
  }

  #line(start: number, lineEnd: number): void {
    const { types, policy } = this.#layout;
    const field = this.#field;
    const line = this.lineCount++;
    let at = start;
    let isBad = false;
    for (let column = 0; column < types.length; column++) {
      this.#texts[column] = undefined;
      const open = at < 0 ? -1 : findField(this.#bytes, at, lineEnd);
      if (open < 0) {
        at = -1;
        continue;
      }
      readField(this.#bytes, open, lineEnd, field);
      at = field.behind;
      if (field.kind === "missing") continue;
      const fault = field.fault ?? (this.#fits(types[column]!) ? undefined : "contradicts");
      if (fault === undefined) {
        this.#texts[column] = this.#bytes.toString("latin1", field.start, field.end);
        continue;
      }
      if (!isBad && this.badRowCount++ < BAD_ROWS_MAX) this.#badRows.push({ line, column, fault });
      isBad = true;
      if (policy !== "null") return;
    }
    for (const [index, column] of this.#columns.entries())
      column.set(this.rowCount, typedValue(column.type, this.#texts[index]));
    this.rowCount++;
    this.blockRowCount++;
  }

  #fits(type: SorColumnType): boolean {
    if (type === "utf8") return true;
    const { kind, start, end } = this.#field;
    if (kind === "quoted") return false;
    return SOR_COLUMN_TYPES.indexOf(typeOfBare(this.#bytes, start, end)) <= SOR_COLUMN_TYPES.indexOf(type);
  }
}

const typedValue = (type: RowColumnType, text: string | undefined): bigint | number | string | undefined => {
  if (text === undefined || type === "utf8") return text;
  return type === "int64" ? int64Of(text) : Number(text);
};
