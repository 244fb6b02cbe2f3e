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
export {
  assertNoBadRows,
  type BadRow,
  type BadRowReport,
  BlockLines,
  type BlockReport,
  describeBadRow,
  mergeBadRows,
} from "./sor/bad-rows.js";
export { type FileRange, planRangeBlocks, rangeOf, wholeLinesEnd } from "./sor/range-blocks.js";
export {
  inferSorSchema,
  printSidb,
  readSorHead,
  SOR_SCHEMA_LINES,
  type SorSchema,
  sidbSchema,
} from "./sor/sor-schema.js";
export {
  BAD_ROW_POLICIES,
  type BadRowPolicy,
  SOR_COLUMN_TYPES,
  type SorColumnType,
  type SorFault,
} from "./sor/sor-types.js";
export { callTask, defineTask, type Task } from "./task/task.js";
export { countMapTask, countReduceTask, integersOf, MapArgs, ReduceArgs, ReduceResult } from "./tasks/count-values.js";
export { SealSorArgs, sealSorTask } from "./tasks/seal-sor.js";
export { sealCodedTextTask, sealPlainTextTask } from "./tasks/seal-text.js";
export { SplitSorArgs, SplitSorResult, splitSorTask } from "./tasks/split-sor.js";
export { CHUNK_ROWS_MAX, type OpenFile, SplitTextArgs, SplitTextResult, splitTextTask } from "./tasks/split-text.js";
export { UnifyResult, unifyDictionariesTask } from "./tasks/unify-dictionaries.js";
export { type Block, planBlocks } from "./text/block-plan.js";
export { blockGivesUp, frameGivesUp } from "./text/dictionary-rule.js";
export type { ByteSource } from "./text/scan-block.js";
