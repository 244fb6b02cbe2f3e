export { type Answer, compareAnswers, type Tolerance } from "./compare.js";
export { openDuckDb } from "./duckdb/duckdb.js";
export { DUCKDB, EVERYTHING } from "./random/dialect.js";
export { type QueryCase, randomCase } from "./random/random-case.js";
export { runPlan, type Tables } from "./run-plan.js";
