/**
 * The life of a program, as the node that coordinates it sees it. Pure: the shell feeds it what happened on each node and
 * does what it says. Nothing runs before all nodes have loaded the program; the first failure ends it everywhere; it is over
 * when nothing of it is left on any node.
 */
import { Eau2Error } from "@eau2/protocol";

type NodePhase = "starting" | "ready" | "running" | "ended";

interface NodeLife {
  readonly phase: NodePhase;
  /** All that it does is wait for keys. */
  readonly parked: boolean;
  readonly code: number;
}

export interface ProgramLife {
  readonly phase: "starting" | "running" | "ending" | "over";
  /** By index. */
  readonly nodes: readonly NodeLife[];
  /** The first one. */
  readonly failure: Eau2Error | undefined;
  /** Whether the shell looks out for a deadlock. */
  readonly watched: boolean;
}

export type ProgramEvent =
  /** It has loaded the program and waits for the others. */
  | { readonly kind: "ready"; readonly node: number }
  | { readonly kind: "parked"; readonly node: number; readonly parked: boolean }
  /** Its process has ended by itself. */
  | { readonly kind: "ended"; readonly node: number; readonly code: number }
  /** Its process failed, was killed, or has gone with its node. */
  | { readonly kind: "failed"; readonly node: number; readonly error: Eau2Error }
  /** Nobody wants it any more, or all of it waits for ever. */
  | { readonly kind: "stopped"; readonly error: Eau2Error };

export type ProgramEffect =
  /** All nodes are told to run. */
  | { readonly kind: "go" }
  /** These nodes are told to end. */
  | { readonly kind: "end"; readonly nodes: readonly number[]; readonly error: Eau2Error }
  | { readonly kind: "watch"; readonly on: boolean }
  | { readonly kind: "over"; readonly code: number; readonly failure: Eau2Error | undefined };

export type Step = readonly [ProgramLife, readonly ProgramEffect[]];

/** @param count - nodes it is started on, at least 1. */
export const startLife = (count: number): ProgramLife => ({
  phase: "starting",
  nodes: Array.from({ length: count }, () => ({ phase: "starting", parked: false, code: 0 })),
  failure: undefined,
  watched: false,
});

export const stepLife = (life: ProgramLife, event: ProgramEvent): Step => {
  if (life.phase === "over") return [life, []];
  switch (event.kind) {
    case "ready":
      return becameReady(life, event.node);
    case "parked":
      return watching(withNode(life, event.node, { parked: event.parked }), []);
    case "ended":
      // Before all were there it has not run: whoever ends then has called process.exit while it was loaded.
      if (life.phase === "starting") return failed(withEnded(life, event.node, 0), tooEarly(event.node, event.code));
      return settled(withEnded(life, event.node, event.code), []);
    case "failed":
      return failed(withEnded(life, event.node, 1), event.error);
    case "stopped":
      return failed(life, event.error);
    default:
      return event satisfies never;
  }
};

const becameReady = (life: ProgramLife, node: number): Step => {
  if (life.phase !== "starting" || life.nodes[node]?.phase !== "starting") return [life, []];
  const next = withNode(life, node, { phase: "ready" });
  if (!next.nodes.every(({ phase }) => phase === "ready")) return [next, []];
  const nodes = next.nodes.map((one): NodeLife => ({ ...one, phase: "running" }));
  return [{ ...next, phase: "running", nodes }, [{ kind: "go" }]];
};

/** The first failure counts; what fails afterwards does so because it is ended. */
const failed = (life: ProgramLife, error: Eau2Error): Step => {
  if (life.phase === "ending") return settled(life, []);
  const left = life.nodes.flatMap(({ phase }, index) => (phase === "ended" ? [] : [index]));
  const end: readonly ProgramEffect[] = left.length === 0 ? [] : [{ kind: "end", nodes: left, error }];
  return settled({ ...life, phase: "ending", failure: error }, end);
};

const settled = (life: ProgramLife, effects: readonly ProgramEffect[]): Step => {
  const [next, watch] = watching(life, effects);
  if (!next.nodes.every(({ phase }) => phase === "ended")) return [next, watch];
  const { failure } = next;
  const code = failure === undefined ? (next.nodes.find((node) => node.code !== 0)?.code ?? 0) : 1;
  return [{ ...next, phase: "over" }, [...watch, { kind: "over", code, failure }]];
};

/** A deadlock is looked for while the program runs and everything that is left of it waits. */
const watching = (life: ProgramLife, effects: readonly ProgramEffect[]): Step => {
  const left = life.nodes.filter(({ phase }) => phase !== "ended");
  const wanted = life.phase === "running" && left.length > 0 && left.every(({ parked }) => parked);
  if (wanted === life.watched) return [life, effects];
  return [{ ...life, watched: wanted }, [...effects, { kind: "watch", on: wanted }]];
};

const withNode = (life: ProgramLife, index: number, change: Partial<NodeLife>): ProgramLife => ({
  ...life,
  nodes: life.nodes.map((node, at) => (at === index && node.phase !== "ended" ? { ...node, ...change } : node)),
});

const withEnded = (life: ProgramLife, index: number, code: number): ProgramLife =>
  withNode(life, index, { phase: "ended", parked: false, code });

const tooEarly = (node: number, code: number): Eau2Error =>
  new Eau2Error(
    "TASK_FAILED",
    `the program ended with code ${code} while it was loaded, before it ran; do the work inside run(context)`,
    { index: node, code },
  );
