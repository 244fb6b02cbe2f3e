import assert from "node:assert/strict";
import type { PendingRequest } from "@eau2/network";
import { KeyRecord, PROGRAM_WAITS_MAX } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { deadlockError, LISTED_WAITS_MAX, quietMark, stayedQuiet, type Wait } from "../../src/programs/deadlock.js";
import { parkedKeys } from "../../src/programs/parked-keys.js";

const key = (name: string) => KeyRecord.parse({ name, home: 1 });
const wait = (program: string, node: string, name: string): Wait => ({ program, node, key: key(name) });
const reply = (changes: number, waits: readonly Wait[] = [], busy = false) => ({ changes, waits: [...waits], busy });
const { signal } = new AbortController();
const pending = (over: Partial<PendingRequest> = {}): PendingRequest => ({
  kind: "kv.wait",
  control: { key: key("a") },
  timeoutMs: null,
  signal: undefined,
  ...over,
});

testSuite("programs that wait for ever", (test) => {
  test("are known by two checks that say the same, with nobody busy in either", () => {
    const quiet = [reply(3, [wait("p", "a", "k")]), reply(0)];
    const mark = quietMark(quiet);
    assert.ok(stayedQuiet(mark, quietMark(quiet)));
    assert.ok(!stayedQuiet(undefined, mark), "one check is not enough");
    assert.ok(!stayedQuiet(mark, quietMark([reply(4, [wait("p", "a", "k")]), reply(0)])), "it woke in between");
    assert.equal(quietMark([...quiet, reply(0, [], true)]), undefined);
    assert.ok(!stayedQuiet(undefined, undefined));
    assert.equal(quietMark([]), undefined);
  });

  test("are told apart: the error lists the program's own waits, 20 at most", () => {
    const mine = Array.from({ length: LISTED_WAITS_MAX + 3 }, (_, index) => wait("p", "a", `k${index}`));
    const { code, message } = deadlockError({ id: "p", name: "p.ts" }, [wait("other", "b", "x"), ...mine]);
    assert.equal(code, "WAIT_DEADLOCK");
    assert.equal(message.match(/waits for/g)?.length, LISTED_WAITS_MAX);
    assert.match(message, /\n {2}a waits for "k0" \(shard 1\)\n/);
    assert.match(message, /\n {2}and 3 more$/);
    assert.doesNotMatch(message, /"x"/);
  });
});

testSuite("a program is parked", (test) => {
  test("while all its requests are waits without an end", () => {
    assert.deepEqual(parkedKeys([pending(), pending({ control: { key: key("b") }, signal })], signal), [
      key("a"),
      key("b"),
    ]);
  });

  test("not with nothing under way, something else under way, or a wait that may end by itself", () => {
    assert.equal(parkedKeys([], signal), undefined);
    assert.equal(parkedKeys([pending(), pending({ kind: "kv.get" })], signal), undefined);
    assert.equal(parkedKeys([pending({ timeoutMs: 5_000 })], signal), undefined);
    assert.equal(parkedKeys([pending({ signal: AbortSignal.timeout(5_000) })], signal), undefined);
  });

  test("nor with more waits than are told", () => {
    const many = (count: number) => Array.from({ length: count }, () => pending());
    assert.equal(parkedKeys(many(PROGRAM_WAITS_MAX), signal)?.length, PROGRAM_WAITS_MAX);
    assert.equal(parkedKeys(many(PROGRAM_WAITS_MAX + 1), signal), undefined);
  });
});
