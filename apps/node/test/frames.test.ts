/** What the commands about frames print, on two real nodes. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { open } from "@eau2/application";
import { boolean, DataFrame, date, float32, float64, int64, list, schema, timestamp, utf8 } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { assertFails } from "./harness/assert-fails.js";
import { runJson, TestMachine } from "./harness/test-machine.js";

const LIMIT = { timeoutMs: 60_000 };
const Trip = schema({ carrier: utf8, "dep delay": float64, id: int64({ as: "bigint" }), late: boolean });
const TRIPS = [
  { carrier: "AA", "dep delay": 1.5, id: 1n, late: true },
  { carrier: null, "dep delay": -0, id: 2n ** 60n, late: null },
  { carrier: "a\u001b[2Jb", "dep delay": Number.NaN, id: null, late: false },
];

const Log = schema({ day: date, at: timestamp({ as: "bigint" }), load: float32, tags: list(utf8), days: list(date) });
const LOGS = [
  { day: new Date("2024-02-29"), at: 1_709_212_455_123_456n, load: 0.5, tags: ["a", null], days: [new Date(0)] },
  { day: new Date("-000001-12-31"), at: -1_000n, load: null, tags: [], days: null },
];

testSuite("eau2 frames, describe, head, schema, drop", (test) => {
  test(
    "a frame that a program made is listed, described, shown and dropped by the commands",
    async () => {
      await using machine = new TestMachine();
      const token = "t".repeat(64);
      writeFileSync(join(machine.path, "token"), token, { mode: 0o600 });
      const [a, b] = await machine.nodes(2, ["--token-file", join(machine.path, "token")]);
      const flags = ["--cluster", b!.url, "--token-file", join(machine.path, "token")];
      const text = async (...args: string[]) => {
        const { code, stdout, stderr } = await machine.run([...args, ...flags]);
        assert.equal(code, 0, stderr);
        return stdout.toString();
      };
      assert.equal(await text("frames"), "no frames; eau2 load FILE makes one\n");
      {
        await using eau2 = await open(a!.url, { token: new TextEncoder().encode(token) });
        await DataFrame.fromRows(eau2.store, Trip, TRIPS, { name: "my trips", chunkRows: 2 });
        await DataFrame.fromRows(eau2.store, Log, LOGS, { name: "log" });
      }
      assert.equal(
        await text("head", "log"),
        [
          "          day                          at  load  tags         days",
          '   2024-02-29  2024-02-29 13:14:15.123456   0.5  ["a", null]  [1970-01-01]',
          "-000001-12-31     1969-12-31 23:59:59.999        []",
          "",
        ].join("\n"),
      );
      const shown = await runJson<{ rows: unknown[] }>(machine, ["head", "log", ...flags]);
      assert.deepEqual(shown.rows, [
        ["2024-02-29", "2024-02-29T13:14:15.123456Z", 0.5, ["a", null], ["1970-01-01"]],
        ["-000001-12-31", "1969-12-31T23:59:59.999Z", null, [], null],
      ]);
      const described = await runJson<{ columns: Record<string, unknown>[] }>(machine, ["describe", "log", ...flags]);
      assert.deepEqual(
        described.columns.map(({ type, min, max, distinct }) => [type, min, max, distinct]),
        [
          ["date", "-000001-12-31", "2024-02-29", null],
          ["timestamp", "1969-12-31T23:59:59.999Z", "2024-02-29T13:14:15.123456Z", null],
          ["float32", 0.5, 0.5, null],
          ["list<utf8>", null, null, null],
          ["list<date>", null, null, null],
        ],
      );
      assert.match(await text("schema", "log"), /tags {4}list<utf8>\ndays {4}list<date>\n$/);
      assert.match(await text("schema", "log", "--ts"), /import \{ date, float32, list, .*\n.*tags: list\(utf8\),\n/s);
      assert.equal(await text("drop", "log"), "frame log: dropped\n");

      const bytes = (await runJson<{ frames: { bytes: number }[] }>(machine, ["frames", ...flags])).frames[0]!.bytes;
      assert.deepEqual(await runJson(machine, ["frames", ...flags]), {
        frames: [{ name: "my trips", rows: 3, columns: 4, chunks: 2, bytes }],
      });
      assert.equal(
        await text("frames"),
        "frame     rows  columns  chunks    bytes\nmy trips     3        4       2  1.3 KiB\n",
      );
      assert.equal(
        await text("head", "my trips"),
        [
          "carrier  dep delay                   id   late",
          "AA             1.5                    1   true",
          "                -0  1152921504606846976",
          "a\ufffd[2Jb         NaN                       false",
          "",
        ].join("\n"),
      );
      assert.match(await text("head", "my trips", "--rows", "1"), /and 2 more rows\n$/);
      assert.deepEqual(await runJson(machine, ["head", "my trips", ...flags]), {
        frame: "my trips",
        columns: ["carrier", "dep delay", "id", "late"],
        rows: [
          ["AA", 1.5, 1, true],
          [null, 0, "1152921504606846976", null],
          ["a\u001b[2Jb", "NaN", null, false],
        ],
      });
      const { columns } = await runJson<{ columns: Record<string, unknown>[] }>(machine, [
        "describe",
        "my trips",
        ...flags,
      ]);
      assert.deepEqual(
        columns.map(({ name, type, nulls, min, max, distinct }) => [name, type, nulls, min, max, distinct]),
        [
          ["carrier", "utf8", 1, null, null, 2],
          ["dep delay", "float64", 0, 0, "NaN", null],
          ["id", "int64", 1, 1, "1152921504606846976", null],
          ["late", "boolean", 1, false, true, null],
        ],
      );
      assert.match(
        await text("describe", "my trips"),
        /^frame my trips: 3 rows in 2 chunks, .*\n\ncolumn .*\ncarrier +utf8 +1 .*codes8|constantCode/,
      );
      assert.equal(
        await text("schema", "my trips", "--ts"),
        'import { boolean, float64, int64, schema, utf8 } from "@eau2/dataframe";\n\nexport const MyTrips = schema({\n  carrier: utf8,\n  "dep delay": float64,\n  id: int64,\n  late: boolean,\n});\n',
      );
      assert.match(await text("schema", "my trips"), /late {7}boolean\n\nSDIB\n$/);
      assert.equal(await text("drop", "my trips"), "frame my trips: dropped\n");
      assertFails(
        await machine.run(["head", "my trips", ...flags]),
        /^eau2: frame "my trips": there is none of that name; eau2 frames lists them \(FRAME_UNKNOWN\)\n$/,
      );
      assertFails(await machine.run(["drop", "my trips", ...flags]), /FRAME_UNKNOWN/);
      assertFails(await machine.run(["head", "x", "--rows", "-1", ...flags]), /whole number/, 2);
    },
    LIMIT,
  );
});
