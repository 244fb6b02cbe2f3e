import { readFile } from "node:fs/promises";
import { basename, extname, isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import type { AnyFunction, UserModule } from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";
import { bundleModule } from "./bundle-module.js";

/**
 * Names a function that is to run where chunks lie. A .js or .mjs file is shipped as it is, so it must be self-contained; a
 * file of another kind (TypeScript) is bundled with what it imports by esbuild, an optional peer.
 * @param file - `new URL("./score.js", import.meta.url)`, or an absolute path.
 * @param exportName - of the function.
 * @example const score = userModule<typeof import("./score.js").score>(new URL("./score.js", import.meta.url), "score");
 * @throws {@link Eau2Error} `USAGE`; and when it is used, `FILE_MISSING`
 */
export const userModule = <Call = AnyFunction>(file: URL | string, exportName: string): UserModule<Call> => {
  const path = pathOf(file);
  let source: Promise<Uint8Array> | undefined;
  return {
    label: basename(path),
    exportName,
    source: () => {
      source ??= /^\.m?js$/.test(extname(path))
        ? read(path)
        : bundleModule(path, { verb: "map", exports: [exportName] });
      return source;
    },
  };
};

const pathOf = (file: URL | string): string => {
  if (typeof file === "string" && isAbsolute(file)) return file;
  const url = String(file);
  if (URL.canParse(url) && new URL(url).protocol === "file:") return fileURLToPath(url);
  throw new Eau2Error(
    "USAGE",
    `userModule("${file}"): write new URL("./file.js", import.meta.url), or an absolute path: relative ones depend on where the process was started`,
  );
};

const read = (path: string): Promise<Uint8Array> =>
  readFile(path).catch((error: unknown) => {
    throw new Eau2Error(
      "FILE_MISSING",
      `map ${basename(path)}: "${path}" cannot be read; check the path`,
      { path },
      { cause: error },
    );
  });
