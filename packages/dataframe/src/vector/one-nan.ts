/**
 * NaN that was computed gets one pattern of bits. Its sign is that of whatever instruction made it, so of whether a loop was
 * compiled already: the same query would have other bytes, and perhaps another encoding, on another run.
 * @returns the same array, written to.
 */
export const withOneNaN = <Values extends Float32Array | Float64Array>(values: Values): Values => {
  for (let row = 0; row < values.length; row++) if (Number.isNaN(values[row])) values[row] = Number.NaN;
  return values;
};
