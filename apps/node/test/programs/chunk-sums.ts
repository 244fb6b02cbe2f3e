/** A program that has functions of its own file called where the chunks of a frame lie. */
import type { ProgramContext } from "@eau2/application";
import type { ChunkView } from "@eau2/dataframe";

interface Numbers {
  readonly value: number | null;
}

export const sum = (chunk: ChunkView<Numbers>): number => {
  let total = 0;
  chunk.visitRows(({ value }) => {
    total += value ?? 0;
  });
  return total;
};

export const add = (earlier: number, later: number): number => earlier + later;

export const fail = (chunk: ChunkView): never => {
  throw new Error(`no answer for row ${chunk.firstRow}`);
};

export const run = async ({ node, nodes, args, eau2, store, frames, module, log }: ProgramContext): Promise<void> => {
  const Rows = frames.schema({ value: frames.float64 });
  const made = await store.key(`chunk-sums/${args[0]}`);
  if (node === 0) {
    const values = Float64Array.from({ length: 10_000 }, (_, index) => index);
    await frames.DataFrame.fromColumns(store, { value: values }, { schema: Rows, name: "chunk-sums", chunkRows: 500 });
    await store.put(made, new Uint8Array(0));
  }
  await store.waitAndGet(made);
  const frame = await eau2.frame("chunk-sums", Rows);
  const mine: number[] = await frame.pmap(module<typeof sum>("sum"));
  const all = await frame.mapReduce(module<typeof sum>("sum"), module<typeof add>("add"));
  log(`${mine.length} chunks here, ${frame.record.chunks.length} on ${nodes} nodes, sum ${all}`);
  if (args[1] === "fail" && node === nodes - 1) await frame.map(module<typeof fail>("fail"));
};
