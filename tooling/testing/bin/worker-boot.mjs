// On Node 20 the hooks of tsx are not inherited by worker threads: a worker that starts from source registers them.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.entry);
