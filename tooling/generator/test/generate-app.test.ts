import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { generateApp, problemOfName } from "../src/generate-app.js";
import generators from "../src/turbo-generator.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

testSuite("generateApp", (test) => {
  test("copies the template's own files and gives them the name, everywhere", () => {
    using root = temporaryFolder();
    const template = join(root.path, "apps", "template");
    cpSync(join(ROOT, "apps", "template"), template, { recursive: true, filter: (path) => !/node_modules/.test(path) });
    for (const made of ["node_modules/x", "dist", ".turbo", ".test-counts"]) {
      mkdirSync(join(template, made), { recursive: true });
      writeFileSync(join(template, made, "made.js"), "");
    }
    assert.equal(generateApp(root.path, "late-trips"), "apps/late-trips");
    const files = filesOf(join(root.path, "apps", "late-trips"));
    assert.deepEqual(
      files.filter((file) => !/^(src|test)\//.test(file)),
      ["README.md", "package.json", "tsconfig.json", "tsup.config.ts", "turbo.json"],
    );
    const texts = files.map((file) => readFileSync(join(root.path, "apps", "late-trips", file), "utf8"));
    assert.deepEqual(
      texts.filter((text) => text.includes("template")),
      [],
    );
    assert.match(texts[files.indexOf("package.json")]!, /^{\n {2}"name": "@eau2\/late-trips",\n/);
    assert.match(texts[files.indexOf("src/main.ts")]!, /^const NAME = "late-trips";$/m);
    assert.throws(() => generateApp(root.path, "late-trips"), { message: /is taken: apps\/late-trips is there/ });
  });

  test("a name that cannot be is told with the rule and, where there is one, a name that can", () => {
    for (const [name, meant] of [
      ["Late Trips", "late-trips"],
      ["lateTrips", "late-trips"],
      ["late_trips", "late-trips"],
      ["-late--trips-", "late-trips"],
      ["7trips", "trips"],
      ["../trips", "trips"],
      ["trips/.", "trips"],
      ["x".repeat(41), "x".repeat(40)],
    ] as const)
      assert.match(
        problemOfName(ROOT, name)!,
        new RegExp(`^".*" cannot be the name .* begins with a letter, like ${meant}$`),
      );
    for (const name of ["", "7", "..", "äöü"]) assert.match(problemOfName(ROOT, name)!, /begins with a letter$/, name);
    for (const name of ["a", "late-trips", "t2", "x".repeat(40)])
      assert.equal(problemOfName(ROOT, name), undefined, name);
  });

  test("turbo gen app asks for the name, and does the same", () => {
    using root = temporaryFolder();
    cpSync(join(ROOT, "apps", "template", "src"), join(root.path, "apps", "template", "src"), { recursive: true });
    const made: string[] = [];
    generators({
      setGenerator: (generator, { prompts, actions }) => {
        const [prompt, ...more] = prompts;
        assert.deepEqual([generator, prompt!.name, more.length], ["app", "name", 0]);
        assert.match(String(prompt!.validate("Late Trips")), /like late-trips$/);
        assert.equal(prompt!.validate("late-trips"), true);
        for (const action of actions) made.push(action({ name: "late-trips", turbo: { paths: { root: root.path } } }));
      },
    });
    assert.deepEqual(made, ["apps/late-trips; try: pnpm test --filter @eau2/late-trips"]);
    assert.ok(filesOf(join(root.path, "apps", "late-trips")).includes("src/main.ts"));
  });

  test("names of all packages are taken", () => {
    for (const [name, folder] of [
      ["demo", "apps/demo"],
      ["template", "apps/template"],
      ["kvstore", "packages/kvstore"],
      ["testing", "tooling/testing"],
    ])
      assert.equal(problemOfName(ROOT, name!), `"${name}" is taken: ${folder} is there; choose another name`);
  });
});
