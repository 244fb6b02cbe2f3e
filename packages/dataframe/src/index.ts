export { Column } from "./column/column.js";
export { dictionaryColumn, float64Column, int64ColumnFromNumbers, utf8Column } from "./column/column-from-arrays.js";
export { ColumnRecord, SchemaRecord } from "./column/schema-record.js";
export { type Chunk, DataFrame, type ValueSource } from "./frame/data-frame.js";
export {
  ChunkRecord,
  decodeFrameRecord,
  dictionaryName,
  encodeFrameRecord,
  FrameId,
  FrameRecord,
  frameChunkPrefix,
  framePrefix,
  frameRecordName,
} from "./frame/frame-record.js";
export { PARTITION_COUNT_MAX, partitionCount, partitionOfBytes, partitionOfCode } from "./frame/partition-rule.js";
export { createTextKernel } from "./kernels/text-kernel.js";
export type { SplitMode, TextKernel } from "./kernels/text-kernel-types.js";
export { callTask, defineTask, type Task } from "./task/task.js";
export { countMapTask, countReduceTask, integersOf, MapArgs, ReduceArgs, ReduceResult } from "./tasks/count-values.js";
export { sealCodedTextTask, sealPlainTextTask } from "./tasks/seal-text.js";
export { CHUNK_ROWS_MAX, type OpenFile, SplitTextArgs, SplitTextResult, splitTextTask } from "./tasks/split-text.js";
export { UnifyResult, unifyDictionariesTask } from "./tasks/unify-dictionaries.js";
export { type Block, planBlocks } from "./text/block-plan.js";
export { blockGivesUp, frameGivesUp } from "./text/dictionary-rule.js";
export type { ByteSource } from "./text/scan-block.js";
