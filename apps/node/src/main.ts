import { BUILD } from "@eau2/application";
import { toEau2Error } from "@eau2/protocol";
import { Command, InvalidArgumentError, Option } from "commander";
import { DEFAULT_CLUSTER } from "./commands/client.js";
import { runExplain } from "./commands/explain.js";
import { runDescribe, runDrop, runFrames, runHead, runSchema } from "./commands/frames.js";
import { runLoad } from "./commands/load.js";
import { runNode } from "./commands/node.js";
import { runPreview } from "./commands/preview.js";
import { runRun } from "./commands/run.js";
import { runStatus } from "./commands/status.js";
import { runStop } from "./commands/stop.js";
import { runGet, runPut } from "./commands/values.js";
import { DEFAULT_LISTEN } from "./config.js";
import { endQuietlyWithoutReader } from "./output.js";

const USAGE_EXIT_CODE = 2;

const program = new Command("eau2")
  .description("A distributed engine for big read-only data")
  .version(BUILD)
  .showHelpAfterError("(eau2 --help shows what there is)")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE_EXIT_CODE));

const repeated = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

const wholeNumber = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("write a whole number");
  return Number(text);
};

program
  .command("node")
  .description("run one node of a cluster; the first one started is its master")
  .addOption(
    new Option("--listen <host:port>", "where to listen; port 0 picks one").default(DEFAULT_LISTEN).env("EAU2_LISTEN"),
  )
  .addOption(
    new Option("--join <ws://host:port>", "a node of the cluster to join; without it, a new cluster").env("EAU2_JOIN"),
  )
  .addOption(
    new Option("--shards <count>", "worker threads, each a home of keys (default: one a core)").env("EAU2_SHARDS"),
  )
  .addOption(
    new Option("--memory <size>", "for values, like 2GB (default: a quarter of the machine)").env("EAU2_MEMORY"),
  )
  .addOption(new Option("--name <name>", "unique in the cluster (default: from the host's name)").env("EAU2_NAME"))
  .addOption(new Option("--advertise <host[:port]>", "the address that others use").env("EAU2_ADVERTISE"))
  .addOption(
    new Option("--token-file <file>", "the cluster's token (default: EAU2_TOKEN, then ~/.eau2/token)").env(
      "EAU2_TOKEN_FILE",
    ),
  )
  .addOption(
    new Option("--data-root <dir>", "a folder that files are read from; repeatable (default: here)")
      .argParser(repeated)
      .env("EAU2_DATA_ROOT"),
  )
  .addOption(new Option("--cluster-id <id>", "insist on this cluster").env("EAU2_CLUSTER_ID"))
  .option("--insecure", "allow addresses beyond this machine: nothing is encrypted, so the network must be private")
  .option(
    "--allow-run",
    "run programs (eau2 run) here: whoever has the token can then run any code as your user; that is trust, not a sandbox (env: EAU2_ALLOW_RUN=1)",
  )
  .addOption(
    new Option("--program-memory <size>", "resident memory of one program (default: 1GiB)").env("EAU2_PROGRAM_MEMORY"),
  )
  .option("--until-stdin-ends", "drain when standard input ends, so that no node outlives who has started it")
  .addOption(new Option("--log-level <level>", "debug, info, warn or error").default("info").env("EAU2_LOG_LEVEL"))
  .option("--json", "print one line of JSON when the node is up")
  .action(runNode);

/** Flags of every command that talks to a running cluster. */
const client = (command: Command): Command =>
  command
    .addOption(
      new Option("--cluster <ws://host:port>", "any node of the cluster").default(DEFAULT_CLUSTER).env("EAU2_CLUSTER"),
    )
    .addOption(
      new Option("--token-file <file>", "the cluster's token (default: EAU2_TOKEN, then ~/.eau2/token)").env(
        "EAU2_TOKEN_FILE",
      ),
    )
    .option("--json", "print JSON");

client(program.command("status").description("who is in the cluster, what it holds, who waits for what")).action(
  runStatus,
);

client(
  program
    .command("put")
    .description("store a file (or standard input) under a key, once")
    .argument("<name>")
    .argument("[file]", "- or nothing: standard input"),
)
  .option("--home <shard>", "the shard that hosts it (default: by the hash of the name)")
  .action(runPut);

