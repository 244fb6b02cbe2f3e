#!/usr/bin/env node
// install-duckdb.mjs FOLDER: makes sure that DuckDB, the second oracle, is in FOLDER. It brings 70 MB, and only tests of
// queries load it, so it is no dependency of the workspace: EAU2_DUCKDB=FOLDER tells them where it is.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NAME = "@duckdb/node-api";
const VERSION = "1.5.6-r.1";
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: install-duckdb.mjs FOLDER");
  process.exit(2);
}
const isInstalled = () => {
  const manifest = join(folder, "node_modules", NAME, "package.json");
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).version === VERSION;
};
if (!isInstalled()) {
  mkdirSync(folder, { recursive: true });
  // Without a manifest npm would look for one further up.
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  const args = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", `${NAME}@${VERSION}`];
  spawnSync("npm", args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}
if (!isInstalled()) {
  console.error(`${NAME}@${VERSION} could not be installed into ${folder}; check the network`);
  process.exit(1);
}
