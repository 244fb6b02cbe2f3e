/** Patterns of plans: what JavaScript compiles, without the flags that give an expression a memory of its own. */

const FLAGS = /^[imsuv]*$/;

/** What is wrong with a pattern and its flags, or undefined. */
export const patternProblem = (pattern: string, flags: string): string | undefined => {
  if (!FLAGS.test(flags)) return `the flags "${flags}" are not some of i, m, s, u and v`;
  try {
    new RegExp(pattern, flags);
    return undefined;
  } catch (error) {
    return (error as SyntaxError).message;
  }
};

/** How many groups a valid pattern has. */
export const groupCount = (pattern: string, flags: string): number =>
  // With an empty alternative it matches everywhere, and the match has a place for every group.
  new RegExp(`${pattern}|`, flags).exec("")!.length - 1;
