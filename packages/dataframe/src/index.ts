export { Column } from "./column/column.js";
export { dictionaryColumn, float64Column, int64ColumnFromNumbers, utf8Column } from "./column/column-from-arrays.js";
export { ColumnRecord, SchemaRecord } from "./column/schema-record.js";
export { beginsRight, nextRow, type RunPlace } from "./csv/check-runs.js";
export { type CsvHead, csvHead } from "./csv/csv-head.js";
export { CsvPreview } from "./csv/csv-preview.js";
export { type CsvSample, readCsvHead, readCsvSamples } from "./csv/csv-sample.js";
export { csvHeader, csvLines } from "./csv/csv-text.js";
export { CSV_COLUMN_TYPES, CsvColumn, type CsvColumnType, CsvDialect, CsvNulls, widenedType } from "./csv/csv-types.js";
export { CsvGuess, CsvOverrides, type GuessedColumn, guessCsv } from "./csv/guess-csv.js";
export { describeGroups, describeSort } from "./explain/describe-choices.js";
export { printExplained } from "./explain/print-explained.js";
export { QueryExplained, StageExplained, StageRan } from "./explain/stage-explained.js";
export { coalesce, col, concat, greatest, least, lit, makeDate } from "./expression/builders.js";
export type { Constant } from "./expression/constant.js";
export type {
  AnyExpr,
  BooleanExpr,
  DateExpr,
  Expr,
  ListExpr,
  NumberExpr,
  TextExpr,
} from "./expression/expr.js";
export type {
  Call,
  Case,
  Cast,
  ColumnReference,
  Expression,
  IsIn,
  Literal,
  ScalarType,
  ValueType,
} from "./expression/expression.js";
export type { DateUnit, FunctionName } from "./expression/functions.js";
export { summarizeExpression } from "./expression/print.js";
export { resolveType } from "./expression/resolve-type.js";
export type { Operand, Term } from "./expression/term.js";
export { type When, when } from "./expression/when.js";
export type { Cell, ScalarCell } from "./frame/cells.js";
export { CHUNK_ROWS, CHUNK_ROWS_MAX } from "./frame/chunk-rows.js";
export { ChunkView, type CodedText, type Lists, type NameOf } from "./frame/chunk-view.js";
export type { ColumnData } from "./frame/column-data.js";
export { type BuildOptions, DataFrame } from "./frame/data-frame.js";
export { DistributedArray } from "./frame/distributed-array.js";
export { FrameBuilder } from "./frame/frame-builder.js";
export {
  ChunkRecord,
  decodeFrameRecord,
  dictionaryName,
  dictionaryPrefix,
  encodeFrameRecord,
  FrameId,
  FrameRecord,
  frameChunkPrefix,
  framePrefix,
  frameRecordName,
} from "./frame/frame-record.js";
export type { CsvOptions, FileLoader, FileOptions, FrameStore, LocalValues, ValueSource } from "./frame/frame-store.js";
export { PARTITION_COUNT_MAX, partitionCount, partitionOfBytes, partitionOfCode } from "./frame/partition-rule.js";
export { copyRow } from "./frame/row-loan.js";
export type { CellOf, ColumnsOf, NewRow, Rower, RowSeen, Writer } from "./frame/row-types.js";
export type {
  AnyFunction,
  ChunkFunction,
  MappedFrame,
  MergeFunction,
  ModuleContext,
  ModuleOptions,
  ModuleRunner,
  ReadsOnly,
  UserModule,
} from "./frame/user-module.js";
export { explainDropped, frameExists, frameUnknown, type WrittenFrame, writeFrame } from "./frame/write-frame.js";
export { keyLayout } from "./group/key-layout.js";
export { createTextKernel } from "./kernels/text-kernel.js";
export type { SplitMode, TextKernel } from "./kernels/text-kernel-types.js";
export { type CodeArgs, CodeResult, codeTask, type RecodeArgs, recodeTask } from "./operators/code-task.js";
export { type FactsArgs, FactsResult, factsTask } from "./operators/facts-task.js";
export { type GroupArgs, GroupResult, groupTask } from "./operators/group-task.js";
export { type MergeArgs, MergeResult, mergeTask } from "./operators/merge-task.js";
export type { Pipeline, PipelineStep } from "./operators/pipeline.js";
export { ranksTask } from "./operators/ranks-task.js";
export { type RowsArgs, RowsResult, rowsTask } from "./operators/rows-task.js";
export { hasSlowPattern } from "./operators/slow-pattern.js";
export {
  type SortMergeArgs,
  SortMergeResult,
  type SortSampleArgs,
  SortSampleResult,
  type SortSplitArgs,
  sortMergeTask,
  sortSampleTask,
  sortSplitTask,
} from "./operators/sort-task.js";
export type { Aggregate, AggregateName } from "./plan/aggregate.js";
export type {
  Aggregation,
  Derived,
  Distinct,
  Explode,
  Filter,
  Limit,
  Plan,
  PlanColumn,
  Project,
  Sample,
  Scan,
  Sort,
  SortKey,
  Union,
} from "./plan/plan.js";
export { decodePlan, encodePlan } from "./plan/plan-codec.js";
export { planColumns } from "./plan/plan-columns.js";
export { printOperator, printPlan } from "./plan/print-plan.js";
export { type ChunkFacts, type ColumnFacts, mergeFacts, NO_ROWS } from "./planner/column-facts.js";
export { type GroupPlan, planDistinct, planGroup } from "./planner/plan-group.js";
export type { KnownColumn } from "./planner/plan-inputs.js";
export { planSort, type SortPlan } from "./planner/plan-sort.js";
export { columnsOfConditions, mayPass, sourceConditions } from "./planner/prune-chunks.js";
export { type Stage, type StageSink, type StageSource, sourceColumn, stageOf } from "./planner/stages.js";
export { formatBytes, formatCount, formatCounted } from "./print/format-numbers.js";
export { cutText, jsonCell, printCell, printText } from "./print/print-cell.js";
export { printTable } from "./print/print-table.js";
export {
  type AggregateTerm,
  bottom,
  corr,
  count,
  countDistinct,
  covariance,
  first,
  last,
  max,
  maxBy,
  mean,
  median,
  min,
  minBy,
  mode,
  quantile,
  slope,
  stddev,
  sum,
  top,
  variance,
} from "./query/aggregates.js";
export type { ColumnChoice, ColumnTerms, NewColumns } from "./query/column-terms.js";
export type { ColumnSummary } from "./query/describe.js";
export type { GroupedQuery } from "./query/grouped-query.js";
export { asc, desc, type Ordering, type OrderingOptions } from "./query/ordering.js";
export { Query } from "./query/query.js";
export type {
  ExplainOptions,
  FileWriter,
  QueryOptions,
  QueryProgress,
  QueryReport,
  QueryResult,
  QueryRunner,
  RunOptions,
  WriteReport,
  WrittenRows,
} from "./query/query-runner.js";
export type { RowExprs } from "./query/row-exprs.js";
export { rewritePlan } from "./rules/rewrite-plan.js";
export {
  boolean,
  DATA_TYPES,
  type DataType,
  type DateAs,
  date,
  float32,
  float64,
  type Int64As,
  int8,
  int16,
  int32,
  int64,
  list,
  type ScalarDataType,
  type TypeName,
  timestamp,
  typeName,
  utf8,
  type ValueOfType,
} from "./schema/data-types.js";
export { printSchema } from "./schema/print-schema.js";
export {
  columnUnknown,
  type RowOf,
  Schema,
  type SchemaColumn,
  type SchemaShape,
  schema,
  schemaOf,
} from "./schema/schema.js";
export { type FileRange, planRangeBlocks, rangeOf, wholeLinesEnd } from "./sor/range-blocks.js";
export {
  inferSorSchema,
  printSidb,
  readSorHead,
  SOR_SCHEMA_LINES,
  type SorSchema,
  sidbSchema,
} from "./sor/sor-schema.js";
export { SOR_COLUMN_TYPES, type SorColumnType } from "./sor/sor-types.js";
export type { Splitter } from "./sort/sort-spec.js";
export { chooseSplitters } from "./sort/split-by-range.js";
export { callTask, defineTask, type Task } from "./task/task.js";
export { countMapTask, countReduceTask, integersOf, MapArgs, ReduceArgs, ReduceResult } from "./tasks/count-values.js";
export {
  ColumnDescription,
  type DescribedBound,
  DescribeResult,
  describeChunksTask,
  mergeDescriptions,
} from "./tasks/describe-chunks.js";
export {
  type LoadModule,
  MapModuleArgs,
  MergeModuleArgs,
  MODULE_ARGS_BYTES_MAX,
  ModuleArgs,
  ModuleRecord,
  mapModuleTask,
  mergeModuleTask,
} from "./tasks/run-module.js";
export { SealColumnsArgs, sealColumnsTask } from "./tasks/seal-columns.js";
export { sealCodedTextTask, sealPlainTextTask } from "./tasks/seal-text.js";
export type { OpenFile } from "./tasks/split-blocks.js";
export { type CsvBlock, SplitCsvArgs, SplitCsvResult, splitCsvTask } from "./tasks/split-csv.js";
export { SplitSorArgs, type SplitSorOptions, SplitSorResult, splitSorTask } from "./tasks/split-sor.js";
export { SplitTextArgs, SplitTextResult, splitTextTask } from "./tasks/split-text.js";
export { UnifyResult, unifyDictionariesTask } from "./tasks/unify-dictionaries.js";
export {
  assertNoBadRows,
  BAD_ROW_POLICIES,
  type BadRow,
  type BadRowPolicy,
  type BadRowReport,
  BlockLines,
  type BlockReport,
  describeBadRow,
  mergeBadRows,
  type RowFault,
} from "./text/bad-rows.js";
export { type Block, defaultBlockBytes, planBlocks } from "./text/block-plan.js";
export type { ByteSource } from "./text/byte-source.js";
export { indexOfDelimiter } from "./text/delimiter.js";
export { type BlockDistinctCount, blockGivesUp, frameGivesUp } from "./text/dictionary-rule.js";
