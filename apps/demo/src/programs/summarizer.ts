/**
 * The original's Demo: a producer stores doubles and their sum, a counter sums what was stored, a summarizer compares. Three
 * roles, dealt out over the nodes there are.
 */
import type { ProgramContext } from "@eau2/application";

const COUNT = 100_000;
const ROLES = 3;

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const numberOf = (bytes: Uint8Array): number => JSON.parse(new TextDecoder().decode(bytes)) as number;

export const run = async (context: ProgramContext): Promise<void> => {
  const { node, nodes, store, frames, args, log } = context;
  const prefix = args[0]!;
  const [main, check, verified] = await Promise.all(
    ["main", "ck", "verif"].map((name) => store.key(`${prefix}/${name}`)),
  );

  const producer = async () => {
    const values = Float64Array.from({ length: COUNT }, (_, index) => index);
    await frames.DataFrame.fromArray(store, values, { name: `${prefix}/main` });
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
    await store.put(await store.key(`${prefix}/result`), bytesOf({ ok: expected === sum, sum }));
  };
  const roles = [producer, counter, summarizer];
  await Promise.all(roles.filter((_, role) => role % Math.min(nodes, ROLES) === node).map((role) => role()));
};
