/** The processes that take part in a comparison of engines, and whether they agree. */
import { dirname } from "node:path";
import { type AnswerDigest, differenceOf } from "../query/answer-digest.js";
import type { Arm, Engine } from "../query/comparison.js";
import type { Figures, Verdict } from "../query/query-report.js";
import type { Question } from "../query/questions.js";
import { median } from "../statistics.js";
import { Child } from "./child.js";
import { machineLine } from "./machine-line.js";
import { installPeer, type Peer, peerVersion } from "./peers.js";
import { progress } from "./progress.js";
import type { QueryHandlers, Timed } from "./query-engine.js";

const PEER_OF: Readonly<Partial<Record<Engine, Peer>>> = { duckdb: "@duckdb/node-api", polars: "nodejs-polars" };

/** The machine, and the versions of the peers among the arms. */
export const machineOf = (arms: readonly Arm[]): string =>
  machineLine(
    arms.flatMap(({ engine, title }) => {
      const peer = PEER_OF[engine];
      return peer === undefined ? [] : [`${title} ${peerVersion(peer).replace(/-.*/, "")}`];
    }),
  );

export interface ArmProcess {
  readonly arm: Arm;
  readonly child: Child<QueryHandlers>;
}

/** Starts the process of an arm, which then can load and answer; its peer is installed if it is not there. */
export const openArm = async (arm: Arm, file: string): Promise<ArmProcess> => {
  const { engine, nodes, threads, plainSums } = arm;
  const peer = PEER_OF[engine];
  const peers = peer === undefined ? null : installPeer(peer);
  const child = new Child<QueryHandlers>(`query-${engine}`);
  try {
    await child.ask("open", { nodes, threads, plainSums, dataRoot: dirname(file), peers });
    return { arm, child };
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
};

export const closeArms = async (processes: readonly ArmProcess[]): Promise<void> => {
  await Promise.all(processes.map(({ child }) => child[Symbol.asyncDispose]()));
};

export const figuresOf = (runs: readonly Timed[]): Figures => {
  const of = (figure: keyof Timed) => median(runs.map((run) => run[figure])) ?? 0;
  return { ms: of("ms"), peakMb: of("peakBytes") / 1e6, residentMb: of("residentBytes") / 1e6 };
};

export const failed = ({ arm }: ArmProcess, what: string, error: unknown): void =>
  progress(`${what}: ${arm.title} failed: ${String(error instanceof Error ? error.message : error).split("\n")[0]}`);

/** Whether all gave the same answer, or, for no question, loaded the same table; where not, what differs is shown. */
export const compareAnswers = async (processes: readonly ArmProcess[], question: Question | null): Promise<Verdict> => {
  const asked = { question: question?.name ?? null };
  const [first, ...others] = processes;
  if (first === undefined || others.length === 0) return "alone";
  const digest: AnswerDigest = await first.child.ask("digest", asked);
  let verdict: Verdict = "equal";
  for (const other of others) {
    const hasPolars = [first, other].some(({ arm }) => arm.engine === "polars");
    const options = hasPolars ? { nullIsZero: question?.sums ?? [] } : {};
    const difference = differenceOf(digest, await other.child.ask("digest", asked), options);
    if (difference === undefined) continue;
    verdict = "different";
    const { text, bucket } = difference;
    progress(`${question?.name ?? "load"}: ${first.arm.title} and ${other.arm.title} disagree: ${text}`);
    if (bucket === undefined) continue;
    for (const { arm, child } of [first, other]) {
      const rows = await child.ask("rowsOfBucket", { ...asked, bucket });
      progress(`  ${arm.title}: ${rows.map((row) => row.map((cell) => String(cell)).join(" ")).join("; ")}`);
    }
  }
  return verdict;
};
