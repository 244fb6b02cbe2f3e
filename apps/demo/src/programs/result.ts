/** A program's result: JSON under a key of its prefix, which whoever has started it reads when it has ended. */
import type { ProgramContext } from "@eau2/application";

const nameOf = (prefix: string): string => `${prefix}/result`;

type Store = ProgramContext["store"];

export const putResult = async (store: Store, prefix: string, result: unknown): Promise<void> => {
  await store.put(await store.key(nameOf(prefix)), new TextEncoder().encode(JSON.stringify(result)));
};

/** Undefined when the program has left none. */
export const readResult = async (store: Store, prefix: string): Promise<unknown> => {
  const bytes = await store.get(await store.key(nameOf(prefix)));
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
};
