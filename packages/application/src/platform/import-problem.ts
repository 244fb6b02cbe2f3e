import { Eau2Error, isEau2Error } from "@eau2/protocol";

const NOT_THERE =
  /^ERR_(MODULE_NOT_FOUND|UNSUPPORTED_DIR_IMPORT|UNSUPPORTED_ESM_URL_SCHEME|PACKAGE_PATH_NOT_EXPORTED|INVALID_MODULE_SPECIFIER)$/;

/** A module that is imported and not there: said in terms of one file that travels. Any other error is as it was. */
export const importProblem = (error: unknown): unknown => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (isEau2Error(error) || !NOT_THERE.test(String(code))) return error;
  const what = /package '([^']+)'|module '([^']+)'/i.exec(message);
  const name = (what?.[1] ?? what?.[2] ?? "").replace(/^.*\/eau2-(program|module)-[^/]*\//, "./");
  const explanation = new Eau2Error(
    "TASK_FAILED",
    `it imports "${name}", which is not in it: what runs on nodes is one file and may import node: modules only, so bundle it (eau2 does for programs, and for modules in TypeScript, unless the name is computed)`,
    { module: name },
    { cause: error },
  );
  if (error instanceof Error && error.stack !== undefined)
    explanation.stack = `${explanation.name}: ${explanation.message}\n${error.stack.slice(error.stack.indexOf("\n    at ") + 1)}`;
  return explanation;
};
