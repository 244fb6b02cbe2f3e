/** The second half of loading text: staged codes become chunks of the frame, coded or plain, one output for each. */
import type { RangeRef } from "@eau2/kvstore";
import { Eau2Error, VALUE_BYTES_MAX } from "@eau2/protocol";
import { decodeDictionary, encodeChunk } from "@eau2/serialization";
import { z } from "zod";
import { dictionaryColumn, utf8Column } from "../column/column-from-arrays.js";
import { defineTask } from "../task/task.js";

const uint32 = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);

/** A function of its own: loops inside generators, which async functions are, compile to slower code. */
const translate = (old: Uint32Array, newCodes: Uint32Array, into: Uint32Array): void => {
  for (let row = 0; row < old.length; row++) into[row] = newCodes[old[row]!]!;
};

/** Inputs: the segment's new codes, then its staged chunks. */
export const sealCodedTextTask = defineTask({
  name: "text.seal-coded",
  args: z.strictObject({ dictionarySize: z.int().min(0) }),
  run: async ({ dictionarySize }, context) => {
    const [newCodes, ...staged] = context.inputs.map(uint32);
    const rowsMax = staged.reduce((most, { length }) => Math.max(most, length), 0);
    // Two by turns: while one chunk's memory is on its way the next one is translated.
    const scratch = [new Uint32Array(rowsMax), new Uint32Array(rowsMax)];
    const outputs: RangeRef[] = [];
    let before = Promise.resolve();
    for (const [index, old] of staged.entries()) {
      const codes = scratch[index % 2]!.subarray(0, old.length);
      translate(old, newCodes!, codes);
      const chunk = encodeChunk([dictionaryColumn(codes, dictionarySize)], old.length);
      const allocation = context.allocate(chunk.byteLength);
      allocation.catch(() => {}); // heard below
      await before;
      before = allocation.then(({ ref, view }) => {
        chunk.write(view);
        outputs.push(ref);
      });
    }
    await before;
    return { value: {}, outputs };
  },
});

/** Inputs: the segment's dictionary, then its staged chunks. */
export const sealPlainTextTask = defineTask({
  name: "text.seal-plain",
  args: z.strictObject({}),
  run: async (_args, context) => {
    const [first, ...staged] = context.inputs;
    const { values: text, offsets: from } = decodeDictionary(first!);
    const outputs = [];
    for (const codes of staged.map(uint32)) {
      const offsets = new Uint32Array(codes.length + 1);
      let bytes = 0;
      for (let row = 0; row < codes.length; row++) {
        const code = codes[row]!;
        bytes += from[code + 1]! - from[code]!;
        offsets[row + 1] = bytes;
      }
      if (bytes > VALUE_BYTES_MAX) {
        throw new Eau2Error(
          "VALUE_TOO_LARGE",
          `a chunk of ${codes.length} rows has ${bytes} bytes of text, ${VALUE_BYTES_MAX} are allowed; load with fewer rows a chunk (--chunk-rows)`,
          { bytes, bytesMax: VALUE_BYTES_MAX },
        );
      }
      const values = new Uint8Array(bytes);
      let to = 0;
      for (let row = 0; row < codes.length; row++) {
        const code = codes[row]!;
        // A loop, because a view for every row would cost more than its few bytes.
        for (let at = from[code]!, end = from[code + 1]!; at < end; at++) values[to++] = text[at]!;
      }
      const chunk = encodeChunk([utf8Column(offsets, values)], codes.length);
      const { ref, view } = await context.allocate(chunk.byteLength);
      chunk.write(view);
      outputs.push(ref);
    }
    return { value: {}, outputs };
  },
});
