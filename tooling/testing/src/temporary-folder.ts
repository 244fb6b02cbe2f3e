import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own for one test, removed when it goes out of scope: `using folder = temporaryFolder();` */
export const temporaryFolder = (): { readonly path: string; [Symbol.dispose](): void } => {
  const path = mkdtempSync(join(realpathSync(tmpdir()), "eau2-test-"));
  return {
    path,
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }),
  };
};
