/**
 * Linus on every node: each scans the commits that are homed at it, and tells the others what is new, and nothing else.
 * Arguments: a prefix of keys that is the program's own, then what to do as JSON.
 */
import type { ProgramContext } from "@eau2/application";
import type { KeyRecord } from "@eau2/protocol";
import { IdSet } from "../linus/id-set.js";
import { authorsOf, type Commits, projectsOf, type ReachOptions, type Stage } from "../linus/reach.js";

export interface LinusArgs extends ReachOptions {
  /** Of the record of the frame of commits; its columns are named. */
  readonly commits: KeyRecord;
  readonly projectColumn: string;
  readonly authorColumn: string;
}

export interface LinusResult {
  readonly stages: readonly Stage[];
  /** From the moment that all nodes had their commits. */
  readonly ms: number;
}

export const run = async (context: ProgramContext): Promise<void> => {
  const { eau2, store, node, nodes } = context;
  const [prefix, text] = context.args as [string, string];
  const args = JSON.parse(text) as LinusArgs;
  const { start, degrees, projectCount, userCount } = args;
  const frame = await eau2.frame(args.commits);
  const parts: Commits[] = await frame.localMap((chunk) => ({
    // Copied: the chunk is on loan.
    projects: chunk.integers(args.projectColumn).slice(),
    authors: chunk.integers(args.authorColumn).slice(),
  }));

  /** Puts this node's part of a set, and adds those of all others. */
  const exchange = async (what: string, mine: IdSet): Promise<IdSet> => {
    if (nodes === 1) return mine;
    const keyOf = (other: number) => store.key(`${prefix}/${what}/${other}`);
    await store.put(await keyOf(node), mine.encode());
    for (let other = 0; other < nodes; other++) {
      if (other !== node) mine.addAll(IdSet.decode(await store.waitAndGet(await keyOf(other)), mine.size));
    }
    return mine;
  };

  // Nobody measures while another one is still reading.
  await exchange("ready", new IdSet(0));
  const startMs = performance.now();
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
    stages.push({ stage, projects: projects.count, users: users.count });
    context.progress(stage + 1, degrees, "stages");
  }
  if (node !== 0) return;
  const result: LinusResult = { stages, ms: Math.round(performance.now() - startMs) };
  await store.put(await store.key(`${prefix}/result`), new TextEncoder().encode(JSON.stringify(result)));
};
