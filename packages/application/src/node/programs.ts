/** The programs of a node: those that run here, those that were started through it, and the messages between the two. */
import type { KVStore } from "@eau2/kvstore";
import type { Clock, Mesh, RequestHandlers, Session } from "@eau2/network";
import type { NodeId, ProgramQuietReply } from "@eau2/protocol";
import type { StartProcess } from "../programs/program-process.js";
import { ProgramCoordinator } from "./program-coordinator.js";
import { ProgramHost } from "./program-host.js";

export interface ProgramsOptions {
  readonly mesh: Mesh;
  readonly store: KVStore;
  readonly clock: Clock;
  readonly start: StartProcess | undefined;
  readonly memoryBytes: number;
  /** Whether a job or a task runs here: it may put a key. */
  isWorking(): boolean;
}

export type ProgramHandlers = Pick<
  RequestHandlers<Session>,
  | "program.run"
  | "program.follow"
  | "program.start"
  | "program.ready"
  | "program.report"
  | "program.end"
  | "program.quiet"
>;

export class Programs {
  readonly host: ProgramHost;
  readonly coordinator: ProgramCoordinator;

  constructor(private readonly options: ProgramsOptions) {
    const { mesh } = options;
    const isHere = (nodeId: NodeId) => nodeId === mesh.options.id;
    this.host = new ProgramHost({
      ...options,
      ready: async (coordinator, request) =>
        isHere(coordinator)
          ? this.coordinator.ready(request.id, request.nodeId)
          : mesh.session(coordinator).request("program.ready", request as never, { timeoutMs: null }),
      report: async (coordinator, report) =>
        isHere(coordinator)
          ? this.coordinator.report(report)
          : mesh.session(coordinator).request("program.report", report, { timeoutMs: null }),
    });
    this.coordinator = new ProgramCoordinator({
      ...options,
      start: async (nodeId, request, signal) => {
        if (isHere(nodeId)) return this.host.run(request, signal);
        return (await mesh.session(nodeId).request("program.start", request, { timeoutMs: null, signal })).control.code;
      },
      end: async (nodeId, id, reason, timeoutMs) =>
        isHere(nodeId)
          ? this.host.end(id, reason)
          : mesh.session(nodeId).request("program.end", { id, reason }, { timeoutMs }),
      quiet: async (nodeId, timeoutMs) =>
        isHere(nodeId)
          ? this.quiet()
          : (await mesh.session(nodeId).request("program.quiet", {}, { timeoutMs })).control,
    });
  }

  /** Whether somebody here may still put a key. */
  quiet(): ProgramQuietReply {
    const { mesh, isWorking } = this.options;
    const programs = this.host.quiet();
    const isStranger = (session: Session) =>
      session.isClient && !this.host.isProgram(session.remote) && !this.coordinator.isStarter(session);
    return { ...programs, busy: programs.busy || isWorking() || mesh.sessions.some(isStranger) };
  }

  async close(reason: string): Promise<void> {
    await Promise.all([this.host.close(reason), this.coordinator.close(reason)]);
  }
}

/** @param programs - asked at each call: handlers exist before the node has joined. */
export const programHandlers = (programs: () => Programs): ProgramHandlers => ({
  "program.run": {
    handle: async ({ control, peer, signal }) => ({ control: await programs().coordinator.run(control, peer, signal) }),
  },
  "program.follow": {
    handle: async ({ control: { id, after }, signal }) => ({
      control: await programs().coordinator.follow(id, after, signal),
    }),
  },
  "program.start": {
    handle: async ({ control, signal }) => ({ control: { code: await programs().host.run(control, signal) } }),
  },
  "program.ready": {
    handle: async ({ control: { id, nodeId } }) => {
      await programs().coordinator.ready(id, nodeId);
      return { control: {} };
    },
  },
  "program.report": {
    handle: async ({ control }) => {
      await programs().coordinator.report(control);
      return { control: {} };
    },
  },
  "program.end": {
    handle: async ({ control: { id, reason } }) => {
      await programs().host.end(id, reason);
      return { control: {} };
    },
  },
  "program.quiet": { handle: () => ({ control: programs().quiet() }) },
});
