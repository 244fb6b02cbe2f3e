export { type Clock, type Random, randomHex, randomUint32 } from "./clock.js";
export { GATE_TIMEOUT_MS } from "./gate/gate.js";
export {
  CLIENT_GONE_AFTER_MS,
  GONE_AFTER_MS,
  HEARTBEAT_MS,
  SUSPECT_AFTER_MS,
} from "./membership/failure-detector.js";
export { type Client, type ClientOptions, connectClient } from "./mesh/client.js";
export type { Endpoint } from "./mesh/endpoint.js";
export { Mesh } from "./mesh/mesh.js";
export type { Log, MeshOptions } from "./mesh/mesh-options.js";
export { systemClock, systemRandom } from "./platform/system.js";
export { formatAddress, parseAddress, WebSocketTransport } from "./platform/transport-ws.js";
export { errorFromRecord, errorToRecord } from "./session/error-record.js";
export { bodyOf, type PendingRequest } from "./session/outgoing-requests.js";
export {
  type CancelListener,
  type CancelSource,
  INLINE_BODY_BYTES_MAX,
  type IncomingRequest,
  type OutgoingReply,
  REQUEST_TIMEOUT_MS,
  type Reply,
  type RequestHandler,
  type RequestHandlers,
  type RequestOptions,
} from "./session/request-types.js";
export { Session, type SessionState } from "./session/session.js";
export type { BodyTarget, OutgoingBody } from "./session/streams.js";
export {
  type Link,
  type LinkHandlers,
  type Listener,
  type Transport,
  UNTRUSTED_BYTES_MAX,
  UNTRUSTED_LINKS_MAX,
} from "./transport/transport.js";
export { MemoryNetwork, MemoryTransport } from "./transport-memory/transport-memory.js";
export { SeededRandom, Simulation } from "./transport-simulated/simulation.js";
export { type Faults, SimulatedNetwork } from "./transport-simulated/transport-simulated.js";
