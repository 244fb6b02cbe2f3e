/**
 * `TEST_SEED` replays a seed; `SIM_FIRST` and `SIM_SEEDS` try others and more, as `pnpm soak query` does.
 */
import assert from "node:assert/strict";
import { checkSeed, type Engine } from "@eau2/oracle";
import { seedsFromEnv } from "@eau2/testing";

export const MEMORY_BYTES = 256 * 1024 ** 2;
/** On a busy machine a query may take half a second. */
export const TIME_LIMIT_MS = 290_000;
/** Queries that the engine does not do, by its own word: a few combinations with lists and with integers beyond 2^53. */
const REFUSED_MAX = 0.12;
/** From so many on their share tells something. */
const TELLING_COUNT = 100;

export const checkSeeds = async (
  engine: Engine,
  committed: { readonly first: number; readonly count: number },
): Promise<void> => {
  const { first, count } = seedsFromEnv(committed);
  let refused = 0;
  for (let seed = first; seed < first + count; seed++) if (!(await checkSeed(seed, engine))) refused++;
  if (count >= TELLING_COUNT) assert.ok(refused <= REFUSED_MAX * count, `${refused} of ${count} queries were refused`);
};
