import { float64, type RowOf, schema, utf8 } from "@eau2/dataframe";

/** A column that is missing in a row is null; a name or type that is not here does not compile. */
export const Trip = schema({ carrier: utf8, delay: float64 });
export type Trip = RowOf<typeof Trip>;

const CARRIERS = ["AA", "DL", "UA", "WN"];
const MODULUS = 2 ** 31 - 1;

/** Made-up trips, the same ones every time (Park and Miller's generator, CACM 31(10), 1988). */
export const someTrips = (count: number): Trip[] => {
  let state = 1;
  const below = (limit: number): number => {
    state = (state * 48_271) % MODULUS;
    return state % limit;
  };
  return Array.from({ length: count }, () => {
    const carrier = CARRIERS[below(CARRIERS.length)]!;
    const isUnknown = below(20) === 0;
    return { carrier, delay: isUnknown ? null : below(90) - 10 };
  });
};
