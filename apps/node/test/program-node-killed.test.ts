/**
 * A node killed at each step of a program. One kill meets nine programs at once, each of which stands at a step of its own;
 * that it has got there it says itself.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Eau2, open, type ProgramResult } from "@eau2/application";
import { testSuite } from "@eau2/testing";
import { childrenOf, isRunning } from "./harness/child-processes.js";
import { TestMachine, type TestNode } from "./harness/test-machine.js";
import { until } from "./harness/until.js";

const LIMIT = { timeoutMs: 240_000 };

/** Where keys lie, and what they begin with: no two rounds share one. */
interface Keys {
  readonly round: string;
  readonly atVictim: number;
  readonly elsewhere: number;
}

interface Step {
  readonly name: string;
  /** What every process of it does: it knows `isVictim`, says that it is here, and may `stay()` for ever. */
  readonly source: (keys: Keys) => string;
  /** Nobody reads on once all are here. */
  readonly isUnread?: true;
  /** Further signs that it has got there. */
  readonly reached?: (running: Running, eau2: Eau2, victim: TestNode) => Promise<unknown>;
  /** A node whose part is over is not missed. */
  readonly isOver?: true;
}

interface Running {
  readonly step: Step;
  readonly keys: Keys;
  /** The process of each node's part, once it has said that it is here. */
  readonly pids: Map<string, number>;
  readonly ended: Promise<PromiseSettledResult<ProgramResult>>;
  readOn(): void;
}

const ends = (pid: number) => until(`process ${pid} ends`, () => (isRunning(pid) ? undefined : true));

const isWaitedFor =
  (name: string): NonNullable<Step["reached"]> =>
  ({ keys }, eau2) => {
    const key = `${keys.round}/${name}`;
    return until(`somebody waits for ${key}`, async () =>
      (await eau2.status()).waits.some((wait) => wait.key === key) ? true : undefined,
    );
  };

const STEPS: readonly Step[] = [
  { name: "is loaded", source: () => `here(); await stay(); export const run = () => {};` },
  {
    name: "is loaded and waits for the others",
    // The node is told that it is loaded before a timer runs.
    source: () => `if (isVictim) setTimeout(here); else { here(); await stay(); } export const run = () => {};`,
  },
  {
    name: "has put a key",
    source: ({ round, atVictim }) => `export const run = async ({ store }) => {
  const key = await store.key("${round}/put", ${atVictim});
  if (isVictim) await store.put(key, new Uint8Array(9));
  await store.waitAndGet(key);
  here();
  await stay();
};`,
  },
  {
    name: "waits for a key of another node",
    source: ({ round, elsewhere }) => `export const run = async ({ store }) => {
  here();
  if (isVictim) await store.waitAndGet(await store.key("${round}/of-another", ${elsewhere}));
  await stay();
};`,
    reached: isWaitedFor("of-another"),
  },
  {
    name: "has the key that others wait for",
    source: ({ round, atVictim }) => `export const run = async ({ store }) => {
  here();
  if (!isVictim) await store.waitAndGet(await store.key("${round}/of-the-victim", ${atVictim}));
  await stay();
};`,
    reached: isWaitedFor("of-the-victim"),
  },
  {
    name: "has returned while others run",
    source: ({ round, elsewhere }) => `export const run = async ({ store }) => {
  here();
  if (isVictim) return;
  const timer = setInterval(() => {}, 60_000);
  await store.waitAndGet(await store.key("${round}/go-on", ${elsewhere}));
  clearInterval(timer);
};`,
    reached: ({ pids }, _, victim) => ends(pids.get(victim.id)!),
    isOver: true,
  },
  {
    name: "has returned everywhere",
    source: () => `export const run = () => here();`,
    isUnread: true,
    reached: async ({ pids }) => {
      for (const pid of pids.values()) await ends(pid);
    },
    isOver: true,
  },
  {
    name: "prints more than is read",
    source: () => `export const run = async () => {
  here();
  if (isVictim) for (;;) console.log("x".repeat(1_000));
  await stay();
};`,
    isUnread: true,
  },
  // Last: it takes a whole core.
  {
    name: "computes",
    source: () => `export const run = async () => { here(); if (isVictim) for (;;); await stay(); };`,
  },
];

/** What every program may call, then the part of its step. */
const programOf = (step: Step, keys: Keys, victim: TestNode): Uint8Array =>
  new TextEncoder().encode(`const isVictim = process.ppid === ${victim.process.pid};
const here = () => console.log("here", process.pid);
const stay = () => new Promise(() => setInterval(() => {}, 60_000));
${step.source(keys)}`);

