/** `eau2 explain`: how a query of a file would run on this cluster, or has run. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleModule, type Eau2 } from "@eau2/application";
import { type ExplainOptions, printExplained, type QueryExplained } from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";
import { userFolder } from "../config.js";
import { type ClientFlags, print, withCluster } from "./client.js";

export interface ExplainFlags extends ClientFlags {
  readonly analyze?: boolean | undefined;
}

/** Of a file: its class is that of the bundle, not ours. */
interface Explainable {
  explained(options: ExplainOptions): Promise<QueryExplained>;
}

const REMEDY =
  "its default export makes no query: write export default async (eau2) => (await eau2.frame(NAME)).filter(...)";

const importBundle = async (name: string, module: Uint8Array): Promise<unknown> => {
  const folder = mkdtempSync(join(tmpdir(), "eau2-explain-"));
  try {
    const file = join(folder, `${name}.mjs`);
    writeFileSync(file, module);
    process.setSourceMapsEnabled(true);
    return ((await import(pathToFileURL(file).href)) as { readonly default?: unknown }).default;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const isExplainable = (value: unknown): value is Explainable =>
  typeof value === "object" && value !== null && "explained" in value && typeof value.explained === "function";

export const runExplain = async (path: string, flags: ExplainFlags): Promise<void> => {
  const file = resolve(userFolder(process.env), path);
  const name = basename(file);
  const options = { verb: "explain", exports: ["default"], remedy: REMEDY };
  const made = await importBundle(name, await bundleModule(file, options));
  const explain = async (query: unknown): Promise<void> => {
    if (!isExplainable(query)) throw new Eau2Error("USAGE", `explain ${name}: ${REMEDY}`);
    const explained = await query.explained({ analyze: flags.analyze ?? false });
    print(flags.json ? `${JSON.stringify(explained)}\n` : printExplained(explained));
  };
  // A query that is there already has a session of its own, which the file opened.
  if (typeof made !== "function") return explain(made);
  await withCluster(flags, async (eau2: Eau2) => explain(await made(eau2)));
};
