import type { CsvNulls } from "../csv/csv-types.js";
import { dateProgram } from "../csv/date-format.js";
import type { CsvKernel, CsvLayout, OpenQuote } from "./csv-kernel-types.js";
import { CSV_WASM_BASE64 } from "./csv-wasm.generated.js";
import { type RowExports, WasmRowKernel } from "./row-kernel.js";
import { KernelModule, type KernelOptions } from "./wasm-kernel.js";

/** What assembly/csv.as exports. */
interface CsvExports extends RowExports {
  reset(columns: number, texts: number, chunkRows: number, discards: boolean, formatBytes: number): void;
  setDialect(delimiter: number, quote: number, newLine: number): void;
  setNulls(count: number, isEmptyNull: boolean): void;
  setFlags(column: number, flags: number, format: number): void;
  formatsBase(): number;
  nullsBase(): number;
  parse(added: number, final: boolean, single: boolean): number;
  rowBytes(): number;
  seenIn(column: number): number;
  openQuoteLine(): number;
  openQuoteColumn(): number;
}

/** As in assembly/csv.as. */
const FLAG_GUESSED = 1;
const FLAG_NULL_TEXTS = 2;
const NO_QUOTE = 256;
const NULL_BYTES = 16;
const NO_LINE = 0xffff_ffff;

const CSV_MODULE = new KernelModule("CSV kernel", CSV_WASM_BASE64);
const EMPTY_LAYOUT: CsvLayout = {
  dialect: { delimiter: ",", quote: '"', newLine: "\n" },
  nulls: { texts: [""], inText: false },
  columns: [null],
  policy: "discard",
  chunkRows: 1,
};

/** The kernel in WebAssembly with SIMD (assembly/csv.as). */
class WasmCsvKernel extends WasmRowKernel<CsvExports> implements CsvKernel {
  #columnCount = 0;

  constructor(options: KernelOptions) {
    super(CSV_MODULE, options);
    this.reset(EMPTY_LAYOUT);
  }

  reset({ dialect, nulls, columns, policy, chunkRows }: CsvLayout): void {
    if (columns.length === 0) throw new Error("invariant: a row of CSV has a column");
    this.#columnCount = columns.length;
    const programs = columns.map((column) => (column?.format == null ? undefined : dateProgram(column.format)));
    const formatBytes = programs.reduce((sum, program) => sum + (program?.length ?? 0), 0);
    this.layOut(
      columns.map((column) => column?.type),
      (count, texts) => this.wasm.reset(count, texts, chunkRows, policy !== "null", formatBytes),
    );
    const spellings = this.#writeNulls(nulls);
    const byteOf = (character: string): number => character.charCodeAt(0);
    this.wasm.setDialect(
      byteOf(dialect.delimiter),
      dialect.quote === null ? NO_QUOTE : byteOf(dialect.quote),
      byteOf(dialect.newLine),
    );
    this.wasm.setNulls(spellings, nulls.texts.includes(""));
    let format = this.wasm.formatsBase() >>> 0;
    columns.forEach((column, index) => {
      const program = programs[index];
      if (program !== undefined) new Uint8Array(this.wasm.memory.buffer, format, program.length).set(program);
      const isText = column?.type === "utf8";
      const flags =
        (column?.isGuessed === true && !isText ? FLAG_GUESSED : 0) |
        (isText && nulls.inText && spellings > 0 ? FLAG_NULL_TEXTS : 0);
      this.wasm.setFlags(index, flags, program === undefined ? 0 : format);
      format += program?.length ?? 0;
    });
  }

  /** @returns how many there are, without the empty one. */
  #writeNulls({ texts }: CsvNulls): number {
    const encoder = new TextEncoder();
    const spellings = texts.filter((text) => text !== "").map((text) => encoder.encode(text));
    spellings.forEach((bytes, index) => {
      const entry = new Uint8Array(
        this.wasm.memory.buffer,
        (this.wasm.nullsBase() >>> 0) + index * NULL_BYTES,
        NULL_BYTES,
      );
      entry.fill(0);
      entry.set(bytes);
      entry[NULL_BYTES - 1] = bytes.length;
    });
    return spellings.length;
  }

  parse(added: number, final: boolean, single: boolean): boolean {
    this.takeSpace(added);
    const isFull = this.wasm.parse(added, final, single) !== 0;
    this.parseLeft();
    return isFull;
  }

  get rowBytes(): number {
    return this.wasm.rowBytes();
  }

  seen(): number[] {
    return Array.from({ length: this.#columnCount }, (_, column) => this.wasm.seenIn(column));
  }

  get openQuote(): OpenQuote | undefined {
    const line = this.wasm.openQuoteLine() >>> 0;
    return line === NO_LINE ? undefined : { line, column: this.wasm.openQuoteColumn() >>> 0 };
  }
}

/**
 * A CSV kernel without columns: `reset` gives it some.
 * @throws Eau2Error `USAGE` when `bytesMax` is below 1 MiB; `MEMORY_EXCEEDED` when memory for an instance is lacking.
 */
export const createCsvKernel = (options: KernelOptions = {}): CsvKernel => new WasmCsvKernel(options);
