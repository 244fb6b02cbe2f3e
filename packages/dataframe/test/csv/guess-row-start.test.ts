import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { guessRowStart } from "../../src/csv/guess-row-start.js";
import { dialectBytes, isWholeRow, readRow } from "../../src/csv/read-row.js";

const seed = seedFromEnv(62);
const DIALECT = dialectBytes({ delimiter: ",", quote: '"', newLine: "\n" });

const guess = (text: string, columnCount: number): string => {
  const at = guessRowStart(Buffer.from(text), columnCount, DIALECT);
  return at < 0 ? "none" : text.slice(at);
};

testSuite("where a row begins in the middle of a file", (test) => {
  test("behind the next line break, unless the quotes speak for text that goes on", () => {
    assert.equal(guess("\n1,a\n2,b\n", 2), "1,a\n2,b\n");
    assert.equal(guess("x,a\n2,b\n", 2), "2,b\n");
    assert.equal(guess("no end", 2), "none");
    assert.equal(guess('x\nstill text"\n2,b\n3,"c\nd"\n', 2), '2,b\n3,"c\nd"\n');
    assert.equal(guess('x,"a\nb"\n2,"c"\n', 2), 'b"\n2,"c"\n'.slice(3));
    assert.equal(guess('1,2\n3,4"\n5,6\n7,"8"\n', 2), '5,6\n7,"8"\n');
    assert.equal(guess(`${"text, \n".repeat(100)}"\n3,b\n`, 2), "3,b\n");
  });

  test("in files as writers make them it is right far more often than not, and always a place behind a line break", () => {
    let cuts = 0;
    let right = 0;
    const cell = fc.constantFrom("word", "two words", 'say ""no""', "line\nbreak", "a, b", "\n\n", "", "7");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, fc.boolean()), { minLength: 60, maxLength: 60 }),
        fc.nat(),
        (rows, where) => {
          const quoted = (text: string, must: boolean): string => (must || /[",\n]/.test(text) ? `"${text}"` : text);
          const bytes = Buffer.from(
            rows.map(([a, b, all], id) => `${id},${quoted(a, all)},${quoted(b, all)}\n`).join(""),
          );
          const start = 1 + (where % Math.floor(bytes.length / 2));
          const starts: number[] = [];
          for (let at = 0; at < bytes.length; ) {
            starts.push(at);
            const row = readRow(bytes, at, DIALECT, true);
            at = isWholeRow(row) ? row.behind : bytes.length;
          }
          const found = start - 1 + guessRowStart(bytes.subarray(start - 1), 3, DIALECT);
          assert.ok(bytes[found - 1] === 10 && found >= start);
          cuts++;
          if (found === starts.find((at) => at >= start)) right++;
        },
      ),
      { seed, numRuns: 400 },
    );
    assert.ok(right > cuts * 0.95, `${right} of ${cuts} are right`);
  });
});
