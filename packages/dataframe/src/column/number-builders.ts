/** Builders of columns whose rows have a fixed width: values go straight into a typed array that doubles when full. */
import { Eau2Error } from "@eau2/protocol";
import {
  bitmapByteLength,
  encodeBooleans,
  encodeFloat32s,
  encodeFloat64s,
  encodeIntegers,
  type FloatType,
  type ScalarLayout,
  setBit,
  setWords,
  wordsOf,
} from "@eau2/serialization";
import type { ColumnBuilder } from "./column-builder.js";
import { INT64_NUMBER_MAX } from "./int64-number.js";
import { ValidityBuilder } from "./validity-builder.js";

const CAPACITY_ROWS = 64;

const doesNotFit = (value: number | bigint, type: string): Eau2Error =>
  new Eau2Error("TYPE_MISMATCH", `append ${value} to a column of ${type}: the type does not hold it; use a wider one`);

export class BooleanBuilder implements ColumnBuilder<boolean> {
  readonly #validity = new ValidityBuilder();
  #bits = new Uint8Array(CAPACITY_ROWS / 8);

  get rowCount(): number {
    return this.#validity.rowCount;
  }

  append(value: boolean): void {
    this.#room();
    if (value) setBit(this.#bits, this.rowCount);
    this.#validity.appendValid();
  }

  appendNull(): void {
    this.#room();
    this.#validity.appendNull();
  }

  finish(): ScalarLayout {
    return encodeBooleans(
      this.#bits.subarray(0, bitmapByteLength(this.rowCount)),
      this.rowCount,
      this.#validity.finish(),
    );
  }

  #room(): void {
    if (this.rowCount < this.#bits.length * 8) return;
    const larger = new Uint8Array(this.#bits.length * 2);
    larger.set(this.#bits);
    this.#bits = larger;
  }
}

const NARROW_RANGES = {
  int8: [-(2 ** 7), 2 ** 7 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  date: [-(2 ** 31), 2 ** 31 - 1],
} as const;

export class IntegerBuilder implements ColumnBuilder<number> {
  readonly #validity = new ValidityBuilder();
  readonly #min: number;
  readonly #max: number;
  #values = new Int32Array(CAPACITY_ROWS);

  constructor(readonly type: keyof typeof NARROW_RANGES) {
    [this.#min, this.#max] = NARROW_RANGES[type];
  }

  get rowCount(): number {
    return this.#validity.rowCount;
  }

  /** @throws {@link Eau2Error} `TYPE_MISMATCH` for a fraction or an integer outside the type. */
  append(value: number): void {
    if ((value | 0) !== value || value < this.#min || value > this.#max) throw doesNotFit(value, this.type);
    this.#room();
    this.#values[this.rowCount] = value;
    this.#validity.appendValid();
  }

  appendNull(): void {
    this.#room();
    this.#validity.appendNull();
  }

  finish(): ScalarLayout {
    return encodeIntegers(this.type, this.#values, this.rowCount, this.#validity.finish());
  }

  #room(): void {
    if (this.rowCount < this.#values.length) return;
    const larger = new Int32Array(this.#values.length * 2);
    larger.set(this.#values);
    this.#values = larger;
  }
}

export class Int64Builder implements ColumnBuilder<number | bigint> {
  readonly #validity = new ValidityBuilder();
  #values = new BigInt64Array(CAPACITY_ROWS);
  #words = wordsOf(this.#values);

  constructor(readonly type: "int64" | "timestamp") {}

  get rowCount(): number {
    return this.#validity.rowCount;
  }

  /**
   * @param value - a number is an integer of at most 2^53 in magnitude; numbers allocate nothing.
   * @throws {@link Eau2Error} `INT64_UNSAFE` for a larger number, `TYPE_MISMATCH` for a fraction or a bigint of more bits.
   */
  append(value: number | bigint): void {
    this.#room();
    if (typeof value === "number") {
      if (!Number.isInteger(value)) throw doesNotFit(value, this.type);
      if (Math.abs(value) > INT64_NUMBER_MAX) {
        throw new Eau2Error(
          "INT64_UNSAFE",
          `append ${value} to a column of ${this.type}: numbers beyond 2^53 are not exact; give a bigint`,
        );
      }
      setWords(this.#words, this.rowCount, value);
    } else {
      if (BigInt.asIntN(64, value) !== value) throw doesNotFit(value, this.type);
      this.#values[this.rowCount] = value;
    }
    this.#validity.appendValid();
  }

  appendNull(): void {
    this.#room();
    this.#validity.appendNull();
  }

  finish(): ScalarLayout {
    return encodeIntegers(this.type, this.#values, this.rowCount, this.#validity.finish());
  }

  #room(): void {
    if (this.rowCount < this.#values.length) return;
    const larger = new BigInt64Array(this.#values.length * 2);
    larger.set(this.#values);
    this.#values = larger;
    this.#words = wordsOf(larger);
  }
}

export class FloatBuilder implements ColumnBuilder<number> {
  readonly #validity = new ValidityBuilder();
  #values: Float32Array | Float64Array;

  constructor(readonly type: FloatType) {
    this.#values = this.#array(CAPACITY_ROWS);
  }

  get rowCount(): number {
    return this.#validity.rowCount;
  }

  /**
   * @param value - float32 keeps the nearest value that it has.
   * @throws {@link Eau2Error} `TYPE_MISMATCH` for a number beyond float32's range, which would become infinite.
   */
  append(value: number): void {
    this.#room();
    this.#values[this.rowCount] = value;
    if (!Number.isFinite(this.#values[this.rowCount]!) && Number.isFinite(value)) throw doesNotFit(value, this.type);
    this.#validity.appendValid();
  }

  appendNull(): void {
    this.#room();
    this.#validity.appendNull();
  }

  finish(): ScalarLayout {
    const bitmap = this.#validity.finish();
    return this.#values instanceof Float32Array
      ? encodeFloat32s(this.#values, this.rowCount, bitmap)
      : encodeFloat64s(this.#values, this.rowCount, bitmap);
  }

  #array(length: number): Float32Array | Float64Array {
    return this.type === "float32" ? new Float32Array(length) : new Float64Array(length);
  }

  #room(): void {
    if (this.rowCount < this.#values.length) return;
    const larger = this.#array(this.#values.length * 2);
    larger.set(this.#values);
    this.#values = larger;
  }
}
