/** Programs on real nodes, each a process, whose programs are processes again. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { open } from "@eau2/application";
import { testSuite } from "@eau2/testing";
import { childrenOf } from "./harness/child-processes.js";
import { statusOf } from "./harness/status.js";
import { TestMachine, type TestNode } from "./harness/test-machine.js";
import type { Finished, TestProcess } from "./harness/test-process.js";
import { until } from "./harness/until.js";

const LIMIT = { timeoutMs: 120_000 };
const ALLOWED = ["--allow-run"];

/** Writes a program; its first line is line 1 of the file. */
const write = (machine: TestMachine, name: string, source: string): string => {
  const path = join(machine.path, name);
  writeFileSync(path, source);
  return path;
};

const run = (machine: TestMachine, node: TestNode, file: string, ...args: string[]): Promise<Finished> =>
  machine.run(["run", file, ...args, "--cluster", node.url, "--json"]);

interface Summary {
  readonly program: string;
  readonly nodes: readonly string[];
  readonly code: number;
  readonly ms: number;
  readonly error?: { readonly code: string; readonly message: string };
}

const outputOf = ({ stdout }: Finished): { readonly lines: readonly string[]; readonly summary: Summary } => {
  const lines = stdout.toString().trimEnd().split("\n");
  return { lines: lines.slice(0, -1), summary: JSON.parse(lines.at(-1)!) as Summary };
};

const programsOf = (nodes: readonly TestNode[]): number[] => childrenOf(...nodes.map(({ process: { pid } }) => pid));

const HELLO = `import { hostname } from "node:os";
export default {
  run: async ({ node, nodes, nodeName, args, log }) => {
    log(\`hello from \${node} of \${nodes} on \${nodeName}: \${args.join(" ")}\`, hostname().length > 0);
    console.error("to standard error");
  },
};
`;

