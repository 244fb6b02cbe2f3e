/** The seed of a randomized test: `TEST_SEED` replays a failure, otherwise the committed one is used. */
export const seedFromEnv = (committed = 1): number => {
  const text = process.env.TEST_SEED;
  if (text === undefined || text === "") return committed;
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new Error(`TEST_SEED must be an integer, not "${text}"`);
  return seed;
};

const wholeFromEnv = (name: string, otherwise: number): number => {
  const text = process.env[name];
  if (text === undefined || text === "") return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} must be a whole number, not "${text}"`);
  return value;
};

/** The seeds of a simulation: `TEST_SEED` replays one, `SIM_FIRST` and `SIM_SEEDS` try others and more than the committed ones. */
export const seedsFromEnv = (committed: { readonly first: number; readonly count: number }) =>
  process.env.TEST_SEED
    ? { first: seedFromEnv(), count: 1 }
    : { first: wholeFromEnv("SIM_FIRST", committed.first), count: wholeFromEnv("SIM_SEEDS", committed.count) };
