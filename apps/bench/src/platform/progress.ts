/** A line for whoever watches; standard output is kept for the result. */
export const progress = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
