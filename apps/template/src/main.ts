import { resolve } from "node:path";
import { type Eau2, open } from "@eau2/application";
import { DataFrame } from "@eau2/dataframe";
import { toEau2Error } from "@eau2/protocol";
import { Command } from "commander";
import { meanDelays } from "./mean-delays.js";
import { someTrips, Trip } from "./trips.js";

const NAME = "template";
const MADE_UP_TRIPS = 100_000;
const USAGE_EXIT_CODE = 2;

interface Flags {
  readonly cluster?: string;
  readonly tokenFile?: string;
  readonly json?: true;
}

// Where the user stood: package managers change the directory before they run a script.
const folder = process.env.INIT_CWD ?? process.cwd();

const connect = ({ cluster, tokenFile }: Flags): Promise<Eau2> =>
  cluster === undefined
    ? open({ dataRoots: [folder] })
    : open(cluster, { name: NAME, ...(tokenFile === undefined ? {} : { tokenFile }) });

const run = async (file: string | undefined, flags: Flags): Promise<void> => {
  await using eau2 = await connect(flags);
  const trips =
    file === undefined
      ? await DataFrame.fromRows(eau2.store, Trip, someTrips(MADE_UP_TRIPS))
      : await eau2.load(resolve(folder, file), { schema: Trip });
  try {
    const means = await meanDelays(trips);
    if (flags.json) console.log(JSON.stringify(means));
    else
      for (const { carrier, trips: count, mean } of means)
        console.log(`${carrier} ${mean.toFixed(2)} min, ${count} trips`);
  } finally {
    await eau2.dropFrame(trips.key);
  }
};

const program = new Command(NAME)
  .description("mean delays by carrier, the worst first")
  .argument("[file]", "a SoR file of <carrier> <delay> (default: made-up trips)")
  .option("--cluster <ws://host:port>", "a cluster that runs (default: embedded, in this process)")
  .option("--token-file <file>", "the token of that cluster (default: EAU2_TOKEN, then ~/.eau2/token)")
  .option("--json", "print JSON")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_EXIT_CODE))
  .action(run);

try {
  await program.parseAsync();
} catch (thrown) {
  const { code, message } = toEau2Error(thrown);
  console.error(`${NAME}: ${message} (${code})`);
  process.exitCode = code === "USAGE" ? USAGE_EXIT_CODE : 1;
}
