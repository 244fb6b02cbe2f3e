export { Directory, DirectoryNode, NodeState } from "./directory.js";
export {
  Eau2Error,
  ERROR_CODES,
  ERRORS,
  type ErrorCode,
  type ErrorDetails,
  isEau2Error,
  toEau2Error,
} from "./errors.js";
export {
  Address,
  assertKeyName,
  ClusterId,
  Incarnation,
  isKeyName,
  KEY_NAME_BYTES_MAX,
  KeyName,
  KeyRecord,
  NODE_NAME_MAX,
  NODE_SHARDS_MAX,
  NodeId,
  SHARD_INDEX_MAX,
  ShardIndex,
  WAITER_NAME_MAX,
} from "./ids.js";
export {
  CONTROL_BYTES_MAX,
  DIRECTORY_NODES_MAX,
  MESSAGE_BYTES_MAX,
  NO_TIME_LIMIT,
  PROTOCOL_VERSION,
  RAW_BYTES_MAX,
  VALUE_BYTES_MAX,
} from "./limits.js";
export {
  EVENTS,
  type EventKind,
  type EventOf,
  isEventKind,
  isRequestKind,
  KIND_CODES,
  type Kind,
  kindOfCode,
  LINK_FRAMES,
  REQUESTS,
  type ReplyOf,
  type RequestKind,
  type RequestOf,
} from "./messages.js";
export { ClusterStatus, NodeStatus, STATUS_WAITS_MAX, WaitRecord } from "./messages-cluster.js";
export { KV_KEYS_PAGE } from "./messages-kv.js";
export { ErrorRecord, LinkHello, LinkPurpose, LinkWelcome, NodeOffer, StreamCredit } from "./messages-link.js";
export {
  PROGRAM_ARGS_MAX,
  PROGRAM_LINE_BYTES_MAX,
  PROGRAM_LINES_MAX,
  PROGRAM_WAITS_MAX,
  ProgramFollowReply,
  ProgramLine,
  ProgramProgress,
  ProgramQuietReply,
  ProgramReport,
  ProgramRun,
  ProgramRunReply,
  ProgramStart,
} from "./messages-program.js";
export {
  FileFingerprint,
  JobProgress,
  JobRun,
  TASK_KEYS_MAX,
  TaskOutputs,
  TaskRun,
  TaskRunReply,
} from "./messages-work.js";
