/**
 * Makes one dictionary of a frame from those of its segments, in origin order: a string's code is its rank in order of first
 * appearance over the whole input, whatever the segments were. Outputs: for each segment the new code of each of its
 * codes (uint32), then the dictionary.
 */
import { decodeDictionary, encodeDictionary } from "@eau2/serialization";
import { z } from "zod";
import { defineTask } from "../task/task.js";
import { withTextKernel } from "./shelf.js";

export const unifyDictionariesTask = defineTask({
  name: "text.unify",
  args: z.strictObject({}),
  run: (_args, context) =>
    withTextKernel(context, async (kernel) => {
      const outputs = [];
      for (const input of context.inputs) {
        const { values, offsets, count } = decodeDictionary(input);
        kernel.clearCodes();
        kernel.intern(values, offsets, count);
        const { ref, view } = await context.allocate(count * 4);
        new Uint32Array(view.buffer, view.byteOffset, count).set(kernel.codes());
        outputs.push(ref);
      }
      const count = kernel.dictionarySize;
      const dictionary = encodeDictionary({
        count,
        offsets: kernel.dictionaryOffsets().slice(),
        values: kernel.dictionaryBytes(),
      });
      const { ref, view } = await context.allocate(dictionary.byteLength);
      dictionary.write(view);
      outputs.push(ref);
      return { value: { dictionarySize: count }, outputs };
    }),
});

export const UnifyResult = z.strictObject({ dictionarySize: z.int().min(0) });
