import { eau2Tsup } from "@eau2/tsup";

/** Every file that is started as a process of its own. */
const ARMS = [
  "first-query",
  "linus-plain",
  "memory-eau2",
  "node",
  "query-duckdb",
  "query-eau2",
  "query-polars",
  "raw-socket",
  "redis-client",
  "sor-eau2",
  "visit",
  "wordcount-duckdb",
  "wordcount-eau2",
  "wordcount-map",
];

export default {
  ...eau2Tsup({
    entry: ["src/main.ts", ...ARMS.map((name) => `src/platform/arms/${name}.ts`)],
    dts: false,
    banner: "#!/usr/bin/env node",
  }),
  // The demo's sources that are compared with; it is no package that could be imported.
  noExternal: [/^@eau2\/demo\//],
};
