/** Linus in one thread: a loop over Int32Arrays and bitmaps, nothing else. */
import { generatedCommits, generatedShape } from "@eau2/demo/src/linus/generated.js";
import { type Commits, type ReachOptions, reach } from "@eau2/demo/src/linus/reach.js";
import { serveParent } from "../child.js";

let commits: Commits | undefined;
let options: ReachOptions | undefined;

const handlers = {
  start: ({ stages }: { stages: number }) => {
    const shape = generatedShape(stages);
    commits = generatedCommits(shape, 0, shape.commitCount);
    options = { start: 0, degrees: stages, projectCount: shape.projectCount, userCount: shape.userCount };
  },
  reach: async () => {
    const startMs = performance.now();
    const stages = await reach([commits!], options!);
    return { stages, ms: performance.now() - startMs };
  },
};

export type LinusPlainHandlers = typeof handlers;

serveParent(handlers);
