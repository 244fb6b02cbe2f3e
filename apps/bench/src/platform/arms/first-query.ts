/** eau2 embedded, with a small table: how long a question takes that it has never been asked, and when asked again. */
import { dirname } from "node:path";
import { type Eau2, open } from "@eau2/application";
import { G1_SCHEMA, type G1Frame } from "../../query/g1-frame.js";
import { newShape } from "../../query/new-shapes.js";
import { serveParent } from "../child.js";

let eau2: Eau2 | undefined;
let table: G1Frame | undefined;

const answerMs = async (shape: number): Promise<{ ms: number; answer: string }> => {
  const startMs = performance.now();
  const rows = await newShape(shape)(table!).untyped.collect();
  return { ms: performance.now() - startMs, answer: JSON.stringify(rows) };
};

const handlers = {
  open: async ({ file, shards }: { readonly file: string; readonly shards: number }) => {
    eau2 = await open({ shards, dataRoots: [dirname(file)] });
    table = await eau2.load(file, { schema: G1_SCHEMA });
  },
  /** From writing the query down to its rows. */
  ask: async ({ shape }: { readonly shape: number }) => {
    const first = await answerMs(shape);
    const again = await answerMs(shape);
    return { firstMs: first.ms, againMs: again.ms, same: first.answer === again.answer };
  },
};

export type FirstQueryHandlers = typeof handlers;

serveParent(handlers, async () => eau2?.close());
