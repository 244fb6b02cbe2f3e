/** What passes between a node's main thread and a shard's worker, by structured clone. One build, one process: no schema. */
import type { ErrorCode, ErrorDetails } from "@eau2/protocol";
import type { RangeRef } from "../slab/range.js";
import type { Task, TaskResult } from "./task-types.js";

/** A slab that the worker has not seen yet. */
export type SlabRecord = readonly [slabId: number, buffer: SharedArrayBuffer];

/** An `Eau2Error` taken apart: cloning an error loses its own fields. */
export interface ErrorParts {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  /** Of the worker, where it has one to tell. */
  readonly stack?: string | undefined;
}

export type ToWorker =
  /** `stopCell` holds one int32: the id of the task that is to stop. */
  | { readonly kind: "hello"; readonly stopCell: SharedArrayBuffer }
  | { readonly kind: "run"; readonly task: Task; readonly slabs: readonly SlabRecord[] }
  | {
      readonly kind: "allocated";
      readonly requestId: number;
      readonly ref: RangeRef;
      readonly slabs: readonly SlabRecord[];
    }
  | { readonly kind: "refused"; readonly requestId: number; readonly error: ErrorParts }
  | { readonly kind: "forget"; readonly requestId: number; readonly slabIds: readonly number[] };

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly taskId: number; readonly result: TaskResult }
  | { readonly kind: "rejected"; readonly taskId: number; readonly error: ErrorParts }
  | { readonly kind: "threw"; readonly taskId: number; readonly message: string; readonly stack: string }
  | { readonly kind: "progress"; readonly taskId: number; readonly value: unknown }
  | { readonly kind: "allocate"; readonly taskId: number; readonly requestId: number; readonly bytes: number }
  /** `isKept`: something in the worker still refers to one of the slabs. */
  | { readonly kind: "forgot"; readonly requestId: number; readonly isKept: boolean };

/** What the stop cell holds for a task. */
export const stopMark = (taskId: number): number => taskId | 0;
