/**
 * The original's Demo: a producer stores doubles and their sum, a counter sums what was stored, a summarizer compares. Three
 * roles, dealt out over the nodes there are.
 */
import type { ProgramContext } from "@eau2/application";
import { parseCheckArgs } from "./check-args.js";
import { putResult } from "./result.js";

const COUNT = 100_000;
const ROLES = 3;

const bytesOf = (value: number): Uint8Array => new TextEncoder().encode(String(value));
const numberOf = (bytes: Uint8Array): number => Number(new TextDecoder().decode(bytes));

export const run = async (context: ProgramContext): Promise<void> => {
  const { node, nodes, store, frames, args, log } = context;
  const { prefix, chunkRows } = parseCheckArgs(args);
  const [main, check, verified] = await Promise.all(
    ["main", "ck", "verif"].map((name) => store.key(`${prefix}/${name}`)),
  );

  const producer = async () => {
    const values = Float64Array.from({ length: COUNT }, (_, index) => index);
    await frames.DataFrame.fromArray(store, values, { name: `${prefix}/main`, chunkRows });
    await store.put(main!, bytesOf(COUNT));
    await store.put(check!, bytesOf(values.reduce((sum, value) => sum + value, 0)));
  };
  const counter = async () => {
    await store.waitAndGet(main!);
    const frame = await frames.DataFrame.open(store, `${prefix}/main`);
    let sum = 0;
    await frame.visitRows({
      visit: (row) => {
        sum += row.value as number;
      },
    });
    await store.put(verified!, bytesOf(sum));
  };
  const summarizer = async () => {
    const expected = numberOf(await store.waitAndGet(check!));
    const sum = numberOf(await store.waitAndGet(verified!));
    log(expected === sum ? "SUCCESS" : "FAILURE");
    await putResult(store, prefix, { ok: expected === sum, sum });
  };
  const roles = [producer, counter, summarizer];
  await Promise.all(roles.filter((_, role) => role % Math.min(nodes, ROLES) === node).map((role) => role()));
};
