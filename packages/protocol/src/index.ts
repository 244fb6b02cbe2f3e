export {
  ERROR_CODES,
  ERRORS,
  Eau2Error,
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
  NodeId,
  SHARD_INDEX_MAX,
  ShardIndex,
} from "./ids.js";
