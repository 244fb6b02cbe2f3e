export { checkCase, checkSeed, type Engine } from "./check-case.js";
export { type Answer, compareAnswers, type Tolerance } from "./compare.js";
export { openDuckDb } from "./duckdb/duckdb.js";
export { DUCKDB, EVERYTHING } from "./random/dialect.js";
export { type QueryCase, randomCase } from "./random/random-case.js";
export { runPlan, type Tables } from "./run-plan.js";
export { bytesOf, textOf } from "./text-bytes.js";
export { itemsOf } from "./types.js";
export type { Exact, Table } from "./values.js";
