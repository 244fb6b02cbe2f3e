/** Says that a test was left out because something optional is absent here; such a test is not counted. */
export const notRun = (name: string, why: string): void => {
  console.log(`not run: ${name} (${why})`);
};
