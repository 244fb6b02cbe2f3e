/** Runs jobs on this node for whoever asks: sees to it that a job ends with its asker, and that its failures say where. */

import type { KVStore } from "@eau2/kvstore";
import { type Clock, type Mesh, type Random, randomHex, type Session } from "@eau2/network";
import { Eau2Error, isEau2Error, type JobRun, type TaskRun, type TaskRunReply, toEau2Error } from "@eau2/protocol";
import { FrameFacts } from "../jobs/frame-facts.js";
import type { Job, JobAnswer, JobContext, JobShard, ProbeResult } from "../jobs/job.js";
import { sentWork } from "../jobs/work-args.js";
import type { DataRoots } from "../platform/data-roots.js";
import { withManyListeners } from "../platform/many-listeners.js";
import type { TaskRunner } from "./task-runner.js";

/** Jobs that one node runs at a time; one more is `BUSY`. */
const JOBS_MAX = 256;

export type AnyJob = Job<never, unknown>;

export interface JobRunnerOptions {
  readonly mesh: Mesh;
  readonly store: KVStore;
  readonly files: DataRoots;
  readonly tasks: TaskRunner;
  readonly clock: Clock;
  readonly random: Random;
  readonly jobs: ReadonlyMap<string, AnyJob>;
  probe(path: string): Promise<ProbeResult>;
}

export class JobRunner {
  #running = new Map<string, Promise<JobAnswer>>();
  readonly #facts = new FrameFacts();

  constructor(private readonly options: JobRunnerOptions) {}

  get runningCount(): number {
    return this.#running.size;
  }

  /** The same id is the same job: asked again (after a reconnect) it is not started again. */
  run(request: JobRun, signal: AbortSignal, progress: JobContext["progress"]): Promise<JobAnswer> {
    const running = this.#running.get(request.id);
    if (running !== undefined) return running;
    if (this.#running.size >= JOBS_MAX) {
      return Promise.reject(
        new Eau2Error("BUSY", `job ${request.name}: ${JOBS_MAX} jobs are running on this node; wait for one to end`),
      );
    }
    const result = this.#run(request, signal, progress).finally(() => this.#running.delete(request.id));
    this.#running.set(request.id, result);
    return result;
  }

  async #run({ id, name, args }: JobRun, signal: AbortSignal, progress: JobContext["progress"]): Promise<JobAnswer> {
    const job = this.options.jobs.get(name);
    if (job === undefined) {
      const known = [...this.options.jobs.keys()].join(", ");
      throw new Eau2Error("USAGE", `job "${name}" is not registered on this node; it has ${known}`, { job: name });
    }
    const parsed = job.args.safeParse(args);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new Eau2Error(
        "USAGE",
        `job ${name}: argument ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "cannot be used"}`,
        { job: name },
      );
    }
    const controller = new AbortController();
    const follow = () => controller.abort(signal.reason);
    if (signal.aborted) follow();
    else signal.addEventListener("abort", follow, { once: true });
    let bytes: Uint8Array | undefined;
    const attach = (attached: Uint8Array) => {
      bytes = attached;
    };
    try {
      const value = await job.run(parsed.data as never, { ...this.#context(id, controller, progress), attach });
      return { value, bytes };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error;
    } finally {
      signal.removeEventListener("abort", follow);
    }
  }

  #context(id: string, controller: AbortController, progress: JobContext["progress"]): Omit<JobContext, "attach"> {
    const { mesh, store, files, clock, random } = this.options;
    let nextTask = 0;
    return {
      id,
      clock,
      random,
      store,
      files,
      facts: this.#facts,
      nodeId: mesh.options.id,
      shards: this.#shards(),
      signal: withManyListeners(controller.signal),
      abort: (error) => controller.abort(error),
      runTask: (nodeId, task) => this.#runTask(nodeId, { ...task, id: `${id}.${nextTask++}` }, controller.signal),
      probe: (nodeId, path) => this.#probe(nodeId, path, controller.signal),
      handOver: async (nodeId, name, args) => {
        const session = mesh.session(nodeId as never);
        const { request, options } = sentWork({ id: `${id}.h${randomHex(random, 4)}`, name, args });
        const { signal } = controller;
        const { control } = await session.request("job.run", request, { timeoutMs: null, signal, ...options });
        return control.value;
      },
      progress,
    };
  }

  #shards(): JobShard[] {
    const { mesh } = this.options;
    return mesh
      .view()
      .nodes.filter(({ state }) => state !== "gone")
      .flatMap(({ id, name, shards }) => shards.map((home): JobShard => ({ home, nodeId: id, nodeName: name })))
      .sort((a, b) => a.home - b.home);
  }

  async #runTask(nodeId: string, task: TaskRun, signal: AbortSignal): Promise<TaskRunReply> {
    const { mesh, tasks } = this.options;
    const isHere = nodeId === mesh.options.id;
    const name = mesh.directory.nodes.find(({ id }) => id === nodeId)?.name ?? nodeId;
    let session: Session | undefined;
    try {
      if (isHere) return await tasks.run(task, signal, undefined);
      session = mesh.session(nodeId as never);
      const { request, options } = sentWork(task);
      return (await session.request("task.run", request, { timeoutMs: null, signal, ...options })).control;
    } catch (thrown) {
      const error = toEau2Error(thrown);
      const isReached = isHere || (session !== undefined && session.state !== "gone");
      // Without a session it is the directory that says so.
      const hasGone = error.code === "PEER_GONE" || (error.code === "NODE_GONE" && !isReached);
      if (!hasGone) throw error;
      // An answer of the node itself: another one, that the task needs, has gone.
      if (isReached) {
        const message = `task ${task.name} on node ${name}: ${error.message}; load the frame again`;
        throw new Eau2Error("NODE_GONE", message, error.details, { cause: error });
      }
      // What was there is lost with it: there are no replicas yet.
      const message = `task ${task.name}: node ${name} has gone, and what it held with it; load the frame again`;
      throw new Eau2Error("NODE_GONE", message, { node: nodeId }, { cause: error });
    }
  }

  async #probe(nodeId: string, path: string, signal: AbortSignal): Promise<ProbeResult> {
    const { mesh, probe } = this.options;
    if (nodeId === mesh.options.id) return probe(path);
    try {
      return (await mesh.session(nodeId as never).request("file.probe", { path }, { signal })).control;
    } catch (error) {
      if (isEau2Error(error, "PEER_GONE") || isEau2Error(error, "NODE_GONE"))
        return { problem: { code: error.code, message: error.message } };
      throw error;
    }
  }
}
