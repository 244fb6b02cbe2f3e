import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { TestMachine } from "@eau2/node/test/harness/test-machine.js";
import { testSuite } from "@eau2/testing";
import { runDemo, startDemo } from "./harness/demo.js";
import { oracle } from "./harness/oracle.js";

const LIMIT = { timeoutMs: 60_000 };
const PROSE_WORDS = 1_548_296;

const POEM = `the rose is a rose
and the cat is the cat
a rose and a cat and the end
`;

/** Bars of times are as long as the times. */
const normalized = (text: string, path: string): string =>
  text
    .replaceAll(path, "FILE")
    .replaceAll(/[\d,.]+ words\/s/g, "# words/s")
    .replaceAll(/[\d,.]+ MB\/s/g, "# MB/s")
    .replaceAll(/^( {2}[a-z ]+?) +[\d.]+ m?s( +█*)?$/gm, "$1 #");

testSuite("demo wordcount", (test) => {
  test(
    "by default it counts the 1,548,296 words of the prose on three nodes, as a few lines of JavaScript do",
    async () => {
      await using machine = new TestMachine();
      const result = await runDemo(machine, [], { env: { TMPDIR: machine.path } });
      const fields = "app nodes shards bytes words distinct top loadMs countMs sha256 frameSha256 shares";
      assert.deepEqual(Object.keys(result), fields.split(" "));
      const prose = readFileSync(join(machine.path, `eau2-demo-${userInfo().uid}`, "nlp-corpus-4.4.0.txt"));
      const { words, distinct, sha256, counts } = oracle(prose);
      const { app, nodes, shards, bytes, loadMs, countMs } = result;
      assert.deepEqual([app, nodes, shards, bytes], ["wordcount", 3, 1, prose.length]);
      assert.equal(words, PROSE_WORDS);
      assert.deepEqual([result.words, result.distinct, result.sha256], [words, distinct, sha256]);
      assert.equal(result.top.length, 10);
      assert.deepEqual(
        result.top.map(([, count]) => count),
        counts.slice(0, 10),
      );
      assert.deepEqual(result.top[0], ["the", 78_877]);
      for (const ms of [loadMs, countMs]) assert.ok(Number.isInteger(ms) && ms >= 0);
      assert.match(result.frameSha256, /^[0-9a-f]{64}$/);
      assert.deepEqual(
        result.shares.map(({ node, home }) => [node, home]),
        [
          ["node-1", 0],
          ["node-2", 1],
          ["node-3", 2],
        ],
      );
      for (const share of result.shares) {
        assert.deepEqual(Object.keys(share), ["home", "node", "blocks", "bytes", "rows", "sentBytes"]);
        assert.ok(share.bytes > prose.length / 4 && share.rows > PROSE_WORDS / 4, "each machine read about its part");
        assert.equal(share.sentBytes, 0, "all see the file, so nothing is sent");
      }
      const sum = (of: "bytes" | "rows") => result.shares.reduce((total, share) => total + share[of], 0);
      assert.deepEqual([sum("bytes"), sum("rows")], [prose.length, PROSE_WORDS]);
    },
    LIMIT,
  );

  test(
    "people get the words with bars, how the reading was spread, and where the time went",
    async () => {
      await using machine = new TestMachine();
      const path = join(machine.path, "poem.txt");
      writeFileSync(path, POEM);
      const args = ["wordcount", "poem.txt", "--nodes", "2", "--top", "4", "--block-bytes", "20"];
      const { code, stdout, stderr } = await startDemo(machine, args).finished();
      assert.deepEqual([code, stderr], [0, ""]);
      assert.equal(
        normalized(stdout.toString(), path),
        readFileSync(new URL("./wordcount.golden.txt", import.meta.url), "utf8"),
      );
    },
    LIMIT,
  );

  test(
    "the user's EAU2_* variables mean another cluster and do not reach the demo's nodes",
    async () => {
      await using machine = new TestMachine();
      writeFileSync(join(machine.path, "poem.txt"), POEM);
      const env = {
        EAU2_JOIN: "ws://127.0.0.1:1",
        EAU2_LISTEN: "127.0.0.1:1",
        EAU2_NAME: "mine",
        EAU2_SHARDS: "7",
        EAU2_CLUSTER: "ws://127.0.0.1:1",
        EAU2_CLUSTER_ID: "mine",
        EAU2_TOKEN: "a-token-of-mine-0123456789",
        EAU2_MEMORY: "nonsense",
      };
      const { nodes, shards, words } = await runDemo(machine, ["poem.txt", "--nodes", "2"], { env });
      assert.deepEqual([nodes, shards, words], [2, 1, oracle(Buffer.from(POEM)).words]);
    },
    LIMIT,
  );

  test(
    "flags that cannot be are exit code 2, files that cannot be read exit code 1, before anything is started",
    async () => {
      await using machine = new TestMachine();
      writeFileSync(join(machine.path, "poem.txt"), POEM);
      for (const [args, pattern] of [
        [["--nodes", "0"], /--nodes.*whole number from 1 to 64/],
        [["--nodes", "two"], /--nodes.*whole number/],
        [["--shards", "129"], /--shards.*whole number from 1 to 128/],
        [["--chunk-rows", "0"], /--chunk-rows.*whole number/],
        [["--block-bytes", "1.5"], /--block-bytes.*whole number/],
        [["--top", "-1"], /--top.*whole number/],
        [["--node", "3"], /unknown option '--node'/],
        [["poem.txt", "--cluster", "localhost"], /write ws:\/\/HOST:PORT/],
      ] as const) {
        const { code, stdout, stderr } = await startDemo(machine, args).finished();
        assert.match(stderr, pattern);
        assert.deepEqual([code, stdout.length], [2, 0]);
      }
      const absent = await startDemo(machine, ["poem.txt", "absent.txt"]).finished();
      assert.match(
        absent.stderr,
        /^demo: read ".*\/absent\.txt": there is no such file; check the path \(FILE_MISSING\)\n$/,
      );
      assert.equal(absent.code, 1);
      const folder = await startDemo(machine, [machine.path, "--nodes", "1"]).finished();
      assert.match(folder.stderr, /it is not a regular file; name files, not folders.*\(FILE_MISSING\)\n$/);
      assert.equal(folder.code, 1);
    },
    LIMIT,
  );

  test(
    "--help shows the flags of the default command",
    async () => {
      await using machine = new TestMachine();
      const { code, stdout } = await startDemo(machine, ["--help"]).finished();
      assert.equal(code, 0);
      for (const flag of ["nodes", "shards", "chunk-rows", "block-bytes", "top", "cluster", "json"])
        assert.match(stdout.toString(), new RegExp(`--${flag}\\b`));
    },
    LIMIT,
  );
});
