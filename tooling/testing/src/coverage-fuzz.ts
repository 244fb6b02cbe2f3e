/**
 * Coverage-guided fuzzing inside one process: mutate inputs, keep those that reach code (or reach it more often) that
 * none before did, mutate those further. Coverage comes from V8 itself, so nothing is instrumented. The same seed and
 * number of runs try the same inputs, as long as the code is the same. (The idea is that of AFL: lcamtuf,
 * "Technical whitepaper for afl-fuzz", 2016.)
 */
import { type Profiler, Session } from "node:inspector";

export interface FuzzTarget {
  /** Takes any bytes. Throwing something that {@link isExpected} refuses is a finding. */
  run(input: Uint8Array): void;
  isExpected(thrown: unknown): boolean;
  /** Inputs to begin with, valid ones best. */
  readonly seeds: readonly Uint8Array[];
  /** Parts of the URLs of scripts whose coverage guides the search, such as `"/src/wire/"`. */
  readonly watch: readonly string[];
  /** Larger inputs are cut. @defaultValue 4096 */
  readonly inputBytesMax?: number;
}

export interface FuzzOptions {
  readonly seed: number;
  /** Inputs to try, those to begin with not counted. */
  readonly runs: number;
  /** An input that takes longer is a finding. @defaultValue 5_000, so that a busy machine never makes one */
  readonly slowAfterMs?: number;
}

export interface FuzzFinding {
  readonly what: string;
  /** The input, for a test of its own. */
  readonly hex: string;
}

export interface FuzzResult {
  readonly runs: number;
  /** Inputs that reached something new. */
  readonly corpus: number;
  /** Pieces of code that were told apart, by how often they ran. */
  readonly edges: number;
  readonly findings: readonly FuzzFinding[];
}

/** Reading the counters costs much more than an input, so inputs go in batches; only a batch with news is run again one by one. */
const BATCH = 16;
const FINDINGS_MAX = 20;
const INPUT_BYTES_MAX = 4096;
/** Values on which length and sign checks break. */
const EDGE_VALUES = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];

/** Numbers below a limit, from a seed (xorshift32, Marsaglia 2003). */
const randomFrom = (seed: number): ((limit: number) => number) => {
  let state = (seed ^ 0x9e37_79b9) | 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * limit);
  };
};

type Random = ReturnType<typeof randomFrom>;

/** Changes a copy of `input` in 1 to 4 places: bits, bytes, numbers, insertions, cuts, repeats, and pieces of `other`. */
const mutate = (input: Uint8Array, other: Uint8Array, bytesMax: number, below: Random): Uint8Array => {
  let bytes = Buffer.from(input);
  for (let left = 1 + below(4); left > 0; left--) {
    const at = below(bytes.length + 1);
    const to = at + below(bytes.length - at + 1);
    switch (below(8)) {
      case 0:
        if (at < bytes.length) bytes[at]! ^= 1 << below(8);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = below(256);
        break;
      case 2:
        if (at + 4 <= bytes.length) bytes.writeUInt32LE(EDGE_VALUES[below(EDGE_VALUES.length)]!, at);
        break;
      case 3:
        if (at + 4 <= bytes.length) bytes.writeUInt32BE(EDGE_VALUES[below(EDGE_VALUES.length)]!, at);
        break;
      case 4: {
        const inserted = Buffer.from(Array.from({ length: 1 + below(8) }, () => below(256)));
        bytes = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
        break;
      }
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
        break;
      case 6:
        bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(below(other.length + 1))]);
    }
    if (bytes.length > bytesMax) bytes = bytes.subarray(0, bytesMax);
  }
  return new Uint8Array(bytes);
};

/** Reads how often V8 ran which piece of the watched scripts since it was last asked. */
class CoverageCounters {
  #session = new Session();

