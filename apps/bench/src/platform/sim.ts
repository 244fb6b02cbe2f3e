/** The simulation of whole nodes: how many histories a second, and whether any breaks a promise. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Eau2Error } from "@eau2/protocol";
import type { Report } from "../report.js";
import { rounded } from "../statistics.js";

const TEST = "test/simulation/random-history.test.ts";

export interface SimOptions {
  readonly seeds: number;
  readonly first: number;
}

/** What the test writes. */
interface Figures {
  readonly seeds: number;
  readonly violations: number;
  readonly events: number;
  readonly virtualMs: number;
  readonly ms: number;
}

/** The histories are tests of the application package, and run from its sources. */
const simulate = async ({ seeds, first }: SimOptions): Promise<Figures> => {
  const folder = mkdtempSync(join(tmpdir(), "eau2-sim-"));
  try {
    const file = join(folder, "figures.json");
    const child = spawn(process.execPath, ["--import", "tsx", TEST], {
      cwd: dirname(fileURLToPath(import.meta.resolve("@eau2/application/package.json"))),
      // Standard output is kept for the result.
      stdio: ["ignore", process.stderr, "inherit"],
      env: {
        ...process.env,
        SIM_SEEDS: `${seeds}`,
        SIM_FIRST: `${first}`,
        SIM_REPORT: file,
        TEST_SEED: "",
        TEST_SOAK: "1",
      },
    });
    await once(child, "exit");
    return JSON.parse(readFileSync(file, "utf8")) as Figures;
  } catch (error) {
    const message = "the simulation left no figures; see its output above";
    throw new Eau2Error("INTERNAL", message, {}, { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const benchSim = async (options: SimOptions): Promise<Report> => {
  const { seeds, violations, events, virtualMs, ms } = await simulate(options);
  const virtualSeconds = rounded(virtualMs / 1_000);
  const seedsPerSecond = rounded((seeds / ms) * 1_000, 1);
  const virtualPerSecond = rounded(virtualMs / ms);
  return {
    agreed: violations === 0 && seeds === options.seeds,
    json: { ...options, seeds, violations, events, virtualSeconds, ms, seedsPerSecond, virtualPerSecond },
    table: [
      ["histories of whole nodes", `${seeds}, from seed ${options.first}`],
      ["violations", violations === 0 ? "0" : `${violations}: SEE ABOVE`],
      ["events", `${events}`],
      ["virtual time", `${virtualSeconds} s, ${virtualPerSecond} s a second`],
      ["rate", `${seedsPerSecond} histories a second`],
    ],
  };
};
