/** The original's demo: a producer, a counter and a summarizer, told apart by the index of their node. */
import type { Application, ProgramContext } from "@eau2/application";

const COUNT = 100_000;

const sumOf = async ({ frames, store }: ProgramContext, name: string): Promise<number> => {
  const frame = await frames.DataFrame.open(store, name);
  let sum = 0;
  await frame.visitRows({
    visit: (row) => {
      sum += row.value as number;
    },
  });
  return sum;
};

const number = (bytes: Uint8Array): number => Number(new TextDecoder().decode(bytes));
const bytes = (value: number): Uint8Array => new TextEncoder().encode(String(value));

const application: Application = {
  run: async (context) => {
    const { frames, log, node, store } = context;
    const [main, check, verified] = await Promise.all(["main", "ck", "verif"].map((name) => store.key(`demo/${name}`)));
    if (node === 0) {
      const values = Float64Array.from({ length: COUNT }, (_, index) => index);
      await frames.DataFrame.fromArray(store, values, { name: "main" });
      await store.put(main!, bytes(COUNT));
      await store.put(check!, bytes(values.reduce((sum, value) => sum + value, 0)));
    } else if (node === 1) {
      await store.waitAndGet(main!);
      await store.put(verified!, bytes(await sumOf(context, "main")));
    } else {
      const expected = number(await store.waitAndGet(check!));
      const found = number(await store.waitAndGet(verified!));
      log(expected === found ? "SUCCESS" : "FAILURE", found);
    }
  },
};
export default application;
