import { eau2Tsup } from "@eau2/tsup";

/** Programs that the demo ships to nodes: each one file that imports nothing. */
const programs = {
  ...eau2Tsup({
    entry: ["src/programs/linus.ts", "src/programs/summarizer.ts", "src/programs/trivial.ts"],
    dts: false,
  }),
  outDir: "dist/programs",
  splitting: false,
  noExternal: [/.*/],
  // The other configuration cleans.
  clean: false,
};

export default [eau2Tsup({ entry: ["src/main.ts"], dts: false, banner: "#!/usr/bin/env node" }), programs];
