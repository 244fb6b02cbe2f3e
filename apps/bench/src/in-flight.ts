/** Runs `get(0)` to `get(count - 1)`, always `inFlight` of them at a time (fewer at the end). */
export const inFlight = async (
  count: number,
  inFlightMax: number,
  get: (index: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const lane = async () => {
    while (next < count) await get(next++);
  };
  await Promise.all(Array.from({ length: Math.min(count, inFlightMax) }, lane));
};
