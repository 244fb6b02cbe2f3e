import { eau2Tsup } from "@eau2/tsup";

export default eau2Tsup({ entry: ["src/index.ts", "src/platform/shard-worker.ts", "src/platform/program-child.ts"] });
