import { z } from "zod";
import {
  ClusterComplete,
  ClusterDirectory,
  ClusterRegister,
  ClusterRegisterReply,
  ClusterStatus,
  ClusterStatusRequest,
  ClusterTeardown,
  ClusterTeardownReply,
  NodeStatus,
} from "./messages-cluster.js";
import {
  KvDrop,
  KvDropReply,
  KvGet,
  KvGetReply,
  KvHasReply,
  KvKeys,
  KvKeysReply,
  KvPut,
  KvPutReply,
  KvWait,
} from "./messages-kv.js";
import {
  ErrorRecord,
  LinkBye,
  LinkHello,
  LinkPing,
  LinkWelcome,
  RequestCancel,
  StreamCredit,
  StreamData,
} from "./messages-link.js";
import {
  ProgramEnd,
  ProgramFollow,
  ProgramFollowReply,
  ProgramQuiet,
  ProgramQuietReply,
  ProgramReady,
  ProgramReport,
  ProgramRun,
  ProgramRunReply,
  ProgramStart,
  ProgramStartReply,
} from "./messages-program.js";
import { FileProbe, FileProbeReply, JobProgress, JobRun, JobRunReply, TaskRun, TaskRunReply } from "./messages-work.js";

/** Requests and what answers them. */
export const REQUESTS = {
  "cluster.register": { request: ClusterRegister, reply: ClusterRegisterReply },
  "cluster.status": {
    request: ClusterStatusRequest,
    reply: z.strictObject({ node: NodeStatus.optional(), cluster: ClusterStatus.optional() }),
  },
  "cluster.teardown": { request: ClusterTeardown, reply: ClusterTeardownReply },
  "kv.put": { request: KvPut, reply: KvPutReply },
  "kv.get": { request: KvGet, reply: KvGetReply },
  "kv.wait": { request: KvWait, reply: KvGetReply },
  "kv.has": { request: KvGet, reply: KvHasReply },
  "kv.keys": { request: KvKeys, reply: KvKeysReply },
  "kv.drop": { request: KvDrop, reply: KvDropReply },
  "task.run": { request: TaskRun, reply: TaskRunReply },
  "job.run": { request: JobRun, reply: JobRunReply },
  "file.probe": { request: FileProbe, reply: FileProbeReply },
  "program.run": { request: ProgramRun, reply: ProgramRunReply },
  "program.follow": { request: ProgramFollow, reply: ProgramFollowReply },
  "program.start": { request: ProgramStart, reply: ProgramStartReply },
  "program.ready": { request: ProgramReady, reply: z.strictObject({}) },
  "program.report": { request: ProgramReport, reply: z.strictObject({}) },
  "program.end": { request: ProgramEnd, reply: z.strictObject({}) },
  "program.quiet": { request: ProgramQuiet, reply: ProgramQuietReply },
} as const;
export type RequestKind = keyof typeof REQUESTS;
export type RequestOf<K extends RequestKind> = z.infer<(typeof REQUESTS)[K]["request"]>;
export type ReplyOf<K extends RequestKind> = z.infer<(typeof REQUESTS)[K]["reply"]>;

/** Messages that nobody answers. */
export const EVENTS = {
  "cluster.directory": ClusterDirectory,
  "cluster.complete": ClusterComplete,
  "job.progress": JobProgress,
} as const;
export type EventKind = keyof typeof EVENTS;
export type EventOf<K extends EventKind> = z.infer<(typeof EVENTS)[K]>;

/** Frames of the link itself. */
export const LINK_FRAMES = {
  "link.hello": LinkHello,
  "link.welcome": LinkWelcome,
  "link.refuse": ErrorRecord,
  "link.ping": LinkPing,
  "link.pong": LinkPing,
  "link.bye": LinkBye,
  "request.cancel": RequestCancel,
  "stream.data": StreamData,
  "stream.credit": StreamCredit,
  "reply.error": ErrorRecord,
} as const;

/** The number that stands for a kind in a frame's header. Numbers are never given to another kind. */
export const KIND_CODES = {
  "link.hello": 1,
  "link.welcome": 2,
  "link.refuse": 3,
  "link.ping": 4,
  "link.pong": 5,
  "link.bye": 6,
  "request.cancel": 8,
  "stream.data": 9,
  "stream.credit": 10,
  "reply.ok": 12,
  "reply.error": 13,
  "cluster.register": 32,
  "cluster.directory": 33,
  "cluster.status": 35,
  "cluster.teardown": 36,
  "cluster.complete": 37,
  "kv.put": 48,
  "kv.get": 49,
  "kv.wait": 50,
  "kv.has": 51,
  "kv.keys": 52,
  "kv.drop": 53,
  "task.run": 64,
  "job.run": 72,
  "job.progress": 73,
  "file.probe": 80,
  "program.run": 96,
  "program.follow": 97,
  "program.start": 98,
  "program.ready": 99,
  "program.report": 100,
  "program.end": 101,
  "program.quiet": 102,
} as const satisfies Record<RequestKind | EventKind | keyof typeof LINK_FRAMES | "reply.ok", number>;
export type Kind = keyof typeof KIND_CODES;

const KIND_BY_CODE: readonly (Kind | undefined)[] = (() => {
  const table: (Kind | undefined)[] = [];
  for (const [kind, code] of Object.entries(KIND_CODES)) table[code] = kind as Kind;
  return table;
})();

/** The kind of a header's number, or undefined for a number that this version does not know. */
export const kindOfCode = (code: number): Kind | undefined => KIND_BY_CODE[code];
export const isRequestKind = (kind: Kind): kind is RequestKind => Object.hasOwn(REQUESTS, kind);
export const isEventKind = (kind: Kind): kind is EventKind => Object.hasOwn(EVENTS, kind);
