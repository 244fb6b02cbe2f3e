/** Where the worker threads of a node begin. */
import { workerData } from "node:worker_threads";
import { runShardWorker } from "@eau2/kvstore";
import { standardTasks, taskRegistry } from "../tasks/standard.js";
import { taskTools, type WorkerData } from "./task-tools.js";

runShardWorker({ tasks: taskRegistry(standardTasks(taskTools(workerData as WorkerData))) });
