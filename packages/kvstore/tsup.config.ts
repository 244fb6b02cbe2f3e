import { eau2Tsup } from "@eau2/tsup";

export default eau2Tsup();