client(program.command("get").description("write the bytes of a key to standard output").argument("<name>"))
  .option("--home <shard>", "the shard that hosts it (default: by the hash of the name)")
  .option("--wait", "wait until somebody puts it")
  .action(runGet);

/** Flags that say what files are. */
const described = (command: Command): Command =>
  command
    .option("--schema <columns>", "letters like SIDB, or name:type,... (default: found out)")
    .option("--names <a,b,...>", "names of columns whose types are found out")
    .option("--delimiter <character>", "CSV: a character, or tab (default: found out)")
    .option("--quote <character>", "CSV: a character, or none (default: found out)")
    .option("--header", "CSV: the first row has names (default: found out)")
    .option("--no-header", "CSV: the first row has values")
    .option("--type <name:type...>", "CSV: types of single columns")
    .option("--null <text...>", "CSV: spellings of null (default: found out)")
    .option("--date-format <format>", "CSV: of dates and times, as in %d/%m/%Y (default: ISO 8601, or found out)");

described(
  client(
    program
      .command("load")
      .description("read files into a frame, on every node that sees them")
      .argument(
        "<files...>",
        'CSV (.csv, .tsv, and .gz of these), SoR (.sor, .ltgt) or text (.txt); "data/*.csv" means all',
      ),
  ),
)
  .option("--name <frame>", "what the frame is called (default: the first file's name)")
  .addOption(
    new Option("--format <format>", "what the files are (default: by their names)").choices([
      "csv",
      "sor",
      "words",
      "lines",
    ]),
  )
  .addOption(
    new Option("--bad-rows <policy>", "what becomes of rows that do not fit (default: CSV error, SoR discard)").choices(
      ["discard", "null", "error"],
    ),
  )
  .option("--no-widen", "CSV: what does not fit a type that was found out is bad, instead of making it wider")
  .addOption(new Option("--from <byte>", "SoR: only whole lines from this byte on").argParser(wholeNumber))
  .addOption(new Option("--length <bytes>", "SoR: and within so many bytes").argParser(wholeNumber))
  .addOption(new Option("--chunk-rows <rows>", "rows of a chunk (default: 262144)").argParser(wholeNumber))
  .addOption(
    new Option("--block-bytes <bytes>", "bytes of a block (default: a 64th of the input)").argParser(wholeNumber),
  )
  .action(runLoad);

described(
  client(program.command("preview").description("what a CSV file would be taken for, and why").argument("<file>")),
).action(runPreview);

client(
  program
    .command("run")
    .description("run a program on every node: a file that exports run(context)")
    .argument("<file>", "TypeScript or JavaScript; bundled with what it imports")
    .argument("[args...]", "what the program gets as context.args; after -- also such that begin with a dash"),
)
  .addHelpText(
    "after",
    "\nThe nodes must allow it (eau2 node --allow-run). The exit code is what run(context) returns, from 0 to 255.\nWhat is printed begins with the name of the node. Ctrl-C ends the program on all nodes.",
  )
  .action(runRun);

client(program.command("frames").description("the frames that have a name")).action(runFrames);

client(
  program
    .command("describe")
    .description("columns of a frame: nulls, bounds, encodings; reads no values")
    .argument("<frame>"),
).action(runDescribe);

client(program.command("head").description("the first rows of a frame").argument("<frame>"))
  .addOption(new Option("--rows <count>", "how many").default(10).argParser(wholeNumber))
  .action(runHead);

client(program.command("schema").description("names and types of a frame's columns").argument("<frame>"))
  .option("--ts", "print the TypeScript that declares it")
  .action(runSchema);

client(
  program
    .command("explain")
    .description("how a query runs: stages, algorithms, estimates, and the chunks that statistics leave out")
    .argument("<file>", "TypeScript or JavaScript that exports (eau2) => query as its default"),
)
  .option("--analyze", "run it, and print what was read, computed and sent; its result is dropped")
  .action(runExplain);

client(program.command("drop").description("drop a frame and its name").argument("<frame>")).action(runDrop);

client(program.command("stop").description("drain and end all nodes of the cluster"))
  .option("--node <id>", "only this one")
  .action(runStop);

endQuietlyWithoutReader(process.stdout);

try {
  await program.parseAsync();
} catch (thrown) {
  const { code, message } = toEau2Error(thrown);
  process.stderr.write(`eau2: ${message} (${code})\n`);
  process.exit(code === "USAGE" ? USAGE_EXIT_CODE : 1);
}
