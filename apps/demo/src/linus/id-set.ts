/** A set of ids from 0 up to a size: a bitmap in memory, and on its way whichever of bitmap and list has fewer bytes. */

const BITMAP = 0;
const LIST = 1;
/** Kind and padding, so that both forms begin where 32-bit words may. */
const HEAD_BYTES = 8;

export class IdSet {
  readonly words: Uint32Array;
  #count = 0;

  /** @param size - ids are below it. */
  constructor(readonly size: number) {
    this.words = new Uint32Array(Math.ceil(size / 32));
  }

  get count(): number {
    return this.#count;
  }

  /** False for ids beyond the size: they are no members. */
  has(id: number): boolean {
    return id >= 0 && id < this.size && ((this.words[id >>> 5]! >>> (id & 31)) & 1) === 1;
  }

  /** Adds an id; one beyond the size is left out. */
  add(id: number): void {
    if (id < 0 || id >= this.size) return;
    const bit = 1 << (id & 31);
    if ((this.words[id >>> 5]! & bit) !== 0) return;
    this.words[id >>> 5]! |= bit;
    this.#count++;
  }

  addAll(other: IdSet): void {
    for (const id of other) this.add(id);
  }

  *[Symbol.iterator](): Generator<number> {
    for (let index = 0; index < this.words.length; index++) {
      for (let word = this.words[index]!; word !== 0; word &= word - 1) {
        yield index * 32 + (31 - Math.clz32(word & -word));
      }
    }
  }

  encode(): Uint8Array {
    const isList = this.#count < this.words.length;
    const bytes = new Uint8Array(HEAD_BYTES + 4 * (isList ? this.#count : this.words.length));
    bytes[0] = isList ? LIST : BITMAP;
    const body = new Uint32Array(bytes.buffer, HEAD_BYTES);
    if (isList) {
      let at = 0;
      for (const id of this) body[at++] = id;
    } else body.set(this.words);
    return bytes;
  }

  static decode(bytes: Uint8Array, size: number): IdSet {
    const set = new IdSet(size);
    const body = new Uint32Array(bytes.buffer, bytes.byteOffset + HEAD_BYTES, (bytes.length - HEAD_BYTES) / 4);
    if (bytes[0] === LIST) for (const id of body) set.add(id);
    else {
      set.words.set(body.subarray(0, set.words.length));
      for (const word of set.words) set.#count += bitCount(word);
    }
    return set;
  }
}

const bitCount = (word: number): number => {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};
