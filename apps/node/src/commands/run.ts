/** `eau2 run`: a program on every node, seen from one terminal. */
import { basename, resolve } from "node:path";
import { bundleModule, type Eau2, type ProgramResult } from "@eau2/application";
import { Eau2Error, isEau2Error } from "@eau2/protocol";
import { userFolder } from "../config.js";
import { type ClientFlags, print, withCluster } from "./client.js";
import { ProgramScreen } from "./program-screen.js";

const INTERRUPTED_EXIT_CODE = 130;
const PROGRAM = {
  verb: "run",
  exports: ["default", "run"],
  remedy:
    "it exports no run(context): write export default { run: async (context) => {...} }; a file that calls open() itself is a client: start it with node",
};
/** Lines of a program's stack that are shown. */
const STACK_LINES_MAX = 10;

/** The calls of the program itself: those of Node and of eau2 tell its author nothing. */
export const programStack = (stack: string): string =>
  stack
    .split("\n    -- answered by ")[0]!
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !/node:internal|program-child/.test(line))
    .slice(0, STACK_LINES_MAX)
    .map((line) => `${line}\n`)
    .join("");

const report = (result: ProgramResult, json: boolean): void => {
  const { program, nodes, code, ms, error } = result;
  if (error !== undefined) {
    const stack = error.details.program === undefined ? "" : programStack(error.stack ?? "");
    process.stderr.write(`eau2: ${error.message} (${error.code})
${stack}`);
  }
  if (!json) return;
  const failure = error === undefined ? {} : { error: { code: error.code, message: error.message } };
  print(`${JSON.stringify({ program, nodes, code, ms, ...failure })}\n`);
};

export const runRun = async (file: string, args: readonly string[], flags: ClientFlags): Promise<void> => {
  const path = resolve(userFolder(process.env), file);
  const module = await bundleModule(path, PROGRAM);
  const controller = new AbortController();
  const interrupt = () => {
    // A second one does not wait for the cluster.
    if (controller.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE);
    controller.abort(new Eau2Error("CANCELLED", "interrupted"));
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const screen = new ProgramScreen(process);
  const run = async (eau2: Eau2): Promise<ProgramResult> => {
    try {
      return await eau2.runProgram(module, {
        name: basename(path),
        args,
        signal: controller.signal,
        onOutput: (line) => screen.line(line),
        onProgress: (step) => screen.progress(step),
      });
    } finally {
      screen.end();
    }
  };
  try {
    const result = await withCluster(flags, run);
    report(result, flags.json ?? false);
    process.exitCode = result.code;
  } catch (error) {
    if (!controller.signal.aborted || !isEau2Error(error, "CANCELLED")) throw error;
    process.stderr.write("eau2: interrupted: the program is ended on all nodes (CANCELLED)\n");
    process.exitCode = INTERRUPTED_EXIT_CODE;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
};