  constructor() {
    this.#session.connect();
    this.#post("Profiler.enable");
    this.#post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /**
   * A name for each piece of code since the last call, with how often it ran (by powers of two, 0 included: V8 leaves out
   * pieces that ran as often as what is around them, so what did not run tells as much).
   */
  take(watch: readonly string[]): string[] {
    const { result } = this.#post("Profiler.takePreciseCoverage") as Profiler.TakePreciseCoverageReturnType;
    const pieces: string[] = [];
    for (const { url, functions } of result) {
      if (!watch.some((part) => url.includes(part))) continue;
      for (const { ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges)
          pieces.push(`${url} ${startOffset} ${endOffset} ${Math.min(8, 32 - Math.clz32(count))}`);
    }
    return pieces;
  }

  /** Within one thread the inspector answers before `post` returns. */
  #post(method: string, parameters: object = {}): unknown {
    let failure: Error | null = null;
    let answer: unknown;
    this.#session.post(method, parameters, (error, result) => {
      failure = error;
      answer = result;
    });
    if (failure !== null) throw failure;
    return answer;
  }
}

/** Only functions that are compiled while the counters run have counters, so these run from first use until the process ends. */
let running: CoverageCounters | undefined;

/**
 * Tries `options.runs` inputs on the target, synchronously. Findings are returned, not thrown. Call it before the
 * target's code has run in this process: V8 does not count in functions that it has compiled already.
 */
export const coverageFuzz = (target: FuzzTarget, options: FuzzOptions): FuzzResult => {
  const below = randomFrom(options.seed);
  const { slowAfterMs = 5_000 } = options;
  const bytesMax = target.inputBytesMax ?? INPUT_BYTES_MAX;
  running ??= new CoverageCounters();
  const counters = running;
  const findings: FuzzFinding[] = [];
  const tryInput = (input: Uint8Array): void => {
    const note = (what: string) => {
      if (findings.length < FINDINGS_MAX) findings.push({ what, hex: Buffer.from(input).toString("hex") });
    };
    const startMs = performance.now();
    try {
      target.run(input);
    } catch (thrown) {
      if (!target.isExpected(thrown)) note(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    }
    const tookMs = performance.now() - startMs;
    if (tookMs > slowAfterMs) note(`it took ${Math.round(tookMs)} ms`);
  };
  const corpus = target.seeds.length > 0 ? [...target.seeds] : [new Uint8Array(0)];
  // Counts add up in a batch, so what a batch does and what one input does are told apart.
  const seenTogether = new Set<string>();
  const seenAlone = new Set<string>();
  const isNews = (seen: Set<string>): boolean => {
    const before = seen.size;
    for (const piece of counters.take(target.watch)) seen.add(piece);
    return seen.size > before;
  };
  const tryAlone = (input: Uint8Array): boolean => {
    tryInput(input);
    return isNews(seenAlone);
  };
  counters.take(target.watch);
  for (const seed of corpus) tryAlone(seed);
  let runs = 0;
  while (runs < options.runs && findings.length < FINDINGS_MAX) {
    const batch = Array.from({ length: Math.min(BATCH, options.runs - runs) }, () =>
      mutate(corpus[below(corpus.length)]!, corpus[below(corpus.length)]!, bytesMax, below),
    );
    runs += batch.length;
    for (const input of batch) tryInput(input);
    if (!isNews(seenTogether)) continue;
    for (const input of batch) if (tryAlone(input)) corpus.push(input);
  }
  return { runs, corpus: corpus.length, edges: seenAlone.size, findings };
};

/** Seed and number of runs of a fuzz test: `FUZZ_SEED` and `FUZZ_RUNS`, or what is committed. */
export const fuzzOptionsFromEnv = (committed: { readonly seed: number; readonly runs: number }): FuzzOptions => {
  const read = (name: string, otherwise: number): number => {
    const text = process.env[name];
    if (text === undefined || text === "") return otherwise;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} must be a whole number, not "${text}"`);
    return value;
  };
  return { seed: read("FUZZ_SEED", committed.seed), runs: read("FUZZ_RUNS", committed.runs) };
};
