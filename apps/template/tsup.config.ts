import { eau2Tsup } from "@eau2/tsup";

export default eau2Tsup({ entry: ["src/main.ts"], dts: false, banner: "#!/usr/bin/env node" });
