import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { fencedBlocks } from "../src/markdown.js";
import { assertExample, readmeExample } from "../src/readme-example.js";
import { temporaryFolder } from "../src/temporary-folder.js";
import { testSuite } from "../src/test-suite.js";

const readme = (code: string): string =>
  `# name\n\n## Use\n\nWords.\n\n\`\`\`js\n${code}\n\`\`\`\n\n## Map\n\n\`\`\`js\n0;\n\`\`\`\n`;

testSuite("examples of READMEs", (test) => {
  const runs = (code: string): void => {
    using folder = temporaryFolder();
    assertExample(readmeExample(readme(code)), pathToFileURL(`${folder.path}/`));
  };

  test("run, and print line by line what they say", () => {
    runs('console.log(1 + 1); // prints 2\nconsole.log("a\\nb"); // prints a\n// prints b');
  });

  test("that print something else, more or less, complain or end badly are failures", () => {
    for (const code of [
      "console.log(1 + 1); // prints 3",
      "console.log(1); console.log(2); // prints 1",
      "// prints 1",
      "console.error(1); console.log(1); // prints 1",
      "console.log(1); // prints 1\nprocess.exitCode = 1;",
      'import "no-such-package"; // prints 1',
    ])
      assert.throws(() => runs(code), { name: "AssertionError" }, code);
  });

  test("blocks have their info, whole lines and the line of their fence", () => {
    assert.deepEqual(fencedBlocks("# a\n\n```sh x\n1\n\n2\n```\nb `c`\n\n```\n```\n"), [
      { info: "sh x", text: "1\n\n2\n", line: 3 },
      { info: "", text: "", line: 10 },
    ]);
  });

  test("that say nothing about what they print, or are not below Use, are failures", () => {
    assert.throws(() => readmeExample(readme("console.log(1);")), /says nowhere/);
    assert.throws(() => readmeExample("# name\n\n## Use\n\nWords.\n\n## Map\n\n```js\n// prints 1\n```\n"), /no block/);
  });
});
