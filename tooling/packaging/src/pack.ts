/** The packages as npm would get them. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const PNPM = "pnpm@12.21.0";
export const ROOT = new URL("../../../", import.meta.url);

/** Folders of all packages, each with a slash at the end. */
export const packageFolders = (): readonly URL[] =>
  readdirSync(new URL("packages/", ROOT))
    .sort()
    .map((name) => new URL(`packages/${name}/`, ROOT));

export interface Manifest {
  readonly name: string;
  readonly [field: string]: unknown;
}

export const readManifest = (folder: URL): Manifest =>
  JSON.parse(readFileSync(new URL("package.json", folder), "utf8")) as Manifest;

/** Runs a command to its end. @returns what it printed; throws with all of it when it failed. */
export const run = (command: string, commandArguments: readonly string[], folder: URL): string => {
  const { status, error, stdout, stderr } = spawnSync(command, commandArguments, { cwd: folder, encoding: "utf8" });
  if (status === 0) return stdout;
  throw new Error(
    `${command} ${commandArguments.join(" ")}: ${error?.message ?? `exit ${status}`}\n${stdout}${stderr}`,
  );
};

export interface Packed {
  readonly folder: URL;
  readonly tarball: string;
  readonly bytes: number;
}

/** Packs every package into a folder. They must have been built: what is packed is `dist` as it is. */
export const packAll = (into: string): readonly Packed[] => {
  run("npx", ["-y", PNPM, "-r", "--filter", "./packages/*", "pack", "--pack-destination", into], ROOT);
  return packageFolders().map((folder) => {
    const { name, version } = readManifest(folder);
    const tarball = join(into, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
    return { folder, tarball, bytes: statSync(tarball).size };
  });
};
