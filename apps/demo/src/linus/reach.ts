/**
 * Who is reached from one person by shared projects: a stage tags every project with a commit by somebody who was newly
 * tagged, then every author of a newly tagged project. Each node has some of the commits; after every half of a stage the
 * nodes tell each other what is new, and nothing else.
 */
import { IdSet } from "./id-set.js";

/** Commits, column by column; committers do not count. */
export interface Commits {
  readonly projects: Int32Array;
  readonly authors: Int32Array;
}

/** Cumulative counts after a stage, which is counted from 0. */
export interface Stage {
  readonly stage: number;
  readonly projects: number;
  readonly users: number;
}

export interface ReachOptions {
  readonly start: number;
  readonly degrees: number;
  /** Ids of projects and users are below these. */
  readonly projectCount: number;
  readonly userCount: number;
}

/** Makes of what this node has found what all have found. */
export type Exchange = (what: string, mine: IdSet) => Promise<IdSet>;

/** One node has everything. */
const alone: Exchange = async (_, mine) => mine;

/** Adds to `found` the projects of commits whose author is in `users`, unless they are in `known`. */
const projectsOf = ({ projects, authors }: Commits, users: IdSet, known: IdSet, found: IdSet): void => {
  for (let row = 0; row < projects.length; row++) {
    if (users.has(authors[row]!) && !known.has(projects[row]!)) found.add(projects[row]!);
  }
};

/** Adds to `found` the authors of commits whose project is in `newProjects`, unless they are in `known`. */
const authorsOf = ({ projects, authors }: Commits, newProjects: IdSet, known: IdSet, found: IdSet): void => {
  for (let row = 0; row < projects.length; row++) {
    if (newProjects.has(projects[row]!) && !known.has(authors[row]!)) found.add(authors[row]!);
  }
};

/**
 * @param parts - the commits of this node, in pieces.
 * @param exchange - with the other nodes. @defaultValue there are none
 */
export const reach = async (
  parts: readonly Commits[],
  { start, degrees, projectCount, userCount }: ReachOptions,
  exchange: Exchange = alone,
  onStage: (stage: Stage) => void = () => {},
): Promise<Stage[]> => {
  const projects = new IdSet(projectCount);
  const users = new IdSet(userCount);
  users.add(start);
  let newUsers = new IdSet(userCount);
  newUsers.add(start);
  const stages: Stage[] = [];
  for (let stage = 0; stage < degrees; stage++) {
    const foundProjects = new IdSet(projectCount);
    for (const part of parts) projectsOf(part, newUsers, projects, foundProjects);
    const newProjects = await exchange(`${stage}/projects`, foundProjects);
    projects.addAll(newProjects);
    const foundUsers = new IdSet(userCount);
    for (const part of parts) authorsOf(part, newProjects, users, foundUsers);
    newUsers = await exchange(`${stage}/users`, foundUsers);
    users.addAll(newUsers);
    const reached = { stage, projects: projects.count, users: users.count };
    stages.push(reached);
    onStage(reached);
  }
  return stages;
};
