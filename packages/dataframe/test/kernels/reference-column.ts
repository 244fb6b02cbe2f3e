import type { RowColumn, RowColumnType, RowDictionary } from "../../src/kernels/row-kernel-types.js";

const CAPACITY_ROWS = 1024;

/** One column: typed arrays that double, one `Map` for strings. */
export class ReferenceColumn {
  #values: Uint8Array | BigInt64Array | Float64Array | Int32Array;
  #valid = new Uint8Array(CAPACITY_ROWS);
  #codeOf = new Map<string, number>();
  #strings: string[] = [];
  #block = new Set<number>();
  blockRows = 0;

  constructor(readonly type: RowColumnType) {
    this.#values =
      type === "boolean"
        ? new Uint8Array(CAPACITY_ROWS)
        : type === "int64" || type === "timestamp"
          ? new BigInt64Array(CAPACITY_ROWS)
          : type === "float64"
            ? new Float64Array(CAPACITY_ROWS)
            : new Int32Array(CAPACITY_ROWS);
  }

  beginBlock(): void {
    this.#block.clear();
    this.blockRows = 0;
  }

  get blockDistinct(): number {
    return this.#block.size;
  }

  /** Text has one character a byte. */
  set(row: number, value: bigint | number | string | undefined): void {
    if (row === this.#values.length) this.#enlarge();
    this.#valid[row] = value === undefined ? 0 : 1;
    if (this.#values instanceof BigInt64Array) this.#values[row] = (value as bigint | undefined) ?? 0n;
    else this.#values[row] = typeof value === "string" ? this.#take(value) : ((value as number | undefined) ?? 0);
  }

  take(rowCount: number): RowColumn {
    const bits = (bytes: Uint8Array): Uint8Array => {
      const packed = new Uint8Array(Math.ceil(rowCount / 8));
      for (let row = 0; row < rowCount; row++) packed[row >> 3]! |= bytes[row]! << (row & 7);
      return packed;
    };
    const validity = this.#valid.subarray(0, rowCount).includes(0) ? bits(this.#valid) : undefined;
    const values = this.type === "boolean" ? bits(this.#values as Uint8Array) : this.#values.slice(0, rowCount);
    return { type: this.type, validity, values } as RowColumn;
  }

  dictionary(): RowDictionary {
    const offsets = [0];
    for (const string of this.#strings) offsets.push(offsets.at(-1)! + string.length);
    return {
      count: this.#strings.length,
      offsets: Uint32Array.from(offsets),
      values: new Uint8Array(Buffer.from(this.#strings.join(""), "latin1")),
    };
  }

  #take(text: string): number {
    let code = this.#codeOf.get(text);
    if (code === undefined) {
      code = this.#strings.length;
      this.#codeOf.set(text, code);
      this.#strings.push(text);
    }
    this.#block.add(code);
    this.blockRows++;
    return code;
  }

  #enlarge(): void {
    const { length } = this.#values;
    const larger = new (this.#values.constructor as Float64ArrayConstructor)(length * 2);
    larger.set(this.#values as unknown as Float64Array);
    this.#values = larger;
    const valid = new Uint8Array(length * 2);
    valid.set(this.#valid);
    this.#valid = valid;
  }
}
