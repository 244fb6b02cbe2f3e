export { seedFromEnv } from "./seed.js";
export { type TestOptions, testSuite } from "./test-suite.js";
export { notRun } from "./not-run.js";
export { temporaryFolder } from "./temporary-folder.js";
export { workerFromSource } from "./worker-from-source.js";
