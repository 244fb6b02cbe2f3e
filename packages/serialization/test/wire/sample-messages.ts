/** One sample of every message, typed by its schema: a kind without a sample does not compile. */
import type {
  ErrorRecord,
  EventKind,
  EventOf,
  LinkHello,
  LinkWelcome,
  ReplyOf,
  RequestKind,
  RequestOf,
} from "@eau2/protocol";
import { ClusterId, Directory, KeyRecord, NodeId, PROTOCOL_VERSION, ShardIndex } from "@eau2/protocol";

const key = KeyRecord.parse({ name: "users/7", home: 3 });
const other = KeyRecord.parse({ name: "水/🌊", home: 0 });
const nodeId = NodeId.parse("node-a");
const clusterId = ClusterId.parse("eau2-0123456789abcdef");

const directory = Directory.parse({
  clusterId,
  epoch: 7,
  hashShards: 2,
  nextShard: 4,
  nodes: [
    {
      id: "node-a",
      name: "node-a",
      incarnation: 1,
      address: "10.0.0.1:3282",
      shards: [0, 1],
      master: true,
      state: "up",
      build: "0.1.0",
    },
    {
      id: "node-b",
      name: "node-b",
      incarnation: 4_294_967_295,
      address: "[fd00::2]:3282",
      shards: [2, 3],
      master: false,
      state: "gone",
      build: "0.1.0",
    },
  ],
});
const wait = { key: "a/b", home: ShardIndex.parse(3), waiter: "client w-1", sinceMs: 1500 };

const failure: ErrorRecord = {
  code: "KEY_EXISTS",
  message: 'put "users/7": the key has another value',
  details: { key: "users/7", bytes: 12 },
  stack: "Eau2Error: put\n    at put (kv-put.ts:1:1)",
};

const programCall = {
  id: "p-1",
  name: "summarizer.ts",
  module: KeyRecord.parse({ name: `m/${"0a".repeat(32)}`, home: 1 }),
  sha256: "0a".repeat(32),
  args: ["--rows", "12"],
};

export const REQUEST_SAMPLES: {
  readonly [K in RequestKind]: { readonly request: RequestOf<K>; readonly reply: ReplyOf<K> };
} = {
  "cluster.register": {
    request: {
      offer: { id: nodeId, name: "node-a", incarnation: 1, address: "10.0.0.1:3282", shardCount: 2, build: "0.1.0" },
    },
    reply: { directory },
  },
  "cluster.status": {
    request: { scope: "cluster" },
    reply: {
      node: { id: nodeId, bytes: 1_000_000, budget: 2 ** 33, hashShards: 2, waits: [wait] },
      cluster: {
        cluster: clusterId,
        epoch: 7,
        nodes: directory.nodes.map(({ build: _build, ...node }) => ({ ...node, bytes: 12, budget: 2 ** 33 })),
        waits: [wait],
      },
    },
  },
  "cluster.teardown": { request: { scope: "node", nodeId }, reply: { ended: [nodeId] } },
  "kv.put": { request: { key, checksum: 0xdead_beef }, reply: { stored: true } },
  "kv.get": { request: { key }, reply: { found: true, checksum: 0xdead_beef } },
  "kv.wait": { request: { key: other, waiter: "client of b" }, reply: { found: false, checksum: 0 } },
  "kv.has": { request: { key }, reply: { found: true } },
  "kv.keys": { request: { prefix: "users", after: key }, reply: { keys: [key, other], more: true } },
  "kv.drop": { request: { prefix: "users", what: "keys" }, reply: { dropped: 12 } },
  "task.run": {
    request: {
      id: "job-1.stage-0.3",
      name: "filter",
      args: { column: "delay", above: 1.5, listed: [1, null, "x", true], nested: { deep: {} } },
      shard: ShardIndex.parse(2),
      inputs: [key],
      outputs: { kind: "numbered", prefix: "frames/f1", home: ShardIndex.parse(2), first: 4 },
      release: [other],
    },
    reply: { value: { rows: 12 }, outputBytes: [640] },
  },
  "job.run": { request: { id: "job-1", name: "wordCount", args: ["a.txt"] }, reply: { value: "done" } },
  "file.probe": {
    request: { path: "data/trips.csv" },
    reply: { fingerprint: { bytes: 5_000_000_000, modifiedMs: 1_700_000_000_000.25, sample: "0a1b" } },
  },
  "program.run": {
    request: programCall,
    reply: { nodes: ["node-a", "node-b"], code: 1, failure },
  },
  "program.follow": {
    request: { id: "p-1", after: 6 },
    reply: {
      number: 7,
      lines: [{ node: "node-b", stream: "stderr", text: "水: 12 rows" }],
      progress: [{ node: "node-a", phase: "sum", done: 3, total: 10 }],
      ended: true,
    },
  },
  "program.start": { request: { ...programCall, coordinator: nodeId, node: 1, nodes: 3 }, reply: { code: 3 } },
  "program.ready": { request: { id: "p-1", nodeId }, reply: {} },
  "program.report": {
    request: {
      id: "p-1",
      nodeId,
      number: 2,
      lines: [{ stream: "stdout", text: "SUCCESS" }],
      progress: { phase: "", done: 0.5, total: 1 },
      parked: true,
    },
    reply: {},
  },
  "program.end": { request: { id: "p-1", reason: "cancelled by the caller" }, reply: {} },
  "program.quiet": {
    request: {},
    reply: { busy: false, changes: 12, waits: [{ program: "p-1", node: "node-a", key: other }] },
  },
};

export const EVENT_SAMPLES: { readonly [K in EventKind]: EventOf<K> } = {
  "cluster.directory": { directory },
  "cluster.complete": { nodeId },
  "job.progress": { id: "job-1", phase: "load", done: 3, total: 10 },
};

export const LINK_SAMPLES = {
  "link.hello": {
    protocolVersion: PROTOCOL_VERSION,
    build: "0.1.0",
    role: "node",
    nodeId,
    name: "node-a",
    incarnation: 1,
    clusterId,
    purpose: "control",
    pair: 0xcafe_babe,
  } satisfies LinkHello,
  "link.welcome": { build: "0.1.0", nodeId, name: "node-a", incarnation: 1, clusterId } satisfies LinkWelcome,
  "link.refuse": { ...failure, code: "CLUSTER_MISMATCH" } satisfies ErrorRecord,
  "link.ping": {},
  "link.pong": {},
  "link.bye": { reason: "it was stopped" },
  "request.cancel": {},
  "stream.data": {},
  "stream.credit": { bytes: 524_288 },
  "reply.error": failure,
};
