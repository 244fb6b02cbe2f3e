/** The original's Trivial: an array of doubles is stored, read back, and summed down to 0. */
import type { ProgramContext } from "@eau2/application";
import { parseCheckArgs } from "./check-args.js";
import { putResult } from "./result.js";

const COUNT = 1_000_000;

export const run = async ({ node, store, frames, args }: ProgramContext): Promise<void> => {
  if (node !== 0) return;
  const { prefix, chunkRows } = parseCheckArgs(args);
  const values = Float64Array.from({ length: COUNT }, (_, index) => index);
  let sum = values.reduce((total, value) => total + value, 0);
  const frame = await frames.DataFrame.fromArray(store, values, { name: `${prefix}/triv`, chunkRows });
  const second = await frame.get(0, 1);
  await frame.visitRows({
    visit: (row) => {
      sum -= row.value as number;
    },
  });
  await putResult(store, prefix, { ok: second === 1 && sum === 0, sum });
};
