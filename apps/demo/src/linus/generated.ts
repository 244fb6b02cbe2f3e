/**
 * Commits with a closed form: from user 0 on, every user commits to 3 new projects and every project has 3 new users. Further
 * commits are drawn from a seed among projects and people that nobody reaches.
 */
import type { Commits, Stage } from "./reach.js";

const FAN_OUT = 3;
/** Each project has a commit of who began it, and one of each new user. */
const COMMITS_PER_PROJECT = FAN_OUT + 1;
/** People that the further commits are drawn among, for each project of them. */
const OTHER_SHARE = 0.1;

export interface GeneratedShape {
  readonly projectCount: number;
  readonly userCount: number;
  readonly commitCount: number;
  /** Projects and users that are reached; those behind them are of the further commits. */
  readonly reachedProjects: number;
  readonly reachedUsers: number;
}

/** Projects after a stage: 3 (9^(s+1) - 1) / 8. */
const projectsAfter = (stage: number): number => (FAN_OUT * (9 ** (stage + 1) - 1)) / 8;
/** Users after a stage: (9^(s+2) - 1) / 8. */
const usersAfter = (stage: number): number => (9 ** (stage + 2) - 1) / 8;

/** What must come out. */
export const closedForm = (stages: number): Stage[] =>
  Array.from({ length: stages }, (_, stage) => ({ stage, projects: projectsAfter(stage), users: usersAfter(stage) }));

/** @param commitCount - at least those of the closed form; the rest is drawn. */
export const generatedShape = (stages: number, commitCount = 0): GeneratedShape => {
  const reachedProjects = projectsAfter(stages - 1);
  const reachedUsers = usersAfter(stages - 1);
  const own = reachedProjects * COMMITS_PER_PROJECT;
  const further = Math.max(0, commitCount - own);
  const others = further === 0 ? 0 : Math.max(2, Math.ceil(further * OTHER_SHARE));
  return {
    projectCount: reachedProjects + others,
    userCount: reachedUsers + others,
    commitCount: own + further,
    reachedProjects,
    reachedUsers,
  };
};

/** Steps of a linear congruential generator, jumped to by position: any range of commits is made alone. */
const drawn = (position: number): number => {
  let hash = Math.imul(position ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** Commits `start` up to `end` of all; user n begins projects 3n, 3n + 1, 3n + 2, project p brings users 3p + 1 to 3p + 3. */
export const generatedCommits = (shape: GeneratedShape, start: number, end: number): Commits => {
  const { reachedProjects, reachedUsers, projectCount, userCount } = shape;
  const projects = new Int32Array(end - start);
  const authors = new Int32Array(end - start);
  const own = reachedProjects * COMMITS_PER_PROJECT;
  for (let commit = start; commit < end; commit++) {
    const row = commit - start;
    if (commit < own) {
      const project = Math.floor(commit / COMMITS_PER_PROJECT);
      const which = commit % COMMITS_PER_PROJECT;
      projects[row] = project;
      authors[row] = which === 0 ? Math.floor(project / FAN_OUT) : FAN_OUT * project + which;
    } else {
      projects[row] = reachedProjects + (drawn(2 * commit) % (projectCount - reachedProjects));
      authors[row] = reachedUsers + (drawn(2 * commit + 1) % (userCount - reachedUsers));
    }
  }
  return { projects, authors };
};