testSuite("eau2 run", (test) => {
  test(
    "a program runs on all nodes, knows which one it is, and prints with the node's name",
    async () => {
      await using machine = new TestMachine();
      const [, b] = await machine.nodes(3, ALLOWED);
      const file = write(machine, "hello.ts", HELLO);
      const finished = await run(machine, b!, file, "x", "y");
      assert.equal(finished.code, 0, finished.stderr);
      const { lines, summary } = outputOf(finished);
      assert.deepEqual(
        [...lines].sort(),
        ["a", "b", "c"].map((name, index) => `[${name}] hello from ${index} of 3 on ${name}: x y true`),
      );
      assert.deepEqual(finished.stderr.trimEnd().split("\n").sort(), [
        "[a] to standard error",
        "[b] to standard error",
        "[c] to standard error",
      ]);
      assert.deepEqual([summary.nodes, summary.code, summary.error], [["a", "b", "c"], 0, undefined]);
      const again = await run(machine, b!, file);
      assert.equal(again.code, 0, "the same module is stored once");
      assert.notEqual(outputOf(again).summary.program, summary.program);
    },
    LIMIT,
  );

  test(
    "a throw on one node ends the program on all; the error names the node, file and line of the source",
    async () => {
      await using machine = new TestMachine();
      const nodes = await machine.nodes(3, ALLOWED);
      const file = write(
        machine,
        "throws.ts",
        `interface Broken { readonly missing?: { call(): void } }

export const run = async ({ node, log, signal }: { node: number; log(text: string): void; signal: AbortSignal }) => {
  if (node === 1) fail({});
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  log("told to end");
  await new Promise(() => setInterval(() => {}, 1_000));
};

const fail = ({ missing }: Broken): void => {
  missing!.call();
};
`,
      );
      const { code, stderr, stdout } = await run(machine, nodes[0]!, file);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^eau2: program throws\.ts on node b: Cannot read properties of undefined.* \(TASK_FAILED\)$/m,
      );
      assert.match(stderr, /^ {4}at fail \(.*\/throws\.ts:11:12\)\n {4}at .*run \(.*\/throws\.ts:4:/m);
      assert.match(stdout.toString(), /^\[a\] told to end$/m);
      assert.match(stdout.toString(), /^\[c\] told to end$/m);
      assert.deepEqual(programsOf(nodes), [], "nothing of it is left when the command ends");
    },
    LIMIT,
  );

  test(
    "what run returns is the exit code; timers that are left do not keep the process; process.exit counts too",
    async () => {
      await using machine = new TestMachine();
      const nodes = await machine.nodes(2, ALLOWED);
      const returns = write(
        machine,
        "returns.mjs",
        `export default { run: ({ node, log }) => { setInterval(() => {}, 1_000); log("done"); return node === 1 ? 3 : 0; } };`,
      );
      const finished = await run(machine, nodes[0]!, returns);
      assert.equal(finished.code, 3, finished.stderr);
      assert.deepEqual([...outputOf(finished).lines].sort(), ["[a] done", "[b] done"]);
      const exits = write(
        machine,
        "exits.js",
        `export const run = () => { console.log("last words"); process.exit(4); };`,
      );
      const exited = await run(machine, nodes[0]!, exits);
      assert.equal(exited.code, 4, exited.stderr);
      assert.deepEqual([...outputOf(exited).lines].sort(), ["[a] last words", "[b] last words"]);
      const counts = write(machine, "counts.js", `export const run = () => { process.exitCode = 5; };`);
      assert.equal((await run(machine, nodes[1]!, counts)).code, 5);
      assert.deepEqual(programsOf(nodes), []);
    },
    LIMIT,
  );

  test(
    "what cannot run is said in words: an import that is missing, no run, a client, no such file",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1, ALLOWED);
      const unbundled = write(
        machine,
        "unbundled.ts",
        `import { pad } from "no-such-package";\nexport const run = () => pad;`,
      );
      const first = await run(machine, a!, unbundled);
      assert.equal(first.code, 2);
      assert.match(
        first.stderr,
        /^eau2: run unbundled\.ts: unbundled\.ts:1:20: Could not resolve "no-such-package" \(USAGE\)\n$/,
      );
      const computed = write(
        machine,
        "computed.ts",
        `export const run = async ({ args }: { args: string[] }) => {\n  await import(args[0]!);\n};`,
      );
      for (const name of ["no-such-package", "./beside.js"]) {
        const { code, stderr } = await run(machine, a!, computed, name);
        assert.equal(code, 1);
        assert.match(
          stderr,
          /program computed\.ts on node a: it imports ".*(no-such-package|beside\.js)", .*bundle it/,
        );
      }
      assert.equal((await run(machine, a!, computed, "node:os")).code, 0);
      const client = write(machine, "client.ts", `console.log("works alone");`);
      const asked = await run(machine, a!, client);
      assert.equal(asked.code, 2);
      assert.match(asked.stderr, /run client\.ts: it exports no run\(context\).*start it with node \(USAGE\)/);
      const notOne = write(machine, "not-one.ts", `export default { walk: () => 1 };`);
      assert.match(
        (await run(machine, a!, notOne)).stderr,
        /not-one\.ts on node a: not-one\.ts exports no run\(context\).*\(USAGE\)/,
      );
      assert.match(
        (await run(machine, a!, "nowhere.ts")).stderr,
        /nowhere\.ts": there is no such file.*\(FILE_MISSING\)/,
      );
    },
    LIMIT,
  );

  test(
    "a node that was not told to allow it refuses, and the program starts nowhere",
    async () => {
      await using machine = new TestMachine();
      const a = await machine.node("a", ALLOWED);
      const b = await machine.node("b", ["--join", a.url]);
      const file = write(machine, "hello.ts", HELLO);
      const { code, stdout, stderr } = await machine.run(["run", file, "--cluster", a.url]);
      assert.equal(code, 1);
      assert.match(stderr, /^eau2: program hello\.ts on node b: .*eau2 node --allow-run .*\(DENIED\)\n$/m);
      assert.equal(stdout.toString(), "");
      assert.deepEqual(programsOf([a, b]), []);
      const help = await machine.run(["node", "--help"]);
      assert.match(help.stdout.toString().replaceAll(/\s+/g, " "), /--allow-run .*trust, not a sandbox/);
      const zero = await machine.node("z", [], { env: { EAU2_ALLOW_RUN: "0" } });
      assert.match((await run(machine, zero, file)).stderr, /\(DENIED\)$/m);
      const c = await machine.node("c", [], { env: { EAU2_ALLOW_RUN: "1" } });
      assert.equal((await run(machine, c, file)).code, 0);
    },
    LIMIT,
  );

  test(
    "the token is in no argument and no variable of a program, variables of eau2 do not reach it, and its file is gone",
    async () => {
      await using machine = new TestMachine();
      const env = { EAU2_TOKEN: "a token of at least sixteen bytes", EAU2_ALLOW_RUN: "true" };
      const a = await machine.node("a", [], { env });
      const file = write(
        machine,
        "looks.mjs",
        `import { existsSync } from "node:fs";
export const run = ({ log }) => {
  log(existsSync(new URL(".", import.meta.url)));
  log(Object.keys(process.env).filter((name) => name.startsWith("EAU2_")).length);
  log(JSON.stringify([process.argv, process.execArgv, process.env]).includes("a token of"));
};`,
      );
      const finished = await machine.run(["run", file, "--cluster", a.url], { env });
      assert.equal(finished.stdout.toString(), "[a] false\n[a] 0\n[a] false\n", finished.stderr);
    },
    LIMIT,
  );

  test(
    "keys that nobody is left to put end the program with who waits for what",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(3, ALLOWED);
      const file = write(
        machine,
        "waits.mjs",
        `export const run = async ({ node, store }) => {
  await store.put(await store.key("step/" + node), new Uint8Array(3));
  await store.waitAndGet(await store.key("step/" + ((node + 1) % 3)));
  await store.waitAndGet(await store.key("never/" + node, node));
};`,
      );
      const { code, stderr } = await run(machine, a!, file);
      assert.equal(code, 1);
      assert.match(stderr, /^eau2: program waits\.mjs: all its nodes wait .*\(WAIT_DEADLOCK\)\n$/s);
      for (const [index, name] of ["a", "b", "c"].entries())
        assert.match(stderr, new RegExp(`^  ${name} waits for "never/${index}" \\(shard ${index}\\)`, "m"));
    },
    LIMIT,
  );

  test(
    "while another client is there, or a timer runs, nobody says that a wait is for ever",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = await machine.nodes(2, ALLOWED);
      const file = write(
        machine,
        "waits.mjs",
        `export const run = async ({ store, log, args }) => {
  if (args[0] === "timer") setInterval(() => {}, 60_000);
  log(new TextDecoder().decode(await store.waitAndGet(await store.key("given"))));
};`,
      );
      {
        await using eau2 = await open(b!.url, { tokenFile: join(machine.path, ".eau2", "token") });
        const waiting = machine.eau2(["run", file, "--cluster", a!.url]);
        const sinceMs = () =>
          statusOf(machine, a!).then(({ waits }) => (waits.length > 0 && waits[0]!.sinceMs > 3_000 ? true : undefined));
        await until("it has waited for longer than the checks take", sinceMs);
        assert.equal(waiting.hasEnded, false);
        await eau2.store.put(await eau2.store.key("given"), new TextEncoder().encode("at last"));
        const { code, stdout, stderr } = await waiting.finished();
        assert.deepEqual(
          [code, stdout.toString().split("\n").sort().join("\n")],
          [0, "\n[a] at last\n[b] at last"],
          stderr,
        );
      }
    },
    LIMIT,
  );

  test(
    "two programs at once do not meet unless they want to, and each has its own output",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = await machine.nodes(2, ALLOWED);
      const file = write(
        machine,
        "meets.mjs",
        `export const run = async ({ store, log, args: [mine, other], node }) => {
  if (node === 0) await store.put(await store.key("from/" + mine), new TextEncoder().encode(mine));
  log(mine, "met", new TextDecoder().decode(await store.waitAndGet(await store.key("from/" + other))));
};`,
      );
      const both = await Promise.all([run(machine, a!, file, "x", "y"), run(machine, b!, file, "y", "x")]);
      for (const [index, [mine, other]] of [
        ["x", "y"],
        ["y", "x"],
      ].entries()) {
        assert.equal(both[index]!.code, 0, both[index]!.stderr);
        assert.deepEqual([...outputOf(both[index]!).lines].sort(), [
          `[a] ${mine} met ${other}`,
          `[b] ${mine} met ${other}`,
        ]);
      }
    },
    LIMIT,
  );

  test(
    "a program that takes too much memory is killed, on its heap and beside it, and the node goes on",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1, [...ALLOWED, "--program-memory", "200MiB"]);
      const file = write(
        machine,
        "hog.mjs",
        `export const run = async ({ args }) => {
  const kept = [];
  for (;;) {
    kept.push(args[0] === "heap" ? Array.from({ length: 10_000 }, (_, i) => ({ i })) : Buffer.alloc(4 << 20, 1));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};`,
      );
      for (const where of ["heap", "beside"]) {
        const { code, stderr } = await run(machine, a!, file, where);
        assert.equal(code, 1);
        assert.match(
          stderr,
          /program hog\.mjs on node a: .*limit .*200 MiB.*--program-memory.*\(MEMORY_EXCEEDED\)/,
          where,
        );
      }
      assert.equal((await run(machine, a!, write(machine, "hello.ts", HELLO))).code, 0);
    },
    LIMIT,
  );

  test(
    "ctrl-C ends the program on all nodes",
    async () => {
      await using machine = new TestMachine();
      const nodes = await machine.nodes(2, ALLOWED);
      const file = write(
        machine,
        "long.mjs",
        `import { writeFileSync } from "node:fs";
export const run = async ({ signal, nodeName, args }) => {
  console.log("up");
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  writeFileSync(args[0] + "/told-" + nodeName, "");
};`,
      );
      const running = machine.eau2(["run", file, machine.path, "--cluster", nodes[0]!.url]);
      for (const name of ["a", "b"]) await running.printed(new RegExp(`^\\[${name}\\] up$`, "m"));
      running.signal("SIGINT");
      const { code, stderr } = await running.finished(10_000);
      assert.equal(code, 130);
      assert.match(stderr, /interrupted.*\(CANCELLED\)\n$/);
      await until("its processes have ended", () => (programsOf(nodes).length === 0 ? true : undefined));
      for (const name of ["a", "b"]) assert.equal(readFileSync(join(machine.path, `told-${name}`), "utf8"), "");
    },
    LIMIT,
  );

  test(
    "a program ends with the terminal that started it, and with a node that is told to stop",
    async () => {
      await using machine = new TestMachine();
      const nodes = await machine.nodes(2, ALLOWED);
      const file = write(
        machine,
        "stays.mjs",
        `export const run = async ({ log }) => { log("up"); await new Promise(() => {}); };`,
      );
      const bothUp = async (running: TestProcess) => {
        for (const name of ["a", "b"]) await running.printed(new RegExp(`^\\[${name}\\] up$`, "m"));
      };
      const killed = machine.eau2(["run", file, "--cluster", nodes[1]!.url]);
      await bothUp(killed);
      await killed.kill();
      await until("its processes have ended", () => (programsOf(nodes).length === 0 ? true : undefined));
      const running = machine.eau2(["run", file, "--cluster", nodes[0]!.url]);
      await bothUp(running);
      assert.equal((await machine.run(["stop", "--node", "b", "--cluster", nodes[0]!.url])).code, 0);
      const { code, stderr } = await running.finished();
      assert.equal(code, 1);
      assert.match(stderr, /^eau2: program stays\.mjs.* node b.*\((NODE_GONE|CANCELLED)\)\n$/);
      assert.deepEqual(programsOf(nodes), []);
    },
    LIMIT,
  );

  test(
    "much output arrives whole and in order; a line that is too long is cut and says so",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(2, ALLOWED);
      const file = write(
        machine,
        "prints.mjs",
        `export const run = ({ progress }) => {
  for (let i = 0; i < 30_000; i++) { console.log("line", i, "x".repeat(60)); progress(i, 30_000, "print"); }
  console.log("y".repeat(100_000));
};`,
      );
      const finished = await run(machine, a!, file);
      assert.equal(finished.code, 0, finished.stderr);
      const { lines } = outputOf(finished);
      for (const name of ["a", "b"]) {
        const mine = lines.filter((line) => line.startsWith(`[${name}] `)).map((line) => line.slice(4));
        assert.equal(mine.length, 30_001);
        for (let index = 0; index < 30_000; index++) assert.ok(mine[index]!.startsWith(`line ${index} `));
        assert.match(mine[30_000]!, /^y{60000,65536} \.\.\. \(cut by eau2: a line has at most 64 KiB\)$/);
      }
    },
    LIMIT,
  );
});
