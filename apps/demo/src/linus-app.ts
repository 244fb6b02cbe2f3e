/** `pnpm demo linus`: who is within some degrees of one person by shared projects, on generated commits or on files. */
import { join, resolve } from "node:path";
import type { Eau2 } from "@eau2/application";
import { DataFrame, int32, schema, schemaOf } from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";
import { onOwnCluster } from "./cluster.js";
import { closedForm, type GeneratedShape, generatedCommits, generatedShape } from "./linus/generated.js";
import type { Stage } from "./linus/reach.js";
import type { LinusArgs, LinusResult } from "./programs/linus.js";
import { PREFIX, type ProgramFlags, programCluster, runDemoProgram } from "./run-demo-program.js";
import { userFolder } from "./user-folder.js";

/** What is asked about the commits, and how they are cut. */
export interface LinusOptions {
  readonly start?: number | undefined;
  readonly degrees?: number | undefined;
  readonly chunkRows?: number | undefined;
  readonly blockBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LinusFlags extends ProgramFlags, Omit<LinusOptions, "signal"> {
  /** Stages of the closed form, instead of files. */
  readonly generate?: number | undefined;
  /** Commits in all, the closed form's included. */
  readonly commits?: number | undefined;
  /** A folder with projects.ltgt, users.ltgt and commits.ltgt. */
  readonly data?: string | undefined;
  readonly json: boolean;
}

const Commit = schema({ pid: int32, author: int32 });
/** Of the original's full data. */
const START_UID = 4967;
const DEGREES = 4;
const COLUMNS = { projectColumn: "pid", authorColumn: "author" };

/** Stores generated commits as the frame PREFIX/commits. @returns what the program is told */
export const putGenerated = async (
  eau2: Eau2,
  prefix: string,
  stages: number,
  shape: GeneratedShape,
  { start = 0, degrees = stages, chunkRows }: LinusOptions,
): Promise<LinusArgs> => {
  const { projects: pid, authors: author } = generatedCommits(shape, 0, shape.commitCount);
  const options = { schema: Commit, name: `${prefix}/commits`, chunkRows };
  const frame = await DataFrame.fromColumns(eau2.store, { pid, author }, options);
  const { projectCount, userCount } = shape;
  return { commits: frame.key, ...COLUMNS, start, degrees, projectCount, userCount };
};

/** Loads the three files as frames PREFIX/projects, PREFIX/users and PREFIX/commits. @returns what the program is told */
export const loadFiles = async (
  eau2: Eau2,
  prefix: string,
  folder: string,
  { start = START_UID, degrees = DEGREES, ...options }: LinusOptions,
): Promise<LinusArgs> => {
  const load = (name: string, columns: Parameters<typeof schemaOf>[0]) =>
    eau2.load(join(folder, `${name}.ltgt`), { ...options, name: `${prefix}/${name}`, schema: schemaOf(columns) });
  const named = [
    ["id", "int64"],
    ["name", "utf8"],
  ] as const;
  const projects = await load("projects", named);
  const users = await load("users", named);
  const commits = await load("commits", [
    ["pid", "int64"],
    ["author", "int64"],
    ["committer", "int64"],
  ]);
  return { commits: commits.key, ...COLUMNS, start, degrees, projectCount: projects.nrows, userCount: users.nrows };
};

const print = (stages: readonly Stage[], ms: number): void => {
  const number = (value: number) => value.toLocaleString("en-US").padStart(15);
  const lines = stages.map(
    ({ stage, projects, users }) => `${String(stage).padStart(5)}${number(projects)}${number(users)}\n`,
  );
  process.stdout.write(`stage       projects          users\n${lines.join("")}\n${ms} ms\n`);
};

export const runLinus = async (flags: LinusFlags): Promise<void> => {
  const { generate, data, commits, nodes, shards } = flags;
  if ((generate === undefined) === (data === undefined)) {
    throw new Eau2Error("USAGE", "linus: give either --generate STAGES or --data DIR");
  }
  const folder = data === undefined ? undefined : resolve(userFolder(), data);
  const dataRoots = folder === undefined ? [] : [folder];
  const { stages, ms } = await onOwnCluster({ ...programCluster(flags), dataRoots }, async (eau2) => {
    const { start, degrees, chunkRows, blockBytes, signal } = flags;
    const options = { start, degrees, chunkRows, blockBytes, signal };
    const args =
      folder === undefined
        ? await putGenerated(eau2, PREFIX, generate!, generatedShape(generate!, commits), options)
        : await loadFiles(eau2, PREFIX, folder, options);
    return runDemoProgram<LinusResult>(eau2, "linus", [PREFIX, JSON.stringify(args)], signal);
  });
  if (flags.json) process.stdout.write(`${JSON.stringify({ app: "linus", nodes, shards, stages, ms })}\n`);
  else print(stages, ms);
  if (generate === undefined || (flags.start ?? 0) !== 0) return;
  const expected = closedForm(generate).slice(0, stages.length);
  if (JSON.stringify(expected) === JSON.stringify(stages.slice(0, expected.length))) return;
  process.stderr.write(`linus: the closed form is ${JSON.stringify(expected)}\n`);
  process.exitCode = 1;
};
