/** `pnpm bench groupby | sort | scan | load`: eau2's queries against DuckDB and Polars, or against its own with other shards. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { G1Shape } from "./g1/g1-table.js";
import { count, json, print, runs, seed } from "./options.js";
import { type ChartOptions, drawChart } from "./platform/chart.js";
import { benchFirstQuery, SHAPES_MAX } from "./platform/first-query.js";
import { coreCount } from "./platform/machine-line.js";
import { benchQueries } from "./platform/query.js";
import { benchLoad } from "./platform/query-load.js";
import { ENGINES, type Engine, type Sides } from "./query/comparison.js";
import { GROUP_BY_QUESTIONS, type Question, SCAN_QUESTIONS, SORT_QUESTIONS } from "./query/questions.js";

/** Values with commas between them. */
const list =
  <Value>(parse: (text: string) => Value) =>
  (text: string): Value[] =>
    text.split(",").map(parse);

const oneOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name => {
    const name = names.find((candidate) => candidate === text);
    if (name === undefined) throw new InvalidArgumentError(`Give some of ${names.join(",")}.`);
    return name;
  };

const percent = (text: string): number => {
  const value = count(0)(text);
  if (value <= 100) return value;
  throw new InvalidArgumentError("Give a percentage, 0 to 100.");
};

interface QueryFlags {
  readonly rows: number;
  readonly k: number;
  readonly nulls: number;
  readonly sorted: boolean;
  readonly seed: number;
  readonly runs: number;
  readonly engines: Engine[];
  readonly shards: number[];
  readonly nodes: number;
  readonly plainSums: boolean;
  readonly questions?: string[];
  readonly json: boolean;
}

const shapeOf = ({ rows, k, nulls, sorted, seed: own }: QueryFlags): G1Shape => ({
  rows,
  k,
  nullsPercent: nulls,
  isSorted: sorted,
  seed: own,
});

const sidesOf = ({ engines, shards, nodes, plainSums }: QueryFlags): Sides => ({ engines, shards, nodes, plainSums });

const shardCounts = (text: string): number[] => {
  const counts = list(count(1))(text);
  if (counts.length <= 2) return counts;
  throw new InvalidArgumentError("Give one number, or two to compare.");
};

const shapeCount = (text: string): number => {
  const value = count(1)(text);
  if (value <= SHAPES_MAX) return value;
  throw new InvalidArgumentError(`There are ${SHAPES_MAX} of them.`);
};

interface FirstQueryFlags {
  readonly rows: number;
  readonly shapes: number;
  readonly shards: number;
  readonly seed: number;
  readonly json: boolean;
}

const addSharedOptions = (command: Command): Command =>
  command
    .addOption(new Option("--rows <n>", "rows of the generated table").argParser(count(1)).default(10_000_000))
    .addOption(new Option("--k <n>", "different values of its large groups").argParser(count(1)).default(100))
    .addOption(new Option("--nulls <percent>", "nulls in each column").argParser(percent).default(0))
    .addOption(new Option("--sorted", "sorted by id1 to id6").default(false))
    .addOption(seed())
    .addOption(runs())
    .addOption(
      new Option("--engines <names>", "who takes part; peers are installed outside the workspace at the first run")
        .argParser(list(oneOf(ENGINES)))
        .default([...ENGINES], ENGINES.join(",")),
    )
    .addOption(
      new Option("--shards <n>", "shards of eau2, threads of peers; with two numbers, as 1,2, eau2 against itself")
        .argParser(shardCounts)
        .default([coreCount()], "one a core"),
    )
    .addOption(
      new Option("--nodes <n>", "compare n processes of eau2 with one of as many shards in all")
        .argParser(count(2))
        .default(0, "none"),
    )
    .addOption(new Option("--plain-sums", "compare sums that are the same everywhere with plain ones").default(false))
    .addOption(json());

const addQuestions = (program: Command, name: string, description: string, questions: readonly Question[]): void => {
  const names = questions.map((question) => question.name);
  addSharedOptions(program.command(name).description(description))
    .addOption(new Option("--questions <names>", "only these").argParser(list(oneOf(names))))
    .action(async (flags: QueryFlags) => {
      const asked = questions.filter((question) => flags.questions?.includes(question.name) ?? true);
      const options = { ...sidesOf(flags), shape: shapeOf(flags), runs: flags.runs, questions: asked };
      print(await benchQueries(options), flags.json);
    });
};

export const addQueryCommands = (program: Command): void => {
  addQuestions(
    program,
    "groupby",
    "the ten group-by questions of db-benchmark on its table: DuckDB and Polars",
    GROUP_BY_QUESTIONS,
  );
  addQuestions(program, "sort", "the same table sorted by a float and by a string: DuckDB and Polars", SORT_QUESTIONS);
  addQuestions(program, "scan", "a filter and a sum over the same table: DuckDB and Polars", SCAN_QUESTIONS);
  addSharedOptions(
    program.command("load").description("the same table as CSV into memory, and what stays there: DuckDB and Polars"),
  ).action(async (flags: QueryFlags) => {
    print(await benchLoad({ ...sidesOf(flags), shape: shapeOf(flags), runs: flags.runs }), flags.json);
  });

  program
    .command("first-query")
    .description("a question of a shape that eau2 has not seen, over a small table, in a warm process")
    .addOption(new Option("--rows <n>", "rows of the table").argParser(count(1)).default(1_000))
    .addOption(new Option("--shapes <n>", "questions that are timed").argParser(shapeCount).default(100))
    .addOption(new Option("--shards <n>", "worker threads").argParser(count(1)).default(coreCount(), "one a core"))
    .addOption(seed())
    .addOption(json())
    .action(async (flags: FirstQueryFlags) => {
      const shape: G1Shape = { rows: flags.rows, k: 100, nullsPercent: 0, isSorted: false, seed: flags.seed };
      print(await benchFirstQuery({ shape, shards: flags.shards, shapes: flags.shapes }), flags.json);
    });
  program
    .command("chart <files...>")
    .description("draw what groupby, sort, scan and load printed with --json as bars (SVG)")
    .addOption(new Option("--title <text>", "above the bars").default("eau2 against DuckDB and Polars"))
    .addOption(new Option("--out <file>", "the picture (default: named after the first file, in docs/benchmarks)"))
    .action((files: string[], options: ChartOptions) => console.log(drawChart(files, options)));
};
