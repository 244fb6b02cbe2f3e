/**
 * Which keys of a shard were dropped: for ever, so the table only grows, and must be small. It keeps a 64-bit fingerprint
 * per key (two independent 32-bit hashes) in open addressing: 16 bytes a key at the usual load. A name that was never
 * dropped is taken for a dropped one with probability n / 2^64.
 */
import { hashName } from "./key.js";

const FIRST_SLOTS = 64;
const LOAD_MAX = 0.5;

/** A second hash of the name, independent of the first: a polynomial over 2^32 with a final mix. */
const secondHash = (name: string): number => {
  let hash = 0x9e3779b9 ^ name.length;
  for (let index = 0; index < name.length; index++) hash = (Math.imul(hash, 0x2c1b3c6d) + name.charCodeAt(index)) | 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
};

export class DroppedKeys {
  /** Pairs of hashes; a second hash of 0 marks an empty slot, so a key whose second hash is 0 is stored with 1. */
  #slots = new Uint32Array(FIRST_SLOTS * 2);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#slots.byteLength;
  }

  add(name: string): void {
    if ((this.#count + 1) * 2 > this.#slots.length * LOAD_MAX) this.#grow();
    const first = hashName(name);
    const second = secondHash(name) || 1;
    if (this.#insert(this.#slots, first, second)) this.#count++;
  }

  has(name: string): boolean {
    if (this.#count === 0) return false;
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    const first = hashName(name);
    const second = secondHash(name) || 1;
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      if (slots[slot * 2 + 1] === 0) return false;
      if (slots[slot * 2] === first && slots[slot * 2 + 1] === second) return true;
    }
  }

  #insert(slots: Uint32Array, first: number, second: number): boolean {
    const mask = slots.length / 2 - 1;
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      if (slots[slot * 2 + 1] === 0) {
        slots[slot * 2] = first;
        slots[slot * 2 + 1] = second;
        return true;
      }
      if (slots[slot * 2] === first && slots[slot * 2 + 1] === second) return false;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) if (old[at + 1] !== 0) this.#insert(this.#slots, old[at]!, old[at + 1]!);
  }
}
