/** One turn of the real event loop: every promise that is ready has run. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Waits for something that real sockets bring about; the time limit of the test is the only one. */
export const eventually = async (condition: () => boolean, passTime: () => Promise<void> = turn): Promise<void> => {
  while (!condition()) await passTime();
};
