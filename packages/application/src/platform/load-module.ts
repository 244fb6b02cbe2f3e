/** User modules in a worker thread: their bytes become a file for as long as the import takes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LoadModule, ModuleRecord } from "@eau2/dataframe";
import { Eau2Error, isEau2Error } from "@eau2/protocol";
import { importProblem } from "./import-problem.js";
import { sha256Hex } from "./sha256.js";

type Exports = Awaited<ReturnType<LoadModule>>;

const MODULES_MAX = 1_000;

/** @param isAllowed - modules run as the user of this process: trust, not a sandbox. */
export const moduleLoader = (isAllowed: boolean): LoadModule => {
  const loaded = new Map<string, Promise<Exports>>();
  return (module, source) => {
    if (!isAllowed) {
      throw new Eau2Error(
        "DENIED",
        `${module.label}: this node runs no code of clients; start it with eau2 node --allow-run (who has the token can then run any code on it)`,
      );
    }
    let exports = loaded.get(module.sha256);
    if (exports === undefined) {
      if (loaded.size >= MODULES_MAX) {
        // Node keeps what it has imported for as long as the thread lives.
        throw new Eau2Error(
          "BUSY",
          `${module.label}: this thread has loaded ${MODULES_MAX} modules; give what varies as args, or restart the node`,
        );
      }
      exports = load(module, source);
      loaded.set(module.sha256, exports);
      exports.catch(() => loaded.delete(module.sha256));
    }
    return exports;
  };
};

const load = async ({ label, sha256 }: ModuleRecord, source: Uint8Array): Promise<Exports> => {
  const bytes = source.slice();
  if (sha256Hex(bytes) !== sha256)
    throw new Eau2Error("DATA_INVALID", `${label}: it has another hash than it was sent with; send it again`);
  // Errors then name the lines of the source that it was made from, if it says which.
  process.setSourceMapsEnabled(true);
  const folder = mkdtempSync(join(tmpdir(), "eau2-module-"));
  try {
    const file = join(folder, `${label.replaceAll(/[^\w.-]/g, "-").slice(-100)}.mjs`);
    writeFileSync(file, bytes);
    return (await import(pathToFileURL(file).href)) as Exports;
  } catch (thrown) {
    const problem = importProblem(thrown);
    const text = problem instanceof Error ? problem.message : String(problem);
    const code = isEau2Error(problem) ? problem.code : "TASK_FAILED";
    const error = new Eau2Error(code, `${label} cannot be loaded: ${text}`, {}, { cause: thrown });
    if (problem instanceof Error && problem.stack !== undefined) error.stack = problem.stack;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
