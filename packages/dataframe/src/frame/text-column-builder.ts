/**
 * A text column of a frame that is built from rows: codes in a dictionary of the whole frame, in order of first appearance,
 * until it ends; then coded chunks, or plain ones where most values differ, by the rule that all columns follow.
 */
import { type Dictionary, isBitSet, type ScalarLayout } from "@eau2/serialization";
import { dictionaryColumn, utf8Column } from "../column/column-from-arrays.js";
import { dictionaryFromStrings } from "../column/column-from-values.js";
import { ValidityBuilder } from "../column/validity-builder.js";
import { blockGivesUp } from "../text/dictionary-rule.js";
import type { BuiltColumn, ColumnSink } from "./column-sink.js";

const CAPACITY_ROWS = 64;

/** The codes of one chunk; 0 where a row is null. */
class CodeChunk {
  codes = new Uint32Array(CAPACITY_ROWS);
  readonly validity = new ValidityBuilder();

  append(code: number): void {
    this.#room();
    this.codes[this.validity.rowCount] = code;
    this.validity.appendValid();
  }

  appendNull(): void {
    this.#room();
    this.validity.appendNull();
  }

  #room(): void {
    if (this.validity.rowCount < this.codes.length) return;
    const larger = new Uint32Array(this.codes.length * 2);
    larger.set(this.codes);
    this.codes = larger;
  }
}

/** A lone surrogate has no UTF-8 form and becomes U+FFFD: as it is stored, so it is told apart. */
const wellFormed = (text: string): string =>
  /[\ud800-\udfff]/u.test(text)
    ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text))
    : text;

export class TextColumnBuilder implements ColumnSink<string> {
  readonly #codeOf = new Map<string, number>();
  readonly #chunks: CodeChunk[] = [];
  #current: CodeChunk | undefined;

  append(text: string): void {
    this.#current ??= this.#open();
    this.#current.append(this.#codeOf.get(text) ?? this.#newCode(wellFormed(text)));
  }

  appendNull(): void {
    this.#current ??= this.#open();
    this.#current.appendNull();
  }

  endChunk(): void {
    // Items of lists may be none in a chunk.
    this.#current ??= this.#open();
    this.#current = undefined;
  }

  /** The layouts refer to the dictionary; without one they are plain. */
  finish(): BuiltColumn<ScalarLayout> {
    const rowCount = this.#chunks.reduce((sum, { validity }) => sum + validity.rowCount, 0);
    const size = this.#codeOf.size;
    const dictionary = dictionaryFromStrings([...this.#codeOf.keys()]);
    if (blockGivesUp({ rowCount, distinct: size })) {
      return { layouts: this.#chunks.map((chunk) => plain(chunk, dictionary)), dictionary: null };
    }
    const layouts = this.#chunks.map(({ codes, validity }) =>
      dictionaryColumn(codes.subarray(0, validity.rowCount), size, validity.finish()),
    );
    return { layouts, dictionary };
  }

  #newCode(text: string): number {
    const known = this.#codeOf.get(text);
    if (known !== undefined) return known;
    const code = this.#codeOf.size;
    this.#codeOf.set(text, code);
    return code;
  }

  #open(): CodeChunk {
    const chunk = new CodeChunk();
    this.#chunks.push(chunk);
    return chunk;
  }
}

const plain = ({ codes, validity }: CodeChunk, { offsets: from, values: text }: Dictionary): ScalarLayout => {
  const { rowCount } = validity;
  const bitmap = validity.finish();
  const offsets = new Uint32Array(rowCount + 1);
  const isNull = (row: number) => bitmap !== undefined && !isBitSet(bitmap, row);
  for (let row = 0; row < rowCount; row++) {
    const code = codes[row]!;
    offsets[row + 1] = offsets[row]! + (isNull(row) ? 0 : from[code + 1]! - from[code]!);
  }
  const values = new Uint8Array(offsets[rowCount]!);
  for (let row = 0; row < rowCount; row++) {
    if (isNull(row)) continue;
    const code = codes[row]!;
    values.set(text.subarray(from[code]!, from[code + 1]!), offsets[row]!);
  }
  return utf8Column(offsets, values, bitmap);
};
