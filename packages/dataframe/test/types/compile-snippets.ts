/** What the compiler says to small programs, compiled against the sources. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Programs that begin alike. */
export interface Snippets {
  /** Imports and declarations. */
  readonly prelude: string;
  readonly right: readonly string[];
  /** Each with the last line of the one message about it. */
  readonly wrong: readonly (readonly [snippet: string, message: RegExp])[];
}

const FOLDER = dirname(fileURLToPath(import.meta.url));

/** The compiler's messages for each snippet, in order; all are compiled in one program, because that takes seconds. */
export const compileSnippets = (snippets: readonly string[]): string[][] => {
  const sources = new Map(snippets.map((snippet, index) => [join(FOLDER, `snippet-${index}.ts`), snippet]));
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
    types: ["node"],
    noEmit: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.readFile = (name) => sources.get(name) ?? readFile(name);
  host.getSourceFile = (name, version) => {
    const text = sources.get(name);
    return text === undefined ? getSourceFile(name, version) : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.keys()].map((name) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n").split("\n").at(-1)!.trim()),
  );
};
