// Worker threads from TypeScript source: on Node 20 the hooks of tsx are not inherited by them, and every thread would
// compile all of it anew. So the entry is bundled once a process; packages stay what they are.
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

/** Inside the package, so that imports of packages are found. */
const FOLDER = fileURLToPath(new URL("../node_modules/.cache/eau2-workers/", import.meta.url));

const bundle = async (entry) => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    write: false,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    sourcesContent: false,
    outfile: join(FOLDER, "worker.mjs"),
    logLevel: "silent",
  });
  const { contents } = outputFiles[0];
  const path = join(FOLDER, `${createHash("sha256").update(contents).digest("hex").slice(0, 16)}.mjs`);
  mkdirSync(FOLDER, { recursive: true });
  // Another process may read it at the moment.
  writeFileSync(`${path}.${process.pid}`, contents);
  renameSync(`${path}.${process.pid}`, path);
  return pathToFileURL(path);
};

const bundles = new Map();

/** @returns what to start a worker from instead of `entry`. */
export const bundleWorker = (entry) => {
  if (!bundles.has(entry.href)) bundles.set(entry.href, bundle(entry));
  return bundles.get(entry.href);
};
