/** Who is compared with whom, from what the command line says. */
import { Eau2Error } from "@eau2/protocol";

export const ENGINES = ["eau2", "duckdb", "polars"] as const;
export type Engine = (typeof ENGINES)[number];

/** One engine in processes of its own. */
export interface Arm {
  /** Begins the names of its figures. */
  readonly name: string;
  readonly title: string;
  readonly engine: Engine;
  /** Node processes of eau2; 0 is embedded, which peers always are. */
  readonly nodes: number;
  /** Shards of a node, or threads. */
  readonly threads: number;
}

export interface Comparison {
  /** The first one is what the others are compared with. */
  readonly arms: readonly Arm[];
  readonly ratios: readonly Ratio[];
}

interface Ratio {
  readonly name: string;
  readonly title: string;
  /** Names of arms. */
  readonly of: string;
  readonly to: string;
}

export interface Sides {
  readonly engines: readonly Engine[];
  /** Node processes of eau2, 2 or more; 0 compares the engines. */
  readonly nodes: number;
  /** Shards of a node and threads of peers; with a second number eau2 is compared with itself. */
  readonly shards: readonly number[];
}

const TITLES: Readonly<Record<Engine, string>> = { eau2: "eau2", duckdb: "DuckDB", polars: "Polars" };

const eau2Arm = (name: string, title: string, nodes: number, threads: number): Arm => ({
  name,
  title,
  engine: "eau2",
  nodes,
  threads,
});

const processes = (nodes: number, shards: number): Comparison => ({
  arms: [
    eau2Arm("processes", `${nodes} x ${shards}`, nodes, shards),
    eau2Arm("oneProcess", `1 x ${nodes * shards}`, 1, nodes * shards),
  ],
  ratios: [{ name: "ratioProcesses", title: "ratio", of: "processes", to: "oneProcess" }],
});

const shards = (few: number, many: number): Comparison => ({
  arms: [many, few].map((count) => eau2Arm(`shards${count}`, count === 1 ? "1 shard" : `${count} shards`, 0, count)),
  ratios: [{ name: "ratioShards", title: "ratio", of: `shards${many}`, to: `shards${few}` }],
});

/** @throws {@link Eau2Error} `USAGE` when the flags do not go together. */
export const comparisonOf = ({ engines, nodes, shards: counts }: Sides): Comparison => {
  const [threads, second] = counts as [number, number?];
  const comparesItself = nodes > 0 || second !== undefined;
  if (comparesItself && nodes > 0 === (second !== undefined)) {
    throw new Eau2Error(
      "USAGE",
      "compare eau2 with itself: give --nodes and one number of --shards, or two of --shards",
    );
  }
  if (nodes > 0) return processes(nodes, threads);
  if (second !== undefined) {
    if (second === threads) throw new Eau2Error("USAGE", `compare ${threads} shards with ${second}: give two numbers`);
    return shards(Math.min(threads, second), Math.max(threads, second));
  }
  const takesPart = (engine: Engine) => engines.includes(engine);
  const arms = ENGINES.filter(takesPart).map((engine) => ({
    name: engine,
    title: TITLES[engine],
    engine,
    nodes: 0,
    threads,
  }));
  const ratios = [
    { name: "ratioDuckdb", title: "eau2 / DuckDB", of: "eau2", to: "duckdb" },
    { name: "ratioPolars", title: "eau2 / Polars", of: "eau2", to: "polars" },
  ] as const;
  return { arms, ratios: ratios.filter(({ of, to }) => takesPart(of) && takesPart(to)) };
};
