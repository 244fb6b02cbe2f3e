import { workerFromSource } from "@eau2/testing";
import type { WorkerEntry } from "../../src/platform/shard-worker.js";

/** Starts a file of `fixtures` as a worker. */
export const fixtureEntry = (file = "tasks.ts"): WorkerEntry =>
  workerFromSource(new URL(`fixtures/${file}`, import.meta.url));
