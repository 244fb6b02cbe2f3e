/**
 * A thin wrapper over uvu that closes its holes: a hook that throws, a forgotten `.run()` and a test that never ends
 * all exit 0 in uvu 0.5.6. Here there are no hooks (setup is a resource: `await using`), a suite runs itself, every
 * test has a time limit, and the counts go to the file named by `EAU2_TEST_COUNTS`, which the runner insists on.
 * `TEST_TIMES=1` prints how long each test took.
 */
import { writeFileSync } from "node:fs";
import { suite } from "uvu";

export interface TestOptions {
  /** Time limit of this test in ms; a soak has none. @defaultValue 60_000 */
  readonly timeoutMs?: number;
}

const TEST_TIMEOUT_MS = 60_000;
let registered = 0;
let finished = 0;
let passed = 0;

process.on("exit", () => {
  if (registered === 0 || finished < registered) process.exitCode = 1;
  const file = process.env.EAU2_TEST_COUNTS;
  if (file) writeFileSync(file, JSON.stringify({ passed, failed: registered - passed }));
});

const withTimeLimit = async (title: string, limitMs: number, body: () => void | Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`"${title}" passed its limit of ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([Promise.resolve().then(body), late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Define and run one suite; titles are claims. A file may hold several suites. */
export function testSuite(
  name: string,
  define: (test: (title: string, body: () => void | Promise<void>, options?: TestOptions) => void) => void,
): void {
  const inner = suite(name);
  define((title, body, { timeoutMs = TEST_TIMEOUT_MS } = {}) => {
    registered++;
    inner(title, async () => {
      const started = performance.now();
      try {
        await withTimeLimit(title, process.env.TEST_SOAK ? 2 ** 31 - 1 : timeoutMs, body);
        passed++;
        if (process.env.TEST_TIMES) console.log(`${Math.round(performance.now() - started)} ms: ${title}`);
      } catch (error) {
        // Printed here too: uvu's own report is lost when the process ends before the suite does.
        console.error(`\nfailed: ${name}: ${title}\n`, error);
        throw error instanceof Error ? error : new Error(String(error));
      } finally {
        finished++;
      }
    });
  });
  inner.run();
}
