/** Which nodes see which files: the same size, time of change and sample of bytes mean the same file. */
import { Eau2Error, ERRORS, type ErrorCode, type FileFingerprint } from "@eau2/protocol";
import type { JobContext, ProbeResult } from "./job.js";
import { runAll } from "./run-all.js";

/** Files that one node is asked about at a time: each is open while it is. */
const PROBES_PER_NODE = 32;

export interface LocatedFiles {
  /** Of each path, as the reading is planned by. */
  readonly fingerprints: readonly FileFingerprint[];
  sees(nodeId: string, file: number): boolean;
  /** This node does not see all files, but that one does: it should run the job. */
  readonly handOverTo: string | undefined;
}

export const unchanged = (a: FileFingerprint, b: FileFingerprint): boolean =>
  a.bytes === b.bytes && a.modifiedMs === b.modifiedMs && a.sample === b.sample;

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

const problemOf = (path: string, probes: ReadonlyMap<string, ProbeResult>, nodeId: string): Eau2Error => {
  const mine = probes.get(nodeId)?.problem;
  const code = mine !== undefined && isErrorCode(mine.code) ? mine.code : "FILE_MISSING";
  const others = probes.size - 1;
  const elsewhere =
    others === 0
      ? ""
      : others === 1
        ? "; the other node does not see it either"
        : `; the ${others} other nodes do not see it either`;
  return new Eau2Error(code, `${mine?.message ?? `read "${path}": nobody sees it`}${elsewhere}`, { path });
};

/** What each file is on each node that is asked: by node, for each path. A node is asked about a few at a time. */
export const probeFiles = async (
  paths: readonly string[],
  context: JobContext,
  isAsked: (nodeId: string, file: number) => boolean = () => true,
): Promise<Map<string, ProbeResult>[]> => {
  const nodeIds = [...new Set(context.shards.map(({ nodeId }) => nodeId))];
  const questions = paths
    .flatMap((path, file) => nodeIds.map((nodeId) => ({ path, file, nodeId })))
    .filter(({ nodeId, file }) => isAsked(nodeId, file));
  const answers = await runAll(
    questions,
    ({ nodeId }) => nodeId,
    PROBES_PER_NODE,
    ({ nodeId, path }) => context.probe(nodeId, path),
    context.abort,
  );
  const probes = paths.map(() => new Map<string, ProbeResult>());
  questions.forEach(({ file, nodeId }, index) => {
    probes[file]!.set(nodeId, answers[index]!);
  });
  return probes;
};

/** @throws {@link Eau2Error} `FILE_MISSING` or `DENIED` when no node sees all the files. */
export const locateFiles = async (paths: readonly string[], context: JobContext): Promise<LocatedFiles> => {
  const nodeIds = [...new Set(context.shards.map(({ nodeId }) => nodeId))];
  const probes = await probeFiles(paths, context);
  const seesAll = (nodeId: string) => probes.every((found) => found.get(nodeId)?.fingerprint !== undefined);
  const reader = seesAll(context.nodeId) ? context.nodeId : nodeIds.find(seesAll);
  if (reader === undefined) {
    const file = probes.findIndex((found) => found.get(context.nodeId)?.fingerprint === undefined);
    throw problemOf(paths[file]!, probes[file]!, context.nodeId);
  }
  const fingerprints = probes.map((found) => found.get(reader)!.fingerprint!);
  return {
    fingerprints,
    sees: (nodeId, file) => {
      const theirs = probes[file]!.get(nodeId)?.fingerprint;
      return theirs !== undefined && unchanged(theirs, fingerprints[file]!);
    },
    handOverTo: reader === context.nodeId ? undefined : reader,
  };
};
