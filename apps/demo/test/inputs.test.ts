import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestMachine, type TestNode } from "@eau2/node/test/harness/test-machine.js";
import { testSuite } from "@eau2/testing";
import { runDemo, startDemo } from "./harness/demo.js";
import { oracle } from "./harness/oracle.js";

const LIMIT = { timeoutMs: 60_000 };

/** Runs the demo on these files in a cluster that is there already; the oracle must agree. */
const agree = async (
  machine: TestMachine,
  node: TestNode,
  files: readonly (Uint8Array | string)[],
  args: readonly string[] = [],
) => {
  const contents = files.map((file) => Buffer.from(file));
  const paths = contents.map((content, index) => {
    const path = join(machine.path, `input-${index}.txt`);
    writeFileSync(path, content);
    return path;
  });
  const result = await runDemo(machine, [...paths, "--cluster", node.url, ...args]);
  const { words, distinct, sha256, counts } = oracle(...contents);
  const bytes = contents.reduce((sum, { length }) => sum + length, 0);
  assert.deepEqual(
    { bytes: result.bytes, words: result.words, distinct: result.distinct, sha256: result.sha256 },
    { bytes, words, distinct, sha256 },
  );
  assert.deepEqual(
    result.top.map(([, count]) => count),
    counts.slice(0, result.top.length),
  );
  return result;
};

testSuite("demo: texts as they come", (test) => {
  test(
    "an empty file, and one of white space only, have no words",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(2);
      assert.deepEqual((await agree(machine, a!, [""])).top, []);
      await agree(machine, a!, [" \t\r\n\v\f \n"], ["--block-bytes", "2"]);
      await agree(machine, a!, ["", "one word", ""]);
      const shown = await startDemo(machine, ["input-0.txt", "--cluster", a!.url]).finished();
      assert.equal(shown.code, 0, shown.stderr);
      assert.match(shown.stdout.toString(), /\n {2}no words\n\n0 words, 0 different/);
      assert.doesNotMatch(shown.stdout.toString(), /NaN|Infinity|undefined/);
    },
    LIMIT,
  );

  test(
    "no last newline, CRLF, a lone CR, a byte order mark and NUL bytes are counted as the bytes that they are",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(2);
      await agree(machine, a!, ["one two\ntwo three"]);
      const { top } = await agree(machine, a!, ["one\r\ntwo two\r\n\r\nthree three three\r\n"]);
      assert.deepEqual(top, [
        ["three", 3],
        ["two", 2],
        ["one", 1],
      ]);
      await agree(machine, a!, ["a\rb\rb\ra\ra"]);
      await agree(machine, a!, ["\ufeffword word"]);
      await agree(machine, a!, ["a\0b a\0b \0 \0\0"]);
    },
    LIMIT,
  );

  test(
    "bytes that are not UTF-8 stay apart though they look alike when printed",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(2);
      const bytes = Buffer.from([0xff, 0x20, 0xfe, 0x20, 0xff, 0x20, 0xff, 0x0a, 0xc3, 0x20, 0xc3, 0x28]);
      const { top, distinct } = await agree(machine, a!, [bytes]);
      assert.equal(distinct, 4);
      assert.deepEqual(top[0], ["\ufffd", 3]);
    },
    LIMIT,
  );

  test(
    "words that mean something to JavaScript are words",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(2);
      const names = "constructor __proto__ toString hasOwnProperty valueOf prototype NaN null undefined 0 -0 1e3";
      const text = `${names} ${names} __proto__ __proto__ constructor`;
      const { top } = await agree(machine, a!, [text], ["--top", "2"]);
      assert.deepEqual(top, [
        ["__proto__", 4],
        ["constructor", 3],
      ]);
    },
    LIMIT,
  );

  test(
    "blocks of a few bytes cut words and characters anywhere, and count each once",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(2, ["--shards", "2"]);
      const text = "ein Wörtchen, zwei Wörtchen: 🦊🦊 \r\n  drei\tWörtchen 🦊🦊 x y x ";
      for (const blockBytes of [1, 2, 3, 5, 7, 1_000])
        await agree(machine, a!, [text], ["--block-bytes", String(blockBytes), "--chunk-rows", "2"]);
    },
    LIMIT,
  );

  test(
    "a word longer than many blocks is one word, shown cut at 200 bytes",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(2);
      const long = "x".repeat(150_000);
      const { top } = await agree(machine, a!, [`${long} ${long}\nshort`], ["--block-bytes", "4096"]);
      assert.deepEqual(top, [
        [`${"x".repeat(200)}…`, 2],
        ["short", 1],
      ]);
    },
    LIMIT,
  );

  test(
    "the end of one file and the beginning of the next are two words, and a file given twice counts twice",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(2);
      await agree(machine, a!, ["one tw", "o three one", "\n"]);
      await agree(machine, a!, ["same same", "same same"]);
      const path = join(machine.path, "input-0.txt");
      const { words, top } = await runDemo(machine, [path, path, "--cluster", a!.url]);
      assert.deepEqual([words, top], [4, [["same", 4]]]);
    },
    LIMIT,
  );

  test(
    "--top takes as many as there are, or none",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      assert.deepEqual((await agree(machine, a!, ["b a b c"], ["--top", "0"])).top, []);
      assert.equal((await agree(machine, a!, ["b a b c"], ["--top", "1000"])).top.length, 3);
      const shown = await startDemo(machine, ["input-0.txt", "--cluster", a!.url, "--top", "0"]).finished();
      assert.equal(shown.code, 0, shown.stderr);
      assert.match(shown.stdout.toString(), /\n4 words, 3 different/);
    },
    LIMIT,
  );
});
