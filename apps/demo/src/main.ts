import { type Eau2Error, NODE_SHARDS_MAX, toEau2Error } from "@eau2/protocol";
import { Command, InvalidArgumentError, Option } from "commander";
import { type CheckFlags, runCheck } from "./checks.js";
import { type LinusFlags, runLinus } from "./linus-app.js";
import { wordCount } from "./wordcount.js";

const USAGE_EXIT_CODE = 2;
const INTERRUPTED_EXIT_CODE = 130;

const integer =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`write a whole number from ${least} to ${most}`);
    return value;
  };

const interrupted = new AbortController();
let interrupts = 0;
const interrupt = () => {
  interrupts++;
  if (interrupts > 1) process.exit(INTERRUPTED_EXIT_CODE);
  // A terminal may show "^C" behind the progress.
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  process.stderr.write("interrupted: ending what runs (once more ends it at once)\n");
  interrupted.abort();
};
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);
process.on("SIGHUP", interrupt);
// `pnpm demo | head` has what it wants before we are done; the nodes are ended by the exit.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const program = new Command("demo")
  .description("eau2 on real node processes of this machine")
  .showHelpAfterError("(pnpm demo --help shows what there is)")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE_EXIT_CODE));

interface Flags {
  readonly nodes: number;
  readonly shards: number;
  readonly chunkRows?: number;
  readonly blockBytes?: number;
  readonly top: number;
  readonly json?: boolean;
  readonly cluster?: string;
  readonly tokenFile?: string;
}

const wordcount = program
  .command("wordcount", { isDefault: true })
  .description("count the words of text files (default: 9 MB of English prose)")
  .argument("[files...]")
  .option("--nodes <count>", "node processes to start", integer(1, 64), 3)
  .option("--shards <count>", "worker threads of each", integer(1, NODE_SHARDS_MAX), 1)
  .option("--chunk-rows <rows>", "rows of a chunk (default: 262144)", integer(1, 16 * 1024 ** 2))
  .option("--block-bytes <bytes>", "bytes of a block (default: a 64th of the input)", integer(1, 1024 ** 3))
  .option("--top <count>", "how many words to show", integer(0, 1_000_000), 10)
  .option("--cluster <ws://host:port>", "use this cluster instead of starting one")
  .addOption(
    new Option("--token-file <file>", "the token of that cluster (default: EAU2_TOKEN, then ~/.eau2/token)").env(
      "EAU2_TOKEN_FILE",
    ),
  )
  .option("--json", "one line of JSON with digests")
  .action((files: string[], flags: Flags) =>
    wordCount(files, { ...flags, json: flags.json ?? false, signal: interrupted.signal }),
  );

/** Flags of the programs, which run on nodes that are started for them. */
const programCommand = (name: string, description: string, nodes: number): Command =>
  program
    .command(name)
    .description(description)
    .option("--nodes <count>", "node processes to start", integer(1, 64), nodes)
    .option("--shards <count>", "worker threads of each", integer(1, 128), 1)
    .option("--memory <size>", "of each node for values, like 2GB")
    .option("--program-memory <size>", "of the program on each node, like 2GB (default: 1 GiB)")
    .option("--chunk-rows <rows>", "rows of a chunk (default: 262144)", integer(1, 16 * 1024 ** 2))
    .option("--json", "one line of JSON", false);

for (const [app, description, nodes] of [
  ["trivial", "a million doubles are stored, read back and summed to 0", 1],
  ["summarizer", "a producer, a counter and a summarizer on nodes of their own", 3],
] as const) {
  programCommand(app, description, nodes).action((flags: Omit<CheckFlags, "signal">) =>
    runCheck(app, { ...flags, signal: interrupted.signal }),
  );
}

programCommand("linus", "who is within some degrees of one person by shared projects", 3)
  .option("--generate <stages>", "commits with a closed form", integer(1, 9))
  .option("--commits <count>", "with --generate: further commits up to so many", integer(0, 1_000_000_000))
  .option("--data <dir>", "a folder with projects.ltgt, users.ltgt and commits.ltgt")
  .option("--start <uid>", "the person (default: 0 of generated commits, 4967 of files)", integer(0, 2 ** 31 - 1))
  .option("--degrees <count>", "stages (default: all that are generated, 4 of files)", integer(1, 100))
  .option("--block-bytes <bytes>", "with --data: bytes of a block", integer(1, 1024 ** 3))
  .action((flags: Omit<LinusFlags, "signal">) => runLinus({ ...flags, signal: interrupted.signal }));

// The default command: who asks what there is means its flags.
program.addHelpText("after", () => `\n${wordcount.helpInformation()}`);

try {
  await program.parseAsync();
} catch (thrown) {
  const { code, message }: Eau2Error = toEau2Error(thrown);
  // A terminal interrupts the nodes too, so whatever failed now failed because of it.
  if (interrupts > 0) process.exit(INTERRUPTED_EXIT_CODE);
  process.stderr.write(`demo: ${message} (${code})\n`);
  process.exit(code === "USAGE" ? USAGE_EXIT_CODE : 1);
}
