// Starts a worker thread from TypeScript source: on Node 20 the hooks of tsx are not inherited by worker threads.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.entry);
