import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { findToken } from "../../src/platform/token.js";

const textOf = (token: Uint8Array): string => Buffer.from(token).toString();
const GOOD = "0123456789abcdef0123456789abcdef";

testSuite("token", (test) => {
  test("the first start makes one that nobody else can read; the next finds it", () => {
    using folder = temporaryFolder();
    const environment = { HOME: folder.path };
    const path = join(folder.path, ".eau2", "token");
    assert.throws(() => findToken({ environment, create: false }), { code: "USAGE", message: /no token/ });
    assert.equal(existsSync(path), false);
    const token = findToken({ environment });
    assert.match(textOf(token), /^[0-9a-f]{64}$/);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder.path, ".eau2")).mode & 0o777, 0o700);
    assert.deepEqual(findToken({ environment }), token);
    assert.deepEqual(findToken({ environment, create: false }), token);
    assert.deepEqual(readdirSync(join(folder.path, ".eau2")), ["token"]);
  });

  test("XDG_STATE_HOME says where, an empty one says nothing", () => {
    using folder = temporaryFolder();
    const state = join(folder.path, "state");
    const token = findToken({ environment: { HOME: folder.path, XDG_STATE_HOME: state } });
    assert.equal(readFileSync(join(state, "eau2", "token"), "utf8").trim(), textOf(token));
    assert.equal(existsSync(join(folder.path, ".eau2")), false);
    const other = findToken({ environment: { HOME: folder.path, XDG_STATE_HOME: "" } });
    assert.equal(readFileSync(join(folder.path, ".eau2", "token"), "utf8").trim(), textOf(other));
  });

  test("a named file comes before EAU2_TOKEN, and that before the file at home", () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "mine");
    writeFileSync(file, `  ${GOOD}\n`, { mode: 0o600 });
    const environment = { HOME: folder.path, EAU2_TOKEN: "another token, long enough" };
    assert.equal(textOf(findToken({ file, environment })), GOOD);
    assert.equal(textOf(findToken({ environment })), "another token, long enough");
    assert.equal(existsSync(join(folder.path, ".eau2")), false);
    assert.notEqual(textOf(findToken({ environment: { ...environment, EAU2_TOKEN: "" } })), GOOD);
  });

  test("a file that others can read is DENIED with what to do, a short or missing one is USAGE", () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "mine");
    writeFileSync(file, GOOD);
    for (const mode of [0o644, 0o640, 0o604, 0o660]) {
      chmodSync(file, mode);
      assert.throws(() => findToken({ file, environment: {} }), { code: "DENIED", message: /chmod 600/ });
    }
    chmodSync(file, 0o400);
    assert.equal(textOf(findToken({ file, environment: {} })), GOOD);
    chmodSync(file, 0o600);
    writeFileSync(file, "too short");
    assert.throws(() => findToken({ file, environment: {} }), { code: "USAGE", message: /9 bytes; take at least 16/ });
    assert.throws(() => findToken({ environment: { EAU2_TOKEN: "short" } }), { code: "USAGE", message: /EAU2_TOKEN/ });
    assert.throws(() => findToken({ file: join(folder.path, "no"), environment: {} }), {
      code: "USAGE",
      message: /no such file/,
    });
    // The same rules for the file at home.
    mkdirSync(join(folder.path, ".eau2"));
    writeFileSync(join(folder.path, ".eau2", "token"), GOOD, { mode: 0o644 });
    assert.throws(() => findToken({ environment: { HOME: folder.path } }), { code: "DENIED" });
  });

  test("of those who start at once, one makes the token and all have it, whole", async () => {
    using folder = temporaryFolder();
    const module = new URL("../../src/platform/token.ts", import.meta.url).href;
    const script = `const { findToken } = await import(${JSON.stringify(module)});
      process.stdout.write("ready\\n");
      process.stdin.once("data", () => {
        process.stdout.write(Buffer.from(findToken({ environment: { HOME: ${JSON.stringify(folder.path)} } })) + "\\n");
        process.stdin.unref();
      });`;
    const children = Array.from({ length: 3 }, () => {
      const child = spawn(
        process.execPath,
        ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", script],
        {
          stdio: ["pipe", "pipe", "inherit"],
        },
      );
      let output = "";
      const ready = new Promise<void>((resolve) => {
        child.stdout.on("data", (data: Buffer) => {
          output += data;
          if (output.startsWith("ready\n")) resolve();
        });
      });
      const ended = new Promise<string>((resolve) => child.once("close", () => resolve(output.slice(6).trim())));
      return { child, ready, ended };
    });
    await Promise.all(children.map(({ ready }) => ready));
    for (const { child } of children) child.stdin.end("go\n");
    const tokens = await Promise.all(children.map(({ ended }) => ended));
    assert.equal(new Set(tokens).size, 1);
    assert.match(tokens[0]!, /^[0-9a-f]{64}$/);
    assert.deepEqual(readdirSync(join(folder.path, ".eau2")), ["token"]);
  });
});
