import fc from "fast-check";

/** Lengths at which the kernel does something else: 7 and 8 (half a key), 15 and 16 (a key), 64 (a group). */
const EDGE_LENGTHS = [0, 1, 2, 6, 7, 8, 9, 14, 15, 16, 17, 23, 24, 31, 32, 33, 47, 48, 49, 63, 64, 65, 200];
const FAMOUS = ["constructor", "__proto__", "toString", "a", "a\0", "a\0\0", "\0", "\0\0", "ab", "\ufeff", "naïve"];

/** One byte over and over, so that most words are prefixes of others and differ in length alone. */
const prefixes = fc
  .tuple(fc.constantFrom(0x61, 0x00, 0xff, 0x80), fc.constantFrom(...EDGE_LENGTHS))
  .map(([byte, length]) => new Uint8Array(length).fill(byte));
/** Equal but for one byte somewhere. */
const almost = fc
  .tuple(fc.constantFrom(...EDGE_LENGTHS.slice(1)), fc.nat(199), fc.constantFrom(0x62, 0x00, 0xfe))
  .map(([length, at, byte]) => {
    const word = new Uint8Array(length).fill(0x61);
    word[at % length] = byte;
    return word;
  });
const famous = fc.constantFrom(...FAMOUS).map((word) => new Uint8Array(Buffer.from(word)));
const anyBytes = fc.uint8Array({ maxLength: 40 });
const delimiters = fc
  .array(fc.constantFrom(32, 9, 10, 11, 12, 13, 10, 13), { maxLength: 4 })
  .map((bytes) => Uint8Array.from(bytes));
/** Neighbours of the delimiters: 8, 14, 31, 33, and each with the upper bit set. */
const neighbours = fc
  .array(fc.constantFrom(8, 14, 31, 33, 0x89, 0x8a, 0x8d, 0xa0, 0x85), { maxLength: 20 })
  .map((bytes) => Uint8Array.from(bytes));

/** One string of a column: any bytes. */
export const stringBytes: fc.Arbitrary<Uint8Array> = fc.oneof(prefixes, almost, famous, anyBytes, neighbours);

/** Text made to hurt: all 256 values, runs of delimiters, NUL, invalid UTF-8, prefixes, edge lengths. */
export const textBytes: fc.Arbitrary<Uint8Array> = fc
  .array(fc.oneof({ weight: 3, arbitrary: delimiters }, { weight: 4, arbitrary: stringBytes }), { maxLength: 40 })
  .map((parts) => new Uint8Array(Buffer.concat(parts)));
