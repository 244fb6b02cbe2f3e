/** The tasks and jobs that every node has. */
import {
  callTask,
  codeTask,
  countMapTask,
  countReduceTask,
  describeChunksTask,
  factsTask,
  groupTask,
  type LoadModule,
  mapModuleTask,
  mergeModuleTask,
  mergeTask,
  type OpenFile,
  ranksTask,
  recodeTask,
  rowsTask,
  sealCodedTextTask,
  sealColumnsTask,
  sealPlainTextTask,
  sortMergeTask,
  sortSampleTask,
  sortSplitTask,
  splitCsvTask,
  splitSorTask,
  splitTextTask,
  type Task,
  unifyDictionariesTask,
} from "@eau2/dataframe";
import type { TaskContext, TaskFunction, TaskRegistry } from "@eau2/kvstore";
import { crc32 } from "@eau2/serialization";
import { describeFrameJob } from "../jobs/describe-frame.js";
import { dropFrameJob } from "../jobs/drop-frame.js";
import { loadCsvJob } from "../jobs/load-csv.js";
import { loadSorJob } from "../jobs/load-sor.js";
import { loadTextJob } from "../jobs/load-text.js";
import { mapModuleJob } from "../jobs/map-module.js";
import { mapReduceJob } from "../jobs/map-reduce.js";
import { previewCsvJob } from "../jobs/preview-csv.js";
import { explainQueryJob, queryJob } from "../jobs/query/query-job.js";
import type { AnyJob } from "../node/job-runner.js";
import type { SummedResult } from "../node/task-runner.js";

/** A task of any arguments, as a registry lists it. */
export type AnyTask = Task<never>;

/** What tasks need of the machine they run on. */
export interface TaskTools {
  openFile(path: string, bytes: number): OpenFile;
  /** What a file compressed with gzip holds, to be read from its begin on. */
  openInflated(path: string, bytes: number): OpenFile;
  readonly loadModule: LoadModule;
}

export const standardTasks = ({ openFile, openInflated, loadModule }: TaskTools): readonly AnyTask[] =>
  [
    splitTextTask(openFile),
    splitSorTask(openFile),
    splitCsvTask({ openFile, openInflated }),
    sealColumnsTask,
    unifyDictionariesTask,
    sealCodedTextTask,
    sealPlainTextTask,
    countMapTask,
    countReduceTask,
    describeChunksTask,
    mapModuleTask(loadModule),
    mergeModuleTask(loadModule),
    codeTask,
    recodeTask,
    factsTask,
    groupTask,
    mergeTask,
    ranksTask,
    rowsTask,
    sortMergeTask,
    sortSampleTask,
    sortSplitTask,
  ] as unknown as readonly AnyTask[];

export const standardJobs: ReadonlyMap<string, AnyJob> = new Map(
  [
    loadTextJob,
    loadSorJob,
    loadCsvJob,
    previewCsvJob,
    mapReduceJob,
    mapModuleJob,
    queryJob,
    explainQueryJob,
    describeFrameJob,
    dropFrameJob,
  ].map((job) => [job.name, job as unknown as AnyJob]),
);

/** Tasks by name, as a worker calls them: arguments checked, outputs summed while they are warm. */
export const taskRegistry = (tasks: readonly AnyTask[]): TaskRegistry =>
  new Map(
    tasks.map((task): [string, TaskFunction] => [
      task.name,
      async (args: unknown, context: TaskContext) => {
        const views = new Map<string, Uint8Array>();
        const allocate: TaskContext["allocate"] = async (bytes) => {
          const allocation = await context.allocate(bytes);
          views.set(`${allocation.ref.slabId} ${allocation.ref.offset}`, allocation.view);
          return allocation;
        };
        const { value, outputs } = await callTask(task, args, { ...context, allocate });
        const checksums = outputs.map(({ slabId, offset, bytes }) =>
          crc32(views.get(`${slabId} ${offset}`)!.subarray(0, bytes)),
        );
        return { value: { value, checksums } satisfies SummedResult, outputs };
      },
    ]),
  );
