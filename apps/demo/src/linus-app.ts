/** `pnpm demo linus`: who is within some degrees of one person by shared projects, on generated commits or on files. */
import { join, resolve } from "node:path";
import type { Eau2 } from "@eau2/application";
import { DataFrame, int32, schema, schemaOf } from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";
import { closedForm, type GeneratedShape, generatedCommits, generatedShape } from "./linus/generated.js";
import type { Stage } from "./linus/reach.js";
import { type ProgramAppOptions, runProgramApp } from "./program-app.js";
import type { LinusArgs, LinusResult } from "./programs/linus.js";
import { userFolder } from "./user-folder.js";

export interface LinusOptions extends ProgramAppOptions {
  /** Stages of the closed form, instead of files. */
  readonly generate?: number | undefined;
  /** Commits in all, the closed form's included. */
  readonly commits?: number | undefined;
  /** A folder with projects.ltgt, users.ltgt and commits.ltgt. */
  readonly data?: string | undefined;
  readonly start?: number | undefined;
  readonly degrees?: number | undefined;
  readonly chunkRows?: number | undefined;
  readonly blockBytes?: number | undefined;
  readonly json: boolean;
}

const Commit = schema({ pid: int32, author: int32 });
/** Of the original's full data. */
const START_UID = 4967;
const DEGREES = 4;

const chunking = ({ chunkRows, blockBytes }: LinusOptions) => ({
  ...(chunkRows === undefined ? {} : { chunkRows }),
  ...(blockBytes === undefined ? {} : { blockBytes }),
});

const putGenerated = async (eau2: Eau2, shape: GeneratedShape, options: LinusOptions): Promise<LinusArgs> => {
  const { projects: pid, authors: author } = generatedCommits(shape, 0, shape.commitCount);
  const { chunkRows } = options;
  const frame = await DataFrame.fromColumns(
    eau2.store,
    { pid, author },
    { schema: Commit, name: "commits", chunkRows },
  );
  const { projectCount, userCount } = shape;
  const degrees = options.degrees ?? options.generate!;
  const columns = { projectColumn: "pid", authorColumn: "author" };
  return { commits: frame.key, ...columns, start: options.start ?? 0, degrees, projectCount, userCount };
};

const loadFiles = async (eau2: Eau2, folder: string, options: LinusOptions): Promise<LinusArgs> => {
  const file = (name: string) => join(folder, `${name}.ltgt`);
  const { signal } = options;
  const load = (name: string, columns: Parameters<typeof schemaOf>[0]) =>
    eau2.load(file(name), { name, signal, schema: schemaOf(columns), ...chunking(options) });
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
  const { start = START_UID, degrees = DEGREES } = options;
  const columns = { projectColumn: "pid", authorColumn: "author" };
  return { commits: commits.key, ...columns, start, degrees, projectCount: projects.nrows, userCount: users.nrows };
};

const print = (stages: readonly Stage[], ms: number): void => {
  const number = (value: number) => value.toLocaleString("en-US").padStart(15);
  const lines = stages.map(
    ({ stage, projects, users }) => `${String(stage).padStart(5)}${number(projects)}${number(users)}\n`,
  );
  process.stdout.write(`stage       projects          users\n${lines.join("")}\n${ms} ms\n`);
};

export const runLinus = async (options: LinusOptions): Promise<void> => {
  const { generate, data, commits, nodes, shards } = options;
  if ((generate === undefined) === (data === undefined)) {
    throw new Eau2Error("USAGE", "linus: give either --generate STAGES or --data DIR");
  }
  const folder = data === undefined ? undefined : resolve(userFolder(), data);
  const dataRoots = folder === undefined ? [] : [folder];
  const { stages, ms } = await runProgramApp<LinusResult>("linus", { ...options, dataRoots }, async (eau2) => {
    const args =
      folder === undefined
        ? await putGenerated(eau2, generatedShape(generate!, commits), options)
        : await loadFiles(eau2, folder, options);
    return [JSON.stringify(args)];
  });
  if (options.json) process.stdout.write(`${JSON.stringify({ app: "linus", nodes, shards, stages, ms })}\n`);
  else print(stages, ms);
  if (generate === undefined || (options.start ?? 0) !== 0) return;
  const expected = closedForm(generate).slice(0, stages.length);
  if (JSON.stringify(expected) === JSON.stringify(stages.slice(0, expected.length))) return;
  process.stderr.write(`linus: the closed form is ${JSON.stringify(expected)}\n`);
  process.exitCode = 1;
};
