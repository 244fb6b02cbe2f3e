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
  /** Floats are added as they come: what nobody should use, but the price of sameness is measured against. */
  readonly plainSums: boolean;
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
  /** Compares sums that are the same everywhere with plain ones. */
  readonly plainSums: boolean;
}

const TITLES: Readonly<Record<Engine, string>> = { eau2: "eau2", duckdb: "DuckDB", polars: "Polars" };

const EMBEDDED = { engine: "eau2", nodes: 0, plainSums: false } as const;

const processes = (nodes: number, shards: number): Comparison => ({
  arms: [
    { ...EMBEDDED, name: "processes", title: `${nodes} x ${shards}`, nodes, threads: shards },
    { ...EMBEDDED, name: "oneProcess", title: `1 x ${nodes * shards}`, nodes: 1, threads: nodes * shards },
  ],
  ratios: [{ name: "ratioProcesses", title: "ratio", of: "processes", to: "oneProcess" }],
});

const shards = (few: number, many: number): Comparison => ({
  arms: [many, few].map((count) => ({
    ...EMBEDDED,
    name: `shards${count}`,
    title: count === 1 ? "1 shard" : `${count} shards`,
    threads: count,
  })),
  ratios: [{ name: "ratioShards", title: "ratio", of: `shards${many}`, to: `shards${few}` }],
});

const sums = (threads: number): Comparison => ({
  arms: [
    { ...EMBEDDED, name: "sameSums", title: "same sums", threads },
    { ...EMBEDDED, name: "plainSums", title: "plain sums", threads, plainSums: true },
  ],
  ratios: [{ name: "ratioSums", title: "ratio", of: "sameSums", to: "plainSums" }],
});

/** @throws {@link Eau2Error} `USAGE` when the flags do not go together. */
export const comparisonOf = ({ engines, nodes, shards: counts, plainSums }: Sides): Comparison => {
  const [threads, second] = counts as [number, number?];
  if ([nodes > 0, second !== undefined, plainSums].filter(Boolean).length > 1) {
    throw new Eau2Error(
      "USAGE",
      "compare eau2 with itself: give one of --nodes, two numbers of --shards, --plain-sums",
    );
  }
  if (nodes > 0) return processes(nodes, threads);
  if (plainSums) return sums(threads);
  if (second !== undefined) {
    if (second === threads) throw new Eau2Error("USAGE", `compare ${threads} shards with ${second}: give two numbers`);
    return shards(Math.min(threads, second), Math.max(threads, second));
  }
  const takesPart = (engine: Engine) => engines.includes(engine);
  const arms = ENGINES.filter(takesPart).map((engine) => ({
    ...EMBEDDED,
    name: engine,
    title: TITLES[engine],
    engine,
    threads,
  }));
  const ratios = [
    { name: "ratioDuckdb", title: "eau2 / DuckDB", of: "eau2", to: "duckdb" },
    { name: "ratioPolars", title: "eau2 / Polars", of: "eau2", to: "polars" },
  ] as const;
  return { arms, ratios: ratios.filter(({ of, to }) => takesPart(of) && takesPart(to)) };
};
