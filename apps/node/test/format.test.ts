import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { formatBytes, formatCounted, formatDuration } from "../src/format.js";

testSuite("format", (test) => {
  test("bytes have binary units, one decimal, and a dash when nobody knows", () => {
    const shown = [0, 1023, 1024, 1536, 1024 ** 2 - 1, 1024 ** 2, 5 * 1024 ** 3, 2048 * 1024 ** 4, -1].map(formatBytes);
    assert.deepEqual(shown, [
      "0 B",
      "1023 B",
      "1.0 KiB",
      "1.5 KiB",
      "1.0 MiB",
      "1.0 MiB",
      "5.0 GiB",
      "2048.0 TiB",
      "-",
    ]);
  });

  test("one is singular, others are plural", () => {
    const shown = [0, 1, 2, 1_000].map((count) => formatCounted(count, "row"));
    assert.deepEqual(shown, ["0 rows", "1 row", "2 rows", "1,000 rows"]);
  });

  test("durations are milliseconds, then seconds, then minutes; seconds never reach 60", () => {
    const shown = [0, 999, 1_000, 59_940, 59_999, 60_000, 119_600, 125_000].map(formatDuration);
    assert.deepEqual(shown, ["0 ms", "999 ms", "1.0 s", "59.9 s", "1 min 0 s", "1 min 0 s", "2 min 0 s", "2 min 5 s"]);
  });
});
