/** `eau2 load` on two real nodes, and what it says of bad rows. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { testSuite } from "@eau2/testing";
import { parseSchema } from "../src/commands/csv-flags.js";
import { progressLine, showProgress } from "../src/commands/progress.js";
import { assertFails } from "./harness/assert-fails.js";
import { runJson, TestMachine } from "./harness/test-machine.js";

const LIMIT = { timeoutMs: 60_000 };

testSuite("eau2 load", (test) => {
  test(
    "a SoR file becomes a frame with the file's name, its bad rows are told, text becomes words",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = await machine.nodes(2);
      const at = ["--cluster", b!.url];
      writeFileSync(join(machine.path, "trips.sor"), '<1> <AA> <1.5>\n<2> <"U A"> <2>\n');
      writeFileSync(join(machine.path, "bad.sor"), "<1>\n<x>\n<3>\n<y>\n");
      writeFileSync(join(machine.path, "poem.txt"), "a rose is a rose\n");
      const load = await machine.run(["load", "trips.sor", ...at]);
      assert.match(load.stdout.toString(), /^frame trips: 2 rows, 3 columns from 31 B in \d+ ms\n$/);
      assert.equal(load.stderr, "");
      const head = (await machine.run(["head", "trips", "--cluster", a!.url])).stdout.toString();
      assert.equal(head, "c0  c1    c2\n 1  AA   1.5\n 2  U A    2\n");
      const bad = await machine.run(["load", "bad.sor", "--schema", "n:int64", "--name", "numbers", ...at]);
      assert.match(
        bad.stdout.toString(),
        /^frame numbers: 2 rows, 1 column .*\n2 bad rows were left out:\n {2}line 2, column "n": the field does not fit the column's type\n {2}line 4, .*\n$/,
      );
      const nulled = await runJson<Record<string, unknown>>(machine, [
        "load",
        "bad.sor",
        "--schema",
        "I",
        "--bad-rows",
        "null",
        "--name",
        "nulled",
        ...at,
      ]);
      assert.deepEqual([nulled.rows, nulled.badRowCount, nulled.lineCount], [4, 2, 4]);
      assertFails(
        await machine.run(["load", "bad.sor", "--schema", "I", "--bad-rows", "error", "--name", "no", ...at]),
        /^eau2: load 4 lines: 2 of them do not fit the schema: .*line 2.*\(DATA_INVALID\)\n$/,
      );
      const words = await runJson<Record<string, unknown>>(machine, ["load", "poem.txt", ...at]);
      assert.deepEqual([words.frame, words.rows], ["poem", 5]);
      assertFails(
        await machine.run(["load", "trips.sor", ...at]),
        /"trips": there is one of that name.*\(FRAME_EXISTS\)/,
      );
      assertFails(await machine.run(["load", "trips.dat", ...at]), /--format sor/, 2);
      assertFails(await machine.run(["load", "none.sor", ...at]), /\(FILE_MISSING\)/);
      assertFails(await machine.run(["load", "bad.sor", "--schema", "SIX", ...at]), /"X" at position 2/, 2);
      for (const twice of [
        ["--schema", "a:int64,a:utf8"],
        ["--names", "a,a,b"],
      ])
        assertFails(
          await machine.run(["load", "trips.sor", "--name", "twice", ...twice, ...at]),
          /"a" occurs twice.*\(USAGE\)\n$/,
          2,
        );
      const names = (await runJson<{ frames: { name: string }[] }>(machine, ["frames", ...at])).frames.map(
        ({ name }) => name,
      );
      assert.deepEqual(names, ["nulled", "numbers", "poem", "trips"]);
    },
    LIMIT,
  );
});

testSuite("eau2 load and eau2 preview of CSV", (test) => {
  test(
    "a file becomes a frame, what was widened or bad is told, and a preview says why",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      const at = ["--cluster", a!.url];
      writeFileSync(join(machine.path, "late.csv"), `n,t\n${"1,a\n".repeat(100_000)}1.5,b\n`);
      writeFileSync(join(machine.path, "semi.txt"), "1;02/01/2024;x\n2;13/01/2024;-\n3;?\n");
      const load = await machine.run(["load", "late.csv", ...at]);
      assert.match(
        load.stdout.toString(),
        /^frame late: 100,001 rows, 2 columns from .*\ncolumn "n" was int64 in the sample and became float64\n$/,
      );
      assertFails(
        await machine.run(["load", "late.csv", "--name", "no", "--no-widen", ...at]),
        /line 100002, column "n": the field does not fit.*\(DATA_INVALID\)/,
      );
      const said = [
        "--format",
        "csv",
        "--schema",
        "id:int64,day:date,note:utf8",
        "--null",
        "-",
        "--date-format",
        "%d/%m/%Y",
      ];
      const semi = await machine.run(["load", "semi.txt", "--name", "semi", ...said, "--bad-rows", "discard", ...at]);
      assert.match(
        semi.stdout.toString(),
        /^frame semi: 2 rows, 3 columns .*\n1 bad row was left out:\n {2}line 3, column "day": the field does not fit the column's type\n$/,
      );
      const head = (await machine.run(["head", "semi", ...at])).stdout.toString();
      assert.equal(head, "id         day  note\n 1  2024-01-02  x\n 2  2024-01-13\n");
      const preview = (await machine.run(["preview", "semi.txt", "--no-header", ...at])).stdout.toString();
      assert.match(preview, /^semi\.txt: 34 bytes, 3 columns.*\ndelimiter {5}; .*\nheader {8}no {9}given\n/s);
      assertFails(await machine.run(["load", "late.csv", "--type", "n:int", ...at]), /"n:int" is no column/, 2);
    },
    LIMIT,
  );
});

testSuite("what load says of itself", (test) => {
  test("schemas are letters, or names with types", () => {
    assert.equal(parseSchema("SIDB").sidb, "SIDB");
    assert.deepEqual(parseSchema("a:utf8,b c:int64,d:e:float64").names, ["a", "b c", "d:e"]);
    assert.throws(() => parseSchema("a:utf8,b:text"), { code: "USAGE", message: /"b:text" is no column/ });
    assert.throws(() => parseSchema(":utf8"), { code: "USAGE" });
  });

  test("progress is one line on a terminal, taken away at the end, and nothing elsewhere", () => {
    assert.equal(
      progressLine({ id: "x" as never, phase: "read", done: 1, total: 4 }),
      `read     ${"█".repeat(6)}${"░".repeat(18)}  25 %`,
    );
    assert.match(progressLine({ id: "x" as never, phase: "seal", done: 0, total: 0 }), /░ {3}0 %$/);
    const shown = (isTTY: boolean) => {
      const texts: string[] = [];
      const progress = showProgress({ isTTY, write: (text: string) => texts.push(text) > 0 } as never);
      progress.show({ id: "x" as never, phase: "read", done: 1, total: 2 });
      progress.end();
      return texts;
    };
    assert.deepEqual(shown(false), []);
    assert.equal(shown(true).length, 2);
  });
});
