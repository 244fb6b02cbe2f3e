/** The second half of loading text: staged codes become chunks of the frame, coded or plain. */
import { decodeDictionary } from "@eau2/serialization";
import { z } from "zod";
import { defineTask } from "../task/task.js";
import { sealChunks } from "./seal-chunks.js";
import { codedColumn, plainColumn, translate } from "./staged-columns.js";

const uint32 = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);

/** Inputs: the segment's new codes, then its staged chunks. */
export const sealCodedTextTask = defineTask({
  name: "text.seal-coded",
  args: z.strictObject({ dictionarySize: z.int().min(0) }),
  run: ({ dictionarySize }, context) => {
    const [first, ...staged] = context.inputs;
    const newCodes = uint32(first!);
    return sealChunks(context, staged, (input, scratch) => {
      const old = uint32(input);
      const codes = scratch.uint32Array(old.length);
      translate(old, newCodes, codes);
      return { columns: [codedColumn(codes, dictionarySize)], rowCount: codes.length };
    });
  },
});

/** Inputs: the segment's dictionary, then its staged chunks. */
export const sealPlainTextTask = defineTask({
  name: "text.seal-plain",
  args: z.strictObject({}),
  run: (_args, context) => {
    const [first, ...staged] = context.inputs;
    const dictionary = decodeDictionary(first!);
    return sealChunks(context, staged, (input, scratch) => {
      const codes = uint32(input);
      return { columns: [plainColumn(codes, dictionary, undefined, scratch)], rowCount: codes.length };
    });
  },
});
