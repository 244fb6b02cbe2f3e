import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generatedCommits, generatedShape } from "../../src/linus/generated.js";

/**
 * Writes projects.ltgt, users.ltgt and commits.ltgt of the closed form with so many stages, with as many commits again of
 * strangers, and some that name no project or no author and so lead nowhere.
 */
export const writeLinusFiles = (folder: string, stages: number): void => {
  const own = generatedShape(stages).commitCount;
  const shape = generatedShape(stages, 2 * own);
  const { projects, authors } = generatedCommits(shape, 0, shape.commitCount);
  const named = (count: number, what: string) =>
    Array.from({ length: count }, (_, id) => (id % 50 === 7 ? `<${id}> <>` : `<${id}> <"${what} ${id % 900}">`));
  const commits = Array.from(projects, (project, index) => `<${project}> <${authors[index]}> <${index % 1_000}>`);
  for (let index = 0; index < own; index += 100)
    commits.push(`<${projects[index]}> <> <0>`, `<> <${authors[index]}> <0>`);
  for (const [name, lines] of [
    ["projects", named(shape.projectCount, "project")],
    ["users", named(shape.userCount, "user")],
    ["commits", commits],
  ] as const)
    writeFileSync(join(folder, `${name}.ltgt`), `${lines.join("\n")}\n`);
};
