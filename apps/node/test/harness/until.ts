const POLL_MS = 20;

/** Resolves with the first answer that is not undefined. For what other processes do: nothing here can be told of it. */
export const until = async <T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  limitMs = 20_000,
): Promise<T> => {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > endMs) throw new Error(`until ${what}: not within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};
