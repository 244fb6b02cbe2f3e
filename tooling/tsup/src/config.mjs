/**
 * The one tsup configuration: ESM only, source maps, declarations for the public entry.
 * Every file that a worker thread starts from is an entry of its own, listed after `src/index.ts`.
 * @param {{ entry?: string[], dts?: boolean, banner?: string }} options
 */
export const eau2Tsup = ({ entry = ["src/index.ts"], dts = true, banner } = {}) => ({
  entry,
  format: ["esm"],
  target: "node20",
  sourcemap: true,
  clean: true,
  splitting: true,
  dts: dts ? { entry: entry[0] } : false,
  ...(banner ? { banner: { js: banner } } : {}),
});
