import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { parseChange, withVersion } from "../src/changelog.js";

const file = (head: string, text: string): string => `---\n${head}\n---\n\n${text}\n`;

testSuite("changelog", (test) => {
  test("a change has the packages of its file, the largest of their levels, and its words", () => {
    const head = '"@eau2/kvstore": patch\n"@eau2/network": minor';
    assert.deepEqual(parseChange(file(head, "Gets are\nfaster."), "a.md"), {
      packages: ["kvstore", "network"],
      level: "minor",
      text: "Gets are\nfaster.",
    });
  });

  test("a file without packages or words is refused by name", () => {
    for (const text of [file("nonsense", "Words."), file('"@eau2/kvstore": patch', ""), "Words.", ""])
      assert.throws(() => parseChange(text, "a.md"), /\.changeset\/a\.md: /);
  });

  test("a change of no package is none", () => {
    assert.equal(parseChange("---\n---\n\nWords.\n", "a.md"), undefined);
  });

  test("a version stands above the earlier ones, what breaks first", () => {
    const changes = [
      parseChange(file('"@eau2/kvstore": patch', "Gets are\nfaster."), "a.md")!,
      parseChange(file('"@eau2/protocol": major', "Keys have no home."), "b.md")!,
    ];
    assert.equal(
      withVersion("# Changes\n\nWords.\n\n## 0.1.0, 2026-11-24\n\nThe first.\n", {
        version: "1.0.0",
        date: "2027-01-02",
        changes,
      }),
      "# Changes\n\nWords.\n\n## 1.0.0, 2027-01-02\n\n### Breaks\n\n- Keys have no home. (protocol)\n\n" +
        "### Better\n\n- Gets are\n  faster. (kvstore)\n\n## 0.1.0, 2026-11-24\n\nThe first.\n",
    );
  });
});
