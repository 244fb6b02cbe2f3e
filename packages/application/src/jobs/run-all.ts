/**
 * Runs `work` on every item with a bound on how many of one lane are under way.
 * @param onFailure - called with the first failure, which ends the rest: those under way should be told.
 * @returns the results in order of the items. @throws the first failure, once nothing is under way any more.
 */
export const runAll = async <T, R>(
  items: readonly T[],
  laneOf: (item: T) => string,
  laneCountMax: number,
  work: (item: T) => Promise<R>,
  onFailure: (error: unknown) => void,
): Promise<R[]> => {
  const lanes = new Map<string, number[]>();
  items.forEach((item, index) => {
    const lane = laneOf(item);
    const queue = lanes.get(lane);
    if (queue === undefined) lanes.set(lane, [index]);
    else queue.push(index);
  });
  const results = new Array<R>(items.length);
  let failure: { readonly error: unknown } | undefined;
  const drain = async (queue: number[]) => {
    for (let index = queue.shift(); index !== undefined && failure === undefined; index = queue.shift()) {
      try {
        results[index] = await work(items[index]!);
      } catch (error) {
        if (failure === undefined) {
          failure = { error };
          onFailure(error);
        }
      }
    }
  };
  const drains = [...lanes.values()].flatMap((queue) => Array.from({ length: laneCountMax }, () => drain(queue)));
  await Promise.all(drains);
  if (failure !== undefined) throw failure.error;
  return results;
};
