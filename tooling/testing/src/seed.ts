/** The seed of a randomized test: `TEST_SEED` replays a failure, otherwise the committed one is used. */
export const seedFromEnv = (committed = 1): number => {
  const text = process.env.TEST_SEED;
  if (text === undefined || text === "") return committed;
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new Error(`TEST_SEED must be an integer, not "${text}"`);
  return seed;
};
