/** Where the worker threads of a node begin. */
import { workerData } from "node:worker_threads";
import { runShardWorker } from "@eau2/kvstore";
import { standardTasks, taskRegistry } from "../tasks/standard.js";
import { DataRoots } from "./data-roots.js";

const { dataRoots } = workerData as { dataRoots: readonly string[] };
const files = new DataRoots(dataRoots);

runShardWorker({ tasks: taskRegistry(standardTasks((path, bytes) => files.openSync(path, bytes))) });
