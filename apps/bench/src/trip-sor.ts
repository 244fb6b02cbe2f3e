/**
 * SoR of taxi rides from a seed: what a file with columns of every kind looks like. Of 1,000 MB some 480 MB are columns:
 *
 *   boolean         shared or not
 *   int64           passengers (8 bits once stored), metres (16), a number that counts up (32), microseconds (64)
 *   float64         fare and tip of two decimals, a third of the tips missing; latitude and longitude of six
 *   utf8            how it was paid (4 different ones), the zone (1,000), the driver (100,000), a receipt (all different)
 */

const PAYMENTS = ["card", "cash", "app", "voucher"] as const;
const QUARTERS = ["North", "East", "South", "West", "Old Town"] as const;
const DRIVERS = 100_000;
const FIRST_RIDE = 10_000_000;
const YEAR_START_US = 1_735_689_600_000_000;
const YEAR_SECONDS = 31_536_000;
/** Bytes of a line at most. */
const LINE_BYTES_MAX = 192;
const encoder = new TextEncoder();

export class TripSor {
  #state: number;
  #ride = FIRST_RIDE;

  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b9) || 1;
  }

  /** Fills `into` with whole lines. @returns bytes written; fewer than a line may have are left. */
  fill(into: Uint8Array): number {
    let at = 0;
    while (into.length - at >= LINE_BYTES_MAX) at += encoder.encodeInto(this.#line(), into.subarray(at)).written;
    return at;
  }

  #line(): string {
    const ride = this.#ride++;
    const startUs = YEAR_START_US + this.#below(YEAR_SECONDS) * 1e6 + this.#below(1e6);
    const numbers = `<${this.#below(2)}> <${1 + this.#below(6)}> <${this.#below(30_000)}> <${ride}> <${startUs}>`;
    const place = `<${this.#decimal(40_500_000, 1e6, 6)}> <-${this.#decimal(73_500_000, 1e6, 6)}>`;
    const tip = this.#below(3) === 0 ? "" : this.#decimal(0, 1_000, 2);
    const zone = `"${QUARTERS[this.#below(QUARTERS.length)]} ${this.#below(200)}"`;
    const receipt = `${this.#next().toString(36)}-${this.#below(46_656).toString(36)}`;
    return `${numbers} <${this.#decimal(300, 9_000, 2)}> ${place} <${tip}> <${PAYMENTS[this.#below(4)]}> <${zone}> <driver-${this.#below(DRIVERS)}> <${receipt}>\n`;
  }

  /** Of `places` decimals: `least` units of the last place, or more by less than `range` of them. */
  #decimal(least: number, range: number, places: number): string {
    const scale = 10 ** places;
    const value = least + this.#below(range);
    return `${Math.floor(value / scale)}.${String(value % scale).padStart(places, "0")}`;
  }

  #below(limit: number): number {
    return Math.floor((this.#next() / 2 ** 32) * limit);
  }

  /** @see Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003. */
  #next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }
}
