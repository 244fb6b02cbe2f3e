import type { TaskTools } from "../tasks/standard.js";
import { DataRoots } from "./data-roots.js";
import { moduleLoader } from "./load-module.js";

/** What the worker threads of a node are told, as `workerData`. */
export interface WorkerData {
  readonly dataRoots: readonly string[];
  readonly allowModules: boolean;
}

/** @example runShardWorker({ tasks: taskRegistry([...standardTasks(taskTools(workerData)), myTask]) }) */
export const taskTools = ({ dataRoots, allowModules }: WorkerData): TaskTools => {
  const files = new DataRoots(dataRoots);
  return {
    openFile: (path, bytes) => files.openSync(path, bytes),
    openInflated: (path, bytes) => files.openInflated(path, bytes),
    loadModule: moduleLoader(allowModules),
  };
};
