/** From a source to the one file that is shipped: everything that it imports is inside, with a map to the source. */
import { access } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Eau2Error } from "@eau2/protocol";

const EXTENSIONS = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"];

/** Parts of dependencies that are still CommonJS ask for Node's own modules by `require`. */
const REQUIRE = `import { createRequire as __eau2Require } from "node:module"; globalThis.require ??= __eau2Require(import.meta.url);`;

type Esbuild = typeof import("esbuild");

interface BuildProblem {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}

const loadEsbuild = async (): Promise<Esbuild> => {
  try {
    return await import("esbuild");
  } catch (error) {
    throw new Eau2Error(
      "USAGE",
      "programs, and modules in TypeScript, are bundled by esbuild, which is not installed; install it beside eau2: npm install esbuild",
      {},
      { cause: error },
    );
  }
};

const problemText = (error: unknown): string => {
  const [problem] = (error as { readonly errors?: readonly BuildProblem[] }).errors ?? [];
  if (problem === undefined) return error instanceof Error ? error.message : String(error);
  const { text, location } = problem;
  return location === null ? text : `${location.file}:${location.line}:${location.column}: ${text}`;
};

export interface BundleOptions {
  /** What people asked for, in messages. */
  readonly verb: string;
  /** One of them must be exported. */
  readonly exports: readonly string[];
  /** What to do when none is. @defaultValue the exports there are */
  readonly remedy?: string;
}

/**
 * @param file - absolute.
 * @throws {@link Eau2Error} `FILE_MISSING`, `USAGE`
 */
export const bundleModule = async (file: string, { verb, exports, remedy }: BundleOptions): Promise<Uint8Array> => {
  const name = basename(file);
  await access(file).catch((error: unknown) => {
    throw new Eau2Error(
      "FILE_MISSING",
      `${verb} "${file}": there is no such file; check the path`,
      { path: file },
      { cause: error },
    );
  });
  if (!EXTENSIONS.includes(extname(file)))
    throw new Eau2Error("USAGE", `${verb} ${name}: it is neither TypeScript nor JavaScript (${EXTENSIONS.join(", ")})`);
  const esbuild = await loadEsbuild();
  const folder = dirname(file);
  const built = await esbuild
    .build({
      entryPoints: [file],
      outfile: join(folder, "bundle.mjs"),
      absWorkingDir: folder,
      write: false,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      banner: { js: REQUIRE },
      sourcemap: "inline",
      // Traces name the files of whoever wrote them, wherever the code runs.
      sourceRoot: `${pathToFileURL(folder).href}/`,
      sourcesContent: false,
      metafile: true,
      logLevel: "silent",
    })
    .catch((error: unknown) => {
      throw new Eau2Error("USAGE", `${verb} ${name}: ${problemText(error)}`, {}, { cause: error });
    });
  const exported = Object.values(built.metafile.outputs).flatMap((output) => output.exports);
  if (!exports.some((wanted) => exported.includes(wanted))) {
    const there = exported.length === 0 ? "it exports nothing" : `it exports ${exported.join(", ")}`;
    throw new Eau2Error(
      "USAGE",
      `${verb} ${name}: ${remedy ?? `it has no export "${exports.join('", "')}"; ${there}`}`,
    );
  }
  return built.outputFiles[0]!.contents;
};
