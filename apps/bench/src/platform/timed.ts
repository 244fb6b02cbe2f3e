/** What some work took: wall time, and processor time of all threads of this process. */
export const timed = async <Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; ms: number; cpuMs: number }> => {
  const startCpu = process.cpuUsage();
  const startMs = performance.now();
  const result = await work();
  const ms = performance.now() - startMs;
  const { user, system } = process.cpuUsage(startCpu);
  return { result, ms, cpuMs: (user + system) / 1000 };
};
