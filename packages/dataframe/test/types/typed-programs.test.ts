/**
 * What the compiler says. Snippets are compiled against the sources: what is right must compile, what is wrong must not,
 * and its message must read like a sentence about the column. The messages are here to be read in reviews.
 */
import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { compileSnippets } from "./compile-snippets.js";
import { QUERY_SNIPPETS } from "./query-snippets.js";
import { ROW_SNIPPETS } from "./row-snippets.js";

testSuite("the compiler on rows, columns and queries", (test) => {
  test(
    "right programs compile, and wrong ones are told what is wrong",
    () => {
      const cases = [ROW_SNIPPETS, QUERY_SNIPPETS].flatMap(({ prelude, right, wrong }) => [
        ...right.map((snippet) => ({ prelude, snippet, expected: undefined })),
        ...wrong.map(([snippet, expected]) => ({ prelude, snippet, expected })),
      ]);
      const messages = compileSnippets(cases.map(({ prelude, snippet }) => prelude + snippet));
      cases.forEach(({ snippet, expected }, index) => {
        const said = messages[index]!;
        if (expected === undefined) {
          assert.deepEqual(said, [], snippet);
          return;
        }
        assert.equal(said.length, 1, `${snippet}: ${said.join(" | ") || "compiles"}`);
        assert.match(said[0]!, expected, snippet);
      });
    },
    { timeoutMs: 120_000 },
  );
});
