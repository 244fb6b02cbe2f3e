import assert from "node:assert/strict";
import type { Finished } from "./test-process.js";

/** A command that failed as people should see it: said in words on standard error, nothing on standard output. */
export const assertFails = ({ code, stdout, stderr }: Finished, pattern: RegExp, exitCode = 1): void => {
  assert.match(stderr, pattern);
  assert.equal(code, exitCode, stderr);
  assert.equal(stdout.length, 0);
  assert.doesNotMatch(stderr, /\n\s+at /, "no stack trace for people");
};
