import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** `$XDG_CACHE_HOME/eau2/NAME`, else `~/.cache/eau2/NAME`; made if it is not there. */
export const cacheFolder = (name: string): string => {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "eau2", name);
  mkdirSync(folder, { recursive: true });
  return folder;
};
