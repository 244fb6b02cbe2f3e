/**
 * Who is reached from one person by shared projects: a stage tags every project with a commit by somebody who was newly
 * tagged, then every author of a newly tagged project.
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

/** Adds to `found` the projects of commits whose author is in `users`, unless they are in `known`. */
export const projectsOf = ({ projects, authors }: Commits, users: IdSet, known: IdSet, found: IdSet): void => {
  for (let row = 0; row < projects.length; row++) {
    if (users.has(authors[row]!) && !known.has(projects[row]!)) found.add(projects[row]!);
  }
};

/** Adds to `found` the authors of commits whose project is in `projects`, unless they are in `known`. */
export const authorsOf = ({ projects, authors }: Commits, newProjects: IdSet, known: IdSet, found: IdSet): void => {
  for (let row = 0; row < projects.length; row++) {
    if (newProjects.has(projects[row]!) && !known.has(authors[row]!)) found.add(authors[row]!);
  }
};

export interface ReachOptions {
  readonly start: number;
  readonly degrees: number;
  /** Ids of projects and users are below these. */
  readonly projectCount: number;
  readonly userCount: number;
}

/** All in one thread: the plain loop that the cluster is compared with. */
export const reach = (commits: Commits, { start, degrees, projectCount, userCount }: ReachOptions): Stage[] => {
  const projects = new IdSet(projectCount);
  const users = new IdSet(userCount);
  users.add(start);
  let newUsers = new IdSet(userCount);
  newUsers.add(start);
  const stages: Stage[] = [];
  for (let stage = 0; stage < degrees; stage++) {
    const newProjects = new IdSet(projectCount);
    projectsOf(commits, newUsers, projects, newProjects);
    projects.addAll(newProjects);
    newUsers = new IdSet(userCount);
    authorsOf(commits, newProjects, users, newUsers);
    users.addAll(newUsers);
    stages.push({ stage, projects: projects.count, users: users.count });
  }
  return stages;
};
