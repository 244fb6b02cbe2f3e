/**
 * The programs of the demo one after another, each as often as it is told: what they compute takes less time than to start a
 * process for each of them on each node. What they print is marked with what they are called here.
 */
import type { ProgramContext } from "@eau2/application";
import { run as linus } from "../../src/programs/linus.js";
import { run as summarizer } from "../../src/programs/summarizer.js";
import { run as trivial } from "../../src/programs/trivial.js";

const PROGRAMS = { trivial, summarizer, linus };

export interface ProgramRun {
  readonly title: string;
  readonly program: keyof typeof PROGRAMS;
  readonly args: readonly string[];
}

export const run = async (context: ProgramContext): Promise<void> => {
  for (const { title, program, args } of JSON.parse(context.args[0]!) as readonly ProgramRun[]) {
    const log = (...values: readonly unknown[]) => context.log(`${title}:`, ...values);
    await PROGRAMS[program]({ ...context, args, log });
  }
};
