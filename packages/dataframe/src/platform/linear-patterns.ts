import { setFlagsFromString } from "node:v8";

let isAllowed = false;

/**
 * From now on V8 matches a regular expression in linear time once it has backtracked too much, where it can (not with the
 * flags i, u and v, look-around or back-references). For the whole process, patterns compiled before stay as they are.
 */
export const allowLinearPatterns = (): void => {
  if (isAllowed) return;
  setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
  isAllowed = true;
};
