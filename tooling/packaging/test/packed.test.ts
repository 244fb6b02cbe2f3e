/** What a user gets: all packages packed, installed together with npm in an empty project, and used from there. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { assertExample, readmeExample, temporaryFolder, testSuite } from "@eau2/testing";
import { type Manifest, type Packed, packAll, ROOT, readManifest, run } from "../src/pack.js";
import { packedBytesIn } from "../src/packed-size.js";

const SIZE_SLACK = 0.1;
const NPM_INSTALL = ["install", "--no-audit", "--no-fund", "--prefer-offline"];

interface Project {
  readonly folder: URL;
  readonly packages: readonly (Packed & { readonly name: string; readonly installed: URL })[];
}

const project = (path: string): Project => {
  const tarballs = join(path, "tarballs");
  mkdirSync(tarballs);
  const packed = packAll(tarballs);
  const folder = pathToFileURL(`${join(path, "project")}/`);
  mkdirSync(folder);
  writeFileSync(new URL("package.json", folder), JSON.stringify({ name: "empty", private: true, type: "module" }));
  run("npm", [...NPM_INSTALL, ...packed.map(({ tarball }) => tarball)], folder);
  return {
    folder,
    packages: packed.map((one) => {
      const { name } = readManifest(one.folder);
      return { ...one, name, installed: new URL(`node_modules/${name}/`, folder) };
    }),
  };
};

const filesOf = (folder: URL): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(fileURLToPath(folder).length));

/** A program in TypeScript that takes in all declarations, checked as strictly as a user may. */
const checkTypes = (folder: URL, names: readonly string[]): void => {
  const imports = names.map((name, index) => `export * as package${index} from "${name}";\n`);
  writeFileSync(new URL("all.ts", folder), imports.join(""));
  const compilerOptions = {
    target: "ES2023",
    lib: ["ES2023", "ESNext.Disposable"],
    module: "NodeNext",
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: ["node"],
    typeRoots: [fileURLToPath(new URL("node_modules/@types", ROOT))],
  };
  writeFileSync(new URL("tsconfig.json", folder), JSON.stringify({ compilerOptions, files: ["all.ts"] }));
  run(process.execPath, [fileURLToPath(new URL("node_modules/typescript7/bin/tsc", ROOT)), "-p", "."], folder);
};

testSuite("packed packages", (test) => {
  test(
    "install with npm in an empty project, are complete, run their examples and have their size in the README",
    () => {
      using temporary = temporaryFolder();
      const { folder, packages } = project(temporary.path);
      for (const { name, installed, bytes } of packages) {
        const files = filesOf(installed);
        for (const file of ["LICENSE", "README.md", "dist/index.d.ts", "dist/index.js"])
          assert.ok(files.includes(file), `${name} has no ${file}`);
        assert.deepEqual(
          files.filter((file) => !file.startsWith("dist/") && !["LICENSE", "README.md", "package.json"].includes(file)),
          [],
        );
        assertManifest(readManifest(installed));
        const readme = readFileSync(new URL("README.md", installed), "utf8");
        assertExample(readmeExample(readme), folder);
        const said = packedBytesIn(readme) ?? 0;
        assert.ok(
          Math.abs(said - bytes) <= bytes * SIZE_SLACK,
          `${name} has ${bytes} bytes and its README says ${said}; run pnpm sizes`,
        );
      }
      checkTypes(
        folder,
        packages.map(({ name }) => name),
      );
    },
    { timeoutMs: 180_000 },
  );
});

/** What npm shows, and what tools rely on. */
const assertManifest = (manifest: Manifest): void => {
  const { name } = manifest;
  assert.match(String(manifest.description), /^[A-Z].{20,160}[^.]$/, `${name}: description`);
  assert.ok(Array.isArray(manifest.keywords) && manifest.keywords.length >= 3, `${name}: keywords`);
  const { license, type, sideEffects, engines, files, types } = manifest;
  assert.deepEqual(
    { license, type, sideEffects, engines, files, types },
    {
      license: "MIT",
      type: "module",
      sideEffects: false,
      engines: { node: ">=20.19" },
      files: ["dist"],
      types: "./dist/index.d.ts",
    },
    name,
  );
  // Resolvers take the first condition that they know, so order counts.
  assert.equal(
    JSON.stringify(manifest.exports),
    JSON.stringify({
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./package.json": "./package.json",
    }),
    name,
  );
  for (const [dependency, version] of Object.entries(manifest.dependencies ?? {}))
    assert.match(version as string, /^\d/, `${name}: ${dependency} is a version that npm knows`);
};
