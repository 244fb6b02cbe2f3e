/** The type of each column, from sampled rows. */
import type { CsvColumnType, CsvDialect } from "./csv-types.js";
import { type CsvRow, dialectBytes, fieldBytes } from "./read-row.js";
import { type TypeCandidate, takesValue, typeCandidates } from "./value-types.js";

/** Spellings of null that are found out where the other values of a column are not text. */
const NULL_SPELLINGS = ["NA", "N/A", "n/a", "#N/A", "NULL", "Null", "null", "None", "\\N", "-"];

export interface SniffedColumn {
  readonly type: CsvColumnType;
  readonly format: string | null;
  /** Why this type, for people. */
  readonly reason: string;
  /** Values and nulls in the sample. */
  readonly valueCount: number;
  readonly nullCount: number;
  /** Spellings of null among them, but the empty one. */
  readonly nulls: readonly string[];
}

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** What is known of one column. */
class ColumnSniffer {
  #candidates: readonly TypeCandidate[];
  /** Those that were left before a value left none, and that value. */
  #last: { readonly candidates: readonly TypeCandidate[]; readonly text: string } | undefined;
  #valueCount = 0;
  #nullCount = 0;
  readonly #spelled = new Map<string, number>();

  constructor(
    private readonly nulls: readonly string[] | undefined,
    private readonly all: readonly TypeCandidate[],
  ) {
    this.#candidates = all;
  }

  take(text: string): void {
    const value = text.replace(/^ +| +$/g, "");
    if (value === "" || this.nulls?.includes(value) === true) {
      this.#nullCount++;
      return;
    }
    if (this.nulls === undefined && NULL_SPELLINGS.includes(value)) {
      this.#spelled.set(value, (this.#spelled.get(value) ?? 0) + 1);
      return;
    }
    this.#valueCount++;
    if (this.#candidates.length === 0) return;
    const left = this.#candidates.filter(({ type, format }) => takesValue(type, value, true, format));
    if (left.length === 0) this.#last = { candidates: this.#candidates, text: value };
    this.#candidates = left;
  }

  end(): SniffedColumn {
    const spelledCount = [...this.#spelled.values()].reduce((sum, count) => sum + count, 0);
    const counts = { valueCount: this.#valueCount, nullCount: this.#nullCount, nulls: [] as string[] };
    const text = (reason: string): SniffedColumn => ({
      ...counts,
      valueCount: counts.valueCount + spelledCount,
      type: "utf8",
      format: null,
      reason,
    });
    if (this.#valueCount === 0)
      return text(spelledCount === 0 ? "no values in the sample" : "no other values in the sample");
    const [first] = this.#candidates;
    if (first === undefined) return text(this.#reasonForText());
    const rival = rivalOf(first, this.#candidates);
    if (rival !== undefined) {
      return text(`dates may be ${first.format} or ${rival.format}: no value tells; say which with dateFormat`);
    }
    const nulls = [...this.#spelled.keys()];
    return {
      ...counts,
      ...first,
      nullCount: counts.nullCount + spelledCount,
      nulls,
      reason: `${this.#valueCount} value${this.#valueCount === 1 ? "" : "s"}${first.format === null ? "" : ` like ${first.format}`}${nulls.length === 0 ? "" : `; ${nulls.map((null_) => `"${null_}"`).join(", ")} taken as null`}`,
    };
  }

  #reasonForText(): string {
    const { candidates, text } = this.#last!;
    const shown = text.length > 24 ? `${text.slice(0, 24)}...` : text;
    if (/^[+-]?0\d+$/.test(text)) return `"${shown}" has leading zeros, which a number would lose`;
    if (/^[+-]?\d+$/.test(text)) return `"${shown}" is an integer that no number type holds exactly`;
    return candidates === this.all ? `text like "${shown}"` : `"${shown}" is no ${candidates[0]!.type}`;
  }
}

/** Day and month may be the other way round. */
const rivalOf = (first: TypeCandidate, candidates: readonly TypeCandidate[]): TypeCandidate | undefined =>
  first.format === null
    ? undefined
    : candidates.find(({ format }) => format !== first.format && format !== null && isSwapped(format, first.format!));

const isSwapped = (a: string, b: string): boolean => a.replace(/%[dm]/g, "%?") === b.replace(/%[dm]/g, "%?") && a !== b;

/** Adds rows of samples, then tells the columns. */
export class ColumnsSniffer {
  readonly #columns: ColumnSniffer[];

  /**
   * @param nulls - given spellings of null; undefined: they are found out.
   * @param dateFormat - of dates that ISO 8601 does not take; undefined: it is found out.
   */
  constructor(
    columnCount: number,
    private readonly dialect: CsvDialect,
    nulls: readonly string[] | undefined,
    dateFormat: string | undefined,
  ) {
    const candidates = typeCandidates(dateFormat);
    this.#columns = Array.from({ length: columnCount }, () => new ColumnSniffer(nulls, candidates));
  }

  /** Rows of another length say nothing: their fields may be anything. */
  add(bytes: Uint8Array, rows: readonly CsvRow[]): void {
    const { quote } = dialectBytes(this.dialect);
    for (const { fields } of rows) {
      if (fields.length !== this.#columns.length) continue;
      fields.forEach((field, column) => {
        this.#columns[column]!.take(DECODER.decode(fieldBytes(bytes, field, quote)));
      });
    }
  }

  end(): SniffedColumn[] {
    return this.#columns.map((column) => column.end());
  }
}
