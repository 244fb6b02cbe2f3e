/** A program from the side of who asks for it: its module is stored, it is run, and what it prints is followed. */
import { type Client, type Clock, errorFromRecord, type Random, randomHex } from "@eau2/network";
import { Eau2Error, isEau2Error, type ProgramFollowReply, toEau2Error } from "@eau2/protocol";
import { sha256Hex } from "../platform/sha256.js";
import type { StoreClient } from "./store-client.js";

/** Bytes of a module; a program's data belongs into the store. */
const MODULE_BYTES_MAX = 64 * 1024 ** 2;

export type ProgramOutput = ProgramFollowReply["lines"][number];
export type ProgramStep = ProgramFollowReply["progress"][number];

export interface RunProgramOptions {
  /** What people call it. @defaultValue "program" */
  readonly name?: string;
  readonly args?: readonly string[];
  /** Aborting it ends the program on all nodes. */
  readonly signal?: AbortSignal;
  /** A line that it has printed. While its promise is pending nothing more is read, and in the end the program stops printing. */
  readonly onOutput?: (line: ProgramOutput) => void | Promise<void>;
  readonly onProgress?: (step: ProgramStep) => void;
}

export interface ProgramResult {
  readonly program: string;
  /** Names of the nodes it ran on, by index. */
  readonly nodes: readonly string[];
  /** What the first node returned whose code is not 0; 1 when it failed. */
  readonly code: number;
  readonly ms: number;
  /** The first failure. It is a result: the program did run. */
  readonly error?: Eau2Error;
}

/** Who runs it. */
interface ProgramRunner {
  readonly client: Client;
  readonly store: StoreClient;
  readonly clock: Clock;
  readonly random: Random;
}

export const runProgram = async (
  { client, store, clock, random }: ProgramRunner,
  module: Uint8Array,
  options: RunProgramOptions,
): Promise<ProgramResult> => {
  const { name = "program", args = [], signal } = options;
  if (module.length > MODULE_BYTES_MAX) {
    const message = `program ${name}: its module has ${module.length} bytes, at most ${MODULE_BYTES_MAX} are allowed; put the data that it contains into the store`;
    throw new Eau2Error("VALUE_TOO_LARGE", message, { bytes: module.length, bytesMax: MODULE_BYTES_MAX });
  }
  const startMs = clock.now();
  const sha256 = sha256Hex(module);
  // Beside the node that coordinates it, without which the program is over anyway: no other node is needed to run it.
  const [home] = await store.homesHere();
  const key = await store.key(`m/${sha256}`, home);
  await store.put(key, module, { signal });
  const id = randomHex(random, 8);
  const ended = new AbortController();
  const whenCancelled = () => ended.abort(signal?.reason);
  signal?.addEventListener("abort", whenCancelled, { once: true });
  if (signal?.aborted) whenCancelled();
  try {
    const request = { id, name, module: key.toRecord(), sha256, args: [...args] };
    const running = client.session.request("program.run", request, { timeoutMs: null, signal: ended.signal });
    const following = follow(client, id, options, ended.signal);
    // Who cannot take what is printed has no use for the program.
    following.catch((error: unknown) => ended.abort(error));
    const { control } = await running.catch(async (error: unknown) => {
      const reason: unknown = ended.signal.reason;
      throw ended.signal.aborted && !signal?.aborted ? reason : error;
    });
    await following;
    const { nodes, code, failure } = control;
    const ms = Math.round(clock.now() - startMs);
    const remote = client.session.remote;
    return {
      program: id,
      nodes,
      code,
      ms,
      ...(failure === undefined ? {} : { error: errorFromRecord(failure, remote) }),
    };
  } catch (error) {
    ended.abort(error);
    throw isEau2Error(error, "PEER_GONE") ? coordinatorGone(name, client.session.remote, error) : toEau2Error(error);
  } finally {
    signal?.removeEventListener("abort", whenCancelled);
  }
};

const coordinatorGone = (program: string, remote: string, cause: Eau2Error): Eau2Error =>
  new Eau2Error(
    "PEER_GONE",
    `program ${program}: ${remote}, through which it was started, has gone; its other nodes end their part, run it through one of them`,
    { program },
    { cause },
  );

/** Asks for one batch after another; asking for the next one says that this one has arrived. */
const follow = async (
  client: Client,
  id: string,
  { onOutput, onProgress }: RunProgramOptions,
  signal: AbortSignal,
): Promise<void> => {
  let after = 0;
  for (let ended = false; !ended; ) {
    const { control } = await client.session.request("program.follow", { id, after }, { timeoutMs: null, signal });
    if (control.number > after) {
      for (const step of control.progress) onProgress?.(step);
      for (const line of control.lines) await onOutput?.(line);
    }
    after = control.number;
    ended = control.ended;
  }
  await client.session.request("program.follow", { id, after }, { signal });
};
