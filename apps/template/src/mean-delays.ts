import type { DataFrame } from "@eau2/dataframe";
import type { Trip } from "./trips.js";

export interface MeanDelay {
  readonly carrier: string;
  /** Those with a known delay. */
  readonly trips: number;
  /** In minutes. */
  readonly mean: number;
}

/** The worst carrier first. Trips without a carrier or a delay do not count. */
export const meanDelays = async (trips: DataFrame<Trip>): Promise<MeanDelay[]> => {
  const sums = new Map<string, { trips: number; minutes: number }>();
  // The row is on loan: take its values, keep none of it.
  await trips.visitRows(({ carrier, delay }) => {
    if (carrier === null || delay === null) return;
    const sum = sums.get(carrier);
    if (sum === undefined) sums.set(carrier, { trips: 1, minutes: delay });
    else {
      sum.trips++;
      sum.minutes += delay;
    }
  });
  return [...sums]
    .map(([carrier, { trips: count, minutes }]) => ({ carrier, trips: count, mean: minutes / count }))
    .sort((a, b) => b.mean - a.mean || (a.carrier < b.carrier ? -1 : 1));
};
