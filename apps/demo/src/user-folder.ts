import { isAbsolute } from "node:path";

/** Where the user stood: package managers change the directory before they run a script. */
export const userFolder = (): string => {
  const { INIT_CWD } = process.env;
  return INIT_CWD !== undefined && isAbsolute(INIT_CWD) ? INIT_CWD : process.cwd();
};
