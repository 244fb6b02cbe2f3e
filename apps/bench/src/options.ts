/** Options that several commands share, and how a command ends. */
import { InvalidArgumentError, Option } from "commander";
import { formatTable, type Report } from "./report.js";

/** A whole number; 1e7 is one. */
export const count =
  (min: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= min) return value;
    throw new InvalidArgumentError(`Give a whole number from ${min} on.`);
  };

export const megabytes = () =>
  new Option("--mb <n>", "size of the generated file, in MB of 10^6 bytes").argParser(count(1)).default(300);
export const runs = () =>
  new Option("--runs <n>", "runs of each arm, of which the median counts").argParser(count(1)).default(5);
export const seed = () => new Option("--seed <n>", "of the generated file").argParser(count(1)).default(1);
export const peers = () =>
  new Option("--peers <which>", "what to compare with; installed outside the workspace at the first run")
    .choices(["all", "none"])
    .default("all");
export const json = () => new Option("--json", "print one line of JSON").default(false);

export const print = (report: Report, asJson: boolean): void => {
  console.log(asJson ? JSON.stringify(report.json) : formatTable(report.table));
  if (!report.agreed) process.exitCode = 1;
};
