import { readmeSuite } from "@eau2/testing";

readmeSuite(new URL("../", import.meta.url));
