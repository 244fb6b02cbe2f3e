import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { Eau2Error, ERROR_CODES, ERRORS, isEau2Error, toEau2Error } from "../src/index.js";

/** Codes are API: taking one away, or changing whether it is retried, breaks programs. */
const PROMISED = {
  KEY_INVALID: false,
  KEY_EXISTS: false,
  KEY_DROPPED: false,
  HOME_UNKNOWN: false,
  VALUE_TOO_LARGE: false,
  MEMORY_EXCEEDED: false,
  CHUNK_LOST: false,
  COLUMN_UNKNOWN: false,
  TYPE_MISMATCH: false,
  INT64_UNSAFE: false,
  INT64_OVERFLOW: false,
  DATE_INVALID: false,
  CAST_FAILED: false,
  TIMESTAMP_UNSAFE: false,
  PEER_GONE: true,
  NODE_GONE: true,
  TASK_FAILED: true,
  VERSION_MISMATCH: false,
  CLUSTER_MISMATCH: false,
  FILE_MISSING: false,
  FILE_CHANGED: true,
  PORT_IN_USE: false,
  DEADLINE: true,
  CANCELLED: false,
  DENIED: false,
  BUSY: true,
  DATA_INVALID: false,
  PLAN_INVALID: false,
  USAGE: false,
  WAIT_DEADLOCK: false,
  INTERNAL: false,
} as const;

testSuite("errors", (test) => {
  test("every promised code is there with its promise about retries", () => {
    for (const [code, retryable] of Object.entries(PROMISED)) {
      assert.ok(Object.hasOwn(ERRORS, code), code);
      assert.equal(ERRORS[code as keyof typeof PROMISED].retryable, retryable, code);
    }
  });

  test("codes are upper snake case without a prefix and listed once", () => {
    for (const code of ERROR_CODES) assert.match(code, /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
    assert.deepEqual([...ERROR_CODES].sort(), Object.keys(ERRORS).sort());
  });

  test("an error is known by name and code, also when another bundle made it", () => {
    const ours = new Eau2Error("BUSY", "full", { waiting: 3 });
    assert.equal(isEau2Error(ours), true);
    assert.equal(isEau2Error(ours, "BUSY"), true);
    assert.equal(isEau2Error(ours, "DENIED"), false);
    const foreign = Object.assign(new Error("full"), { name: "Eau2Error", code: "BUSY", details: {} });
    assert.equal(isEau2Error(foreign, "BUSY"), true);
    assert.equal(isEau2Error(new Error("full")), false);
    assert.equal(isEau2Error({ name: "Eau2Error", code: "BUSY" }), false);
  });

  test("whatever was thrown becomes an Eau2Error that keeps its cause", () => {
    const ours = new Eau2Error("KEY_EXISTS", "there");
    assert.equal(toEau2Error(ours), ours);
    const thrown: readonly unknown[] = [
      new TypeError("x is not a function"),
      "text",
      7,
      undefined,
      null,
      Symbol("s"),
      {},
    ];
    for (const value of thrown) {
      const error = toEau2Error(value, "TASK_FAILED");
      assert.equal(error.code, "TASK_FAILED");
      assert.equal(error.cause, value);
    }
    assert.equal(toEau2Error(new TypeError("x is not a function")).message, "x is not a function");
    assert.equal(toEau2Error(Object.create(null)).code, "INTERNAL");
  });
});
