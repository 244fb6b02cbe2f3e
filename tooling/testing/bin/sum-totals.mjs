#!/usr/bin/env node
// sum-totals.mjs FOLDER FAILED_STEPS: adds up the totals that test runs left in a folder; a run without one is a failure.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, failedSteps] = process.argv.slice(2);
const totals = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
const passed = totals.reduce((sum, total) => sum + total.passed, 0);
let failed = totals.reduce((sum, total) => sum + total.failed, 0);
// A step that failed without a failed test (types, format, a crash) must not look green.
if (Number(failedSteps) > 0 && failed === 0) failed = Number(failedSteps);
if (totals.length === 0) failed++;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
