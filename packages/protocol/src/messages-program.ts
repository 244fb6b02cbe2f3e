/**
 * Programs: user code that runs on every node. A client asks one node (`program.run`), which coordinates: it starts a
 * child process everywhere (`program.start`, answered when that has ended), holds all of them until all are there
 * (`program.ready`), takes in what they print (`program.report`) and hands it to the client that asks for it
 * (`program.follow`). All of these are requests: a slow client slows its programs, and nothing is lost with a link.
 */
import { z } from "zod";
import { KeyRecord, NODE_NAME_MAX, NodeId } from "./ids.js";
import { DIRECTORY_NODES_MAX } from "./limits.js";
import { ErrorRecord } from "./messages-link.js";
import { WorkId } from "./messages-work.js";

export const PROGRAM_ARGS_MAX = 1_024;
/** UTF-16 units of one argument. */
const ARG_LENGTH_MAX = 65_536;
/** UTF-8 bytes of a line that a program prints; the rest of the line is cut off. */
export const PROGRAM_LINE_BYTES_MAX = 64 * 1024;
/** Lines that travel in one message. */
export const PROGRAM_LINES_MAX = 1_024;
/** Waits that one node reports of a program. */
export const PROGRAM_WAITS_MAX = 100;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const NodeName = z.string().min(1).max(NODE_NAME_MAX);
const ExitCode = z.int().min(0).max(255);

/** What is run, and with which arguments. */
const ProgramCall = {
  id: WorkId,
  /** What people call it: the name of its file. */
  name: z.string().min(1).max(255),
  module: KeyRecord,
  sha256: Sha256,
  args: z.array(z.string().max(ARG_LENGTH_MAX)).max(PROGRAM_ARGS_MAX),
};

export const ProgramRun = z.strictObject(ProgramCall);
export type ProgramRun = z.infer<typeof ProgramRun>;
export const ProgramRunReply = z.strictObject({
  /** Names of the nodes it ran on, in order of their index. */
  nodes: z.array(NodeName).max(DIRECTORY_NODES_MAX),
  code: ExitCode,
  /** The first failure; `code` is 1 then. */
  failure: ErrorRecord.optional(),
});
export type ProgramRunReply = z.infer<typeof ProgramRunReply>;

export const ProgramStart = z.strictObject({
  ...ProgramCall,
  coordinator: NodeId,
  /** Which of how many. */
  node: z.int().min(0).max(DIRECTORY_NODES_MAX),
  nodes: z.int().min(1).max(DIRECTORY_NODES_MAX),
});
export type ProgramStart = z.infer<typeof ProgramStart>;
export const ProgramStartReply = z.strictObject({ code: ExitCode });

/** Answered when the program may run: all nodes have loaded it. */
export const ProgramReady = z.strictObject({ id: WorkId, nodeId: NodeId });

/** Ends a program on the node that gets it; answered when its process has gone. */
export const ProgramEnd = z.strictObject({ id: WorkId, reason: z.string().max(1024) });

export const ProgramLine = z.strictObject({
  stream: z.enum(["stdout", "stderr"]),
  text: z.string().max(PROGRAM_LINE_BYTES_MAX),
});
export type ProgramLine = z.infer<typeof ProgramLine>;

export const ProgramProgress = z.strictObject({
  phase: z.string().max(64),
  done: z.number().min(0),
  total: z.number().min(0),
});
export type ProgramProgress = z.infer<typeof ProgramProgress>;

/** What a program did on one node since the last report. */
export const ProgramReport = z.strictObject({
  id: WorkId,
  nodeId: NodeId,
  /** Counts the reports of a node from 1: one that comes again is known by it. */
  number: z.int().min(1),
  lines: z.array(ProgramLine).max(PROGRAM_LINES_MAX),
  progress: ProgramProgress.optional(),
  /** Whether all that it does is wait for keys; absent when that has not changed. */
  parked: z.boolean().optional(),
});
export type ProgramReport = z.infer<typeof ProgramReport>;

export const ProgramFollow = z.strictObject({
  id: WorkId,
  /** The number of the last batch that has arrived; 0 at first. */
  after: z.int().min(0),
});
export const ProgramFollowReply = z.strictObject({
  /** The number of this batch. */
  number: z.int().min(0),
  lines: z.array(z.strictObject({ node: NodeName, ...ProgramLine.shape })).max(PROGRAM_LINES_MAX),
  progress: z.array(z.strictObject({ node: NodeName, ...ProgramProgress.shape })).max(DIRECTORY_NODES_MAX),
  /** There will be no further batch. */
  ended: z.boolean(),
});
export type ProgramFollowReply = z.infer<typeof ProgramFollowReply>;

/** Asked of every node before programs are ended because all of them wait. */
export const ProgramQuiet = z.strictObject({});
export const ProgramQuietReply = z.strictObject({
  /** Something here may still put a key: a program that does not wait, another client, a job. */
  busy: z.boolean(),
  /** Changes whenever a program here begins or ends to wait. */
  changes: z.int().min(0),
  waits: z.array(z.strictObject({ program: WorkId, node: NodeName, key: KeyRecord })).max(PROGRAM_WAITS_MAX),
});
export type ProgramQuietReply = z.infer<typeof ProgramQuietReply>;
