/** What a program's result says, held against what its processes really did. */
import type { Eau2Error, KeyRecord } from "@eau2/protocol";
import type { ProgramResult } from "../../src/session/run-program.js";
import type { ProgramScript } from "./program-script.js";
import type { ProcessRecord, ScriptedProcess } from "./scripted-process.js";

/** A program that a client runs. */
export interface Run {
  readonly label: string;
  readonly script: ProgramScript;
  /** The client. */
  readonly by: string;
  /** The node that coordinates it. */
  readonly at: string;
  /** What has arrived, by node. */
  readonly lines: Map<string, string[]>;
  cancelled: boolean;
  cancel: () => void;
  end:
    | { readonly kind: "result"; readonly result: ProgramResult }
    | { readonly kind: "error"; readonly error: Eau2Error }
    | undefined;
}

export interface ProgramFacts {
  /** All of the history. */
  readonly processes: readonly ScriptedProcess[];
  /** Nodes that were killed, stopped or cut off. */
  readonly troubled: ReadonlySet<string>;
  readonly wereCut: boolean;
  /** Links break and stall by themselves. */
  readonly isHarsh: boolean;
}

const DROPPED_NOTE = /^eau2: (\d+) lines of this node were dropped here/;

/** Looked at as soon as whoever asked has the answer. */
export const programFaults = (run: Run, facts: ProgramFacts): string[] => {
  const { label, end } = run;
  const fault = (what: string) => [`program ${label}: ${what}`];
  if (end === undefined) return fault("has no end");
  if (end.kind === "error")
    return mayBeRefused(run, end.error, facts) ? [] : fault(`fails with ${end.error.code}: ${end.error.message}`);
  const { result } = end;
  const mine = facts.processes.map(({ record }) => record).filter(({ id }) => id === result.program);
  const faults: string[] = [];
  if (!facts.wereCut && !facts.isHarsh)
    for (const { node, phase } of mine)
      if (phase !== "over") faults.push(...fault(`has a result while it is ${phase} on ${node}`));
  if (result.error !== undefined) {
    if (result.code !== 1) faults.push(...fault(`fails with code ${result.code}`));
    if (!hasHappened(run, result.error, mine, facts))
      faults.push(...fault(`this did not happen: ${result.error.message}`));
    return faults;
  }
  const codes: number[] = [];
  for (const [index, node] of result.nodes.entries()) {
    const there = mine.filter((one) => one.index === index && one.node === node);
    const outcome = there[0]?.outcome;
    if (there.length !== 1 || outcome?.kind !== "returned") {
      faults.push(...fault(`went well, but not on ${node}: ${JSON.stringify(there)}`));
      continue;
    }
    codes.push(outcome.code);
    faults.push(...lineFaults(there[0]!, run.lines.get(node) ?? []).flatMap(fault));
  }
  const code = codes.find((one) => one !== 0) ?? 0;
  if (result.code !== code) faults.push(...fault(`ends with ${result.code} and not with ${code}`));
  return faults;
};

/** Every line arrives once and in order, or is one of those that a note counts. */
const lineFaults = ({ lines, node }: ProcessRecord, arrived: readonly string[]): string[] => {
  let at = 0;
  for (const text of arrived) {
    const dropped = DROPPED_NOTE.exec(text);
    if (dropped !== null) at += Number(dropped[1]);
    else if (text !== lines[at++]) return [`line ${at - 1} of ${node} is lost or comes twice: ${text.slice(0, 40)}`];
  }
  return at === lines.length ? [] : [`${at} of ${lines.length} lines of ${node} have arrived`];
};

/** The client's own will, or its node has gone, or the home of its module. */
const mayBeRefused = ({ cancelled }: Run, { code }: Eau2Error, { troubled }: ProgramFacts): boolean =>
  code === "CANCELLED" ? cancelled : ["PEER_GONE", "BUSY"].includes(code) && (cancelled || troubled.size > 0);

/** Whether somebody really failed like that. */
const hasHappened = (
  run: Run,
  { code, message, details }: Eau2Error,
  mine: readonly ProcessRecord[],
  { troubled, wereCut, isHarsh }: ProgramFacts,
): boolean => {
  const { node } = details;
  const isOwn = mine.some(
    (one) =>
      one.node === node &&
      one.outcome?.kind === "failed" &&
      one.outcome.error.code === code &&
      message.endsWith(one.outcome.error.message),
  );
  switch (code) {
    case "WAIT_DEADLOCK":
      return true; // judged when it is decided
    case "NODE_GONE":
      return node === undefined ? troubled.has(run.at) : troubled.has(String(node));
    case "CANCELLED":
      // Or its client, or its coordinator, was not heard of for too long.
      return run.cancelled || troubled.has(run.at) || wereCut || isHarsh;
    case "BUSY":
      // A node that was killed starts again and does not know yet that it has joined.
      return troubled.size > 0 && message.includes("has not joined");
    case "PEER_GONE":
      // Without a process: its module was at a home that has gone.
      return isOwn || (troubled.size > 0 && !mine.some((one) => one.node === node));
    case "TASK_FAILED":
      return isOwn || mine.some((one) => one.outcome?.kind === "returned" && message.includes("before it ran"));
    default:
      return isOwn;
  }
};

export const isDeadlockReason = (reason: string): boolean =>
  reason.includes("wait for keys that nobody is left to put");

export interface DeadlockScene {
  readonly processes: readonly ScriptedProcess[];
  /** Clients without a program that runs. */
  readonly idleClients: readonly { readonly name: string; readonly idleSinceMs: number }[];
  readonly nowMs: number;
  /** What the checks that led to it may have taken. */
  readonly lookMs: number;
  /** Whether a node counts as there. */
  sees(node: string): boolean;
  exists(key: KeyRecord): boolean;
  /** Whether a put of it was given up, and may or may not arrive. */
  mayArrive(key: KeyRecord): boolean;
}

/**
 * What is wrong with ending a program because all wait for ever, seen by somebody who knows everything. Who came while the
 * cluster was looked at may have put a key or woken somebody in the last moment: that is nobody's fault.
 */
export const strangeDeadlock = ({ id, label }: ProcessRecord, scene: DeadlockScene): string[] => {
  const { idleClients, nowMs, lookMs } = scene;
  const living = scene.processes
    .map(({ record }) => record)
    .filter(({ phase, node }) => phase !== "over" && scene.sees(node));
  const awaited = living.filter((one) => one.id === id).flatMap(({ parked }) => parked);
  const atWork = living.filter(({ parked }) => parked.length === 0);
  const isNew = (sinceMs: number) => sinceMs > nowMs - lookMs;
  const fault = (what: string) => `program ${label} is ended because it waits for ever, but ${what}`;
  const guests = idleClients
    .filter(({ idleSinceMs }) => !isNew(idleSinceMs))
    .map(({ name }) => fault(`${name} is there`));
  const somebodyCame =
    guests.length < idleClients.length || atWork.some(({ bornMs }) => isNew(bornMs)) || awaited.some(scene.mayArrive);
  if (somebodyCame) return guests;
  return [
    ...guests,
    ...atWork.map((one) => fault(`program ${one.label} is at work on ${one.node}`)),
    ...awaited.filter(scene.exists).map(({ name }) => fault(`${name} exists`)),
  ];
};
