export { BUILD } from "./build.js";
export { FrameDescription } from "./jobs/describe-frame.js";
export { defineJob, type Job, type JobContext } from "./jobs/job.js";
export { LoadCsvResult, loadCsvJob } from "./jobs/load-csv.js";
export { LoadSorResult, loadSorJob } from "./jobs/load-sor.js";
export { LoadTextResult, loadTextJob } from "./jobs/load-text.js";
export { MapReduceArgs, MapReduceResult, mapReduceJob } from "./jobs/map-reduce.js";
export { queryJob } from "./jobs/query/query-job.js";
export type { ShardShare } from "./jobs/split-runs.js";
export type { Phase } from "./jobs/stopwatch.js";
export { ClusterNode, type ClusterNodeOptions, type Placement } from "./node/cluster-node.js";
export { type BundleOptions, bundleModule } from "./platform/bundle-module.js";
export { DataRoots } from "./platform/data-roots.js";
export { defaultMemoryBytes, defaultShardCount } from "./platform/machine.js";
export { type OpenOptions, open, parseClusterUrl } from "./platform/open.js";
export { type StartNodeOptions, startNode } from "./platform/start-node.js";
export { taskTools, type WorkerData } from "./platform/task-tools.js";
export { findToken, type TokenSources } from "./platform/token.js";
export { userModule } from "./platform/user-module.js";
export type { Application, ProgramContext, ProgramFrames } from "./programs/program-types.js";
export { Catalog, type CatalogStore, type NamedFrame } from "./session/catalog.js";
export {
  type Counted,
  Eau2,
  type FrameEntry,
  type Loaded,
  type LoadedCsv,
  type LoadedSor,
  type LoadOptions,
  type LoadTextOptions,
} from "./session/eau2.js";
export type { JobOptions } from "./session/job-client.js";
export type { ProgramOutput, ProgramResult, ProgramStep, RunProgramOptions } from "./session/run-program.js";
export { type CallOptions, StoreClient } from "./session/store-client.js";
export { type AnyTask, standardJobs, standardTasks, type TaskTools, taskRegistry } from "./tasks/standard.js";