/** Resolves when the program stands at its step, on all nodes as far as that goes. */
const runTo = async (
  step: Step,
  keys: Keys,
  eau2: Eau2,
  nodes: readonly TestNode[],
  victim: TestNode,
): Promise<Running> => {
  let readOn = () => {};
  const wanted = new Promise<void>((resolve) => {
    readOn = resolve;
  });
  const pids = new Map<string, number>();
  let allHere = () => {};
  const here = new Promise<void>((resolve) => {
    allHere = resolve;
  });
  const running = eau2.runProgram(programOf(step, keys, victim), {
    name: `"${step.name}"`,
    onOutput: ({ node, text }) => {
      const pid = /^here (\d+)$/.exec(text)?.[1];
      if (pid !== undefined) pids.set(node, Number(pid));
      if (pids.size < nodes.length) return;
      allHere();
      if (step.isUnread) return wanted;
    },
  });
  const ended = Promise.allSettled([running]).then(([outcome]) => outcome);
  const early = ended.then((outcome) => assert.fail(`${step.name} ended too early: ${JSON.stringify(outcome)}`));
  await Promise.race([here, early]);
  early.catch(() => {});
  const program = { step, keys, pids, ended, readOn };
  await step.reached?.(program, eau2, victim);
  return program;
};

const errorOf = (outcome: PromiseSettledResult<ProgramResult>): { code?: string; message: string } | undefined =>
  outcome.status === "rejected" ? outcome.reason : outcome.value.error;

/** Runs all programs through one node, kills another one (or that one), and looks at what has become of each. */
const kill = async (
  round: string,
  victim: TestNode,
  coordinator: TestNode,
  nodes: readonly TestNode[],
  tokenFile: string,
) => {
  await using eau2 = await open(coordinator.url, { tokenFile });
  const survivors = nodes.filter((node) => node !== victim);
  const keys = { round, atVictim: victim.shards[0]!, elsewhere: survivors[0]!.shards[0]! };
  const programs: Running[] = [];
  // One after another: all at once would be many processes that start at once.
  for (const step of STEPS) programs.push(await runTo(step, keys, eau2, nodes, victim));
  await victim.process.kill();
  for (const { readOn } of programs) readOn();
  for (const { step, ended } of programs.filter(({ step: { isOver } }) => isOver !== true || victim === coordinator)) {
    const { code, message } = errorOf(await ended) ?? assert.fail(`"${step.name}" did not notice`);
    assert.match(`${code}`, /^(NODE|PEER)_GONE$/, step.name);
    assert.match(message, new RegExp(`\\bnode ${victim.id}\\b`), `${step.name}: it names the node`);
  }
  if (victim !== coordinator) {
    const key = await eau2.store.key(`${round}/go-on`, keys.elsewhere);
    await eau2.store.put(key, new Uint8Array(1));
    for (const { step, ended } of programs.filter(({ step: { isOver } }) => isOver)) {
      const outcome = await ended;
      assert.deepEqual([errorOf(outcome), outcome.status], [undefined, "fulfilled"], step.name);
    }
  }
  for (const { pids } of programs) for (const pid of pids.values()) await ends(pid);
  assert.deepEqual(childrenOf(...survivors.map(({ process: { pid } }) => pid)), []);
};

/** A program runs on these nodes and no others. */
const assertRunsOn = async (nodes: readonly TestNode[], tokenFile: string): Promise<void> => {
  await using eau2 = await open(nodes.at(-1)!.url, { tokenFile });
  await until("the dead node is out of the cluster", async () => {
    const { nodes: states } = await eau2.status();
    return states.filter(({ state }) => state === "up").length === nodes.length ? true : undefined;
  });
  const lines: string[] = [];
  const { error, nodes: names } = await eau2.runProgram(
    new TextEncoder().encode(`export const run = ({ node, nodes, log }) => log(node + 1, "of", nodes);`),
    { onOutput: ({ node, text }) => void lines.push(`${node} ${text}`) },
  );
  const expected = nodes.map(({ id }, index) => `${id} ${index + 1} of ${nodes.length}`);
  assert.deepEqual([error, names, lines.sort()], [undefined, nodes.map(({ id }) => id), expected]);
};

testSuite("eau2 run: a node killed at each step", (test) => {
  test(
    "the client is told which node has gone, the others end their part, nothing is left, and the next program runs",
    async () => {
      await using machine = new TestMachine();
      const tokenFile = join(machine.path, ".eau2", "token");
      const start = (name: string, ...join: string[]) =>
        machine.node(name, ["--allow-run", ...join], { env: { TMPDIR: machine.path } });
      const a = await start("a");
      const b = await start("b", "--join", a.url);
      const c = await start("c", "--join", a.url);
      await kill("another", c, b, [a, b, c], tokenFile);
      await assertRunsOn([a, b], tokenFile);
      await kill("coordinator", b, b, [a, b], tokenFile);
      const d = await start("d", "--join", a.url);
      await assertRunsOn([a, d], tokenFile);
      await kill("master", a, d, [a, d], tokenFile);
      await assertRunsOn([d], tokenFile);
      assert.deepEqual(
        readdirSync(machine.path).filter((name) => name.startsWith("eau2-program-")),
        [],
        "no module stays on the disk",
      );
    },
    LIMIT,
  );
});
