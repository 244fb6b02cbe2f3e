/** Regular expressions that JavaScript and RE2 read alike, with how many groups they have. */
export const PATTERNS: readonly (readonly [pattern: string, groups: number])[] = [
  ["a", 0],
  ["^a", 0],
  ["b$", 0],
  ["[a-z]+", 0],
  ["(a)(b)", 2],
  ["[0-9]+", 0],
  ["(e|é)", 1],
  ["a+b", 0],
  ["[^a]", 0],
  ["q|o", 0],
];
