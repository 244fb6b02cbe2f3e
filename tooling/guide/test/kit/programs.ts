/** Programs that stand before those of this machine in a reader's terminals. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

const PNPM = "pnpm@12.21.0";

/** `scp HOST:PATH FILE` between the homes of the hosts. */
const scp = (homes: string): string => `#!/bin/sh
cp ${homes}/"\${1%%:*}"/"\${1#*:}" "$2"
`;

/** npx looks for pnpm anew each time, which takes most of a second. */
const npx = (pnpm: string): string => `#!/bin/sh
if [ "$1 $2" = "-y ${PNPM}" ]; then shift 2; exec "${pnpm}" "$@"; fi
PATH="\${PATH#*${delimiter}}" exec npx "$@"
`;

/** The pnpm that has started the tests, if it is the one that readers use. */
const pnpmAtHand = (): string | undefined => {
  const found = spawnSync("sh", ["-c", "command -v pnpm && pnpm --version"], { encoding: "utf8" });
  const [path, version] = found.stdout.split("\n");
  return `pnpm@${version}` === PNPM ? path : undefined;
};

/** @param homes - a folder with a folder for the home of each host. */
export const writePrograms = (folder: string, homes: string): void => {
  mkdirSync(folder);
  writeFileSync(join(folder, "scp"), scp(homes), { mode: 0o755 });
  const pnpm = pnpmAtHand();
  if (pnpm !== undefined) writeFileSync(join(folder, "npx"), npx(pnpm), { mode: 0o755 });
};
