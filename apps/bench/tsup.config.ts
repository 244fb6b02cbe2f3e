import { eau2Tsup } from "@eau2/tsup";

/** Every file that is started as a process of its own. */
const ARMS = [
  "memory-eau2",
  "node",
  "raw-socket",
  "redis-client",
  "wordcount-duckdb",
  "wordcount-eau2",
  "wordcount-map",
];

export default eau2Tsup({
  entry: ["src/main.ts", ...ARMS.map((name) => `src/platform/arms/${name}.ts`)],
  dts: false,
  banner: "#!/usr/bin/env node",
});
