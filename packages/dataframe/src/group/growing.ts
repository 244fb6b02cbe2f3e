/** Typed arrays that are appended to. */
export class GrowingFloats {
  values = new Float64Array(64);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }

  get used(): Float64Array {
    return this.values.subarray(0, this.length);
  }
}
