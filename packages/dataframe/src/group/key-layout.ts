/**
 * Group keys as bits. What is known of the values of a key says how many bits it needs: codes of a dictionary, small
 * integers and booleans take a few, so that most keys of several columns are one or two 32-bit words; if there are few
 * combinations at all they are numbers that index an array, and nothing is hashed.
 */
import { z } from "zod";

/** A key's values, as found by the planner; plain data. */
export const KeyField = z.discriminatedUnion("kind", [
  /** Whole numbers from `min` on, `count` different ones at most; null is one more. */
  z.strictObject({
    kind: z.literal("small"),
    min: z.int(),
    count: z.int().min(0).max(0xffff_fffe),
    isNullable: z.boolean(),
  }),
  /** 64 bits: floats, or integers over the whole range; and a bit for null. */
  z.strictObject({ kind: z.enum(["float", "wide"]), isNullable: z.boolean() }),
]);
export type KeyField = z.infer<typeof KeyField>;

/** Where a field lies in the words of a key. */
export interface PlacedField {
  readonly field: KeyField;
  /** Small: its word and first bit. 64 bits: the first of its two words. */
  readonly word: number;
  readonly shift: number;
  /** Bits of a small field. */
  readonly width: number;
  /** 64 bits, nullable: where the bit is that a value is there. */
  readonly presence: { readonly word: number; readonly shift: number } | undefined;
}

export interface KeyLayout {
  readonly fields: readonly PlacedField[];
  readonly wordCount: number;
  /** Groups there can be when all fields are small, as an array index; undefined when they are not. */
  readonly combinations: number;
}

const widthOf = (count: number): number => (count <= 1 ? 0 : 32 - Math.clz32(count - 1));

/** Different values of a field, null among them. */
export const fieldCount = (field: KeyField): number =>
  field.kind === "small" ? field.count + (field.isNullable ? 1 : 0) : Number.POSITIVE_INFINITY;

export const keyLayout = (fields: readonly KeyField[]): KeyLayout => {
  const used: number[] = [];
  const place = (width: number) => {
    let word = used.findIndex((bits) => bits + width <= 32);
    if (word < 0) word = used.push(0) - 1;
    const shift = used[word]!;
    used[word] = shift + width;
    return { word, shift };
  };
  const placed = fields.map((field): PlacedField => {
    if (field.kind === "small") {
      const width = widthOf(fieldCount(field));
      return { field, ...place(width), width, presence: undefined };
    }
    const word = used.push(32, 32) - 2;
    return { field, word, shift: 0, width: 64, presence: field.isNullable ? place(1) : undefined };
  });
  const combinations = fields.reduce((product, field) => product * fieldCount(field), 1);
  return { fields: placed, wordCount: Math.max(1, used.length), combinations };
};
