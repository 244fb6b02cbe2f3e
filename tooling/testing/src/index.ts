export {
  coverageFuzz,
  type FuzzFinding,
  type FuzzOptions,
  type FuzzResult,
  type FuzzTarget,
  fuzzOptionsFromEnv,
} from "./coverage-fuzz.js";
export { type FencedBlock, fencedBlocks, markdownSection } from "./markdown.js";
export { notRun } from "./not-run.js";
export { assertExample, type ReadmeExample, readmeExample, readmeSuite } from "./readme-example.js";
export { seedFromEnv, seedsFromEnv } from "./seed.js";
export { temporaryFolder } from "./temporary-folder.js";
export { type TestOptions, testSuite } from "./test-suite.js";
export { workerFromSource } from "./worker-from-source.js";
