/** The order of a dictionary's strings, by bytes: what text is compared by while it stays coded. */
import { compareBytes, type Dictionary, decodeDictionary } from "@eau2/serialization";
import { z } from "zod";
import { defineTask } from "../task/task.js";

/** Positions in byte order: the code of each rank. */
const codesByRank = ({ count, offsets, values }: Dictionary): Uint32Array => {
  // The first six bytes as a number decide nearly all comparisons.
  const heads = new Float64Array(count);
  for (let code = 0; code < count; code++) {
    let head = 0;
    const start = offsets[code]!;
    const end = offsets[code + 1]!;
    for (let index = 0; index < 6; index++) head = head * 256 + (start + index < end ? values[start + index]! : 0);
    heads[code] = head;
  }
  const codes = new Uint32Array(count);
  for (let code = 0; code < count; code++) codes[code] = code;
  return codes.sort(
    (a, b) =>
      heads[a]! - heads[b]! || compareBytes(values, offsets[a]!, offsets[a + 1]!, values, offsets[b]!, offsets[b + 1]!),
  );
};

const bytesOf = (numbers: Uint32Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** Input: a dictionary. Outputs: the rank of each code, and the code of each rank. */
export const ranksTask = defineTask({
  name: "query.ranks",
  args: z.strictObject({}),
  run: async (_args, context) => {
    const codes = codesByRank(decodeDictionary(context.inputs[0]!));
    const ranks = new Uint32Array(codes.length);
    for (let rank = 0; rank < codes.length; rank++) ranks[codes[rank]!] = rank;
    const outputs = [];
    for (const numbers of [ranks, codes]) {
      const { ref, view } = await context.allocate(numbers.byteLength);
      view.set(bytesOf(numbers));
      outputs.push(ref);
    }
    return { value: {}, outputs };
  },
});
