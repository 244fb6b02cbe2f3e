/** What the programs of a history do: a script for each node, which travels as the program's module. */
import type { SeededRandom } from "@eau2/network";
import type { KeyRecord } from "@eau2/protocol";

export type Step =
  | { readonly kind: "put"; readonly key: KeyRecord; readonly version: number }
  | { readonly kind: "get"; readonly key: KeyRecord }
  /** For all of them at once; for ever unless a time is given. */
  | { readonly kind: "wait"; readonly keys: readonly KeyRecord[]; readonly timeoutMs: number | null }
  | { readonly kind: "print"; readonly count: number; readonly length: number }
  | { readonly kind: "progress" }
  | { readonly kind: "sleep"; readonly ms: number };

type Ending =
  | { readonly kind: "return"; readonly code: number }
  | { readonly kind: "throw" }
  /** It is still at work when it is told to end. */
  | { readonly kind: "never" };

export interface Script {
  readonly loadMs: number;
  /** What its import does before it could run. */
  readonly loads: "well" | "with an error" | "and exits";
  readonly steps: readonly Step[];
  readonly ending: Ending;
  /** Whether it goes by itself when it is told to end; if not, it is killed. */
  readonly obeys: boolean;
}

export interface ProgramScript {
  /** Tells the programs of a history apart. */
  readonly label: string;
  /** By index of the node. */
  readonly scripts: readonly Script[];
}

const FLAVOURS = [
  "rounds",
  "rounds",
  "rounds",
  "relay",
  "relay",
  "stuck",
  "stuck",
  "failing",
  "endless",
  "chatty",
] as const;
/** As many scripts as there may be nodes. */
const SCRIPTS_MAX = 6;

export interface ScriptPlace {
  readonly label: string;
  /** Nodes that are there now. */
  readonly nodeCount: number;
  /** Homes that all nodes know. */
  readonly homes: readonly number[];
  /** A key that clients put, sooner or later or never. */
  readonly rescue: KeyRecord;
}

export const randomProgram = (
  random: SeededRandom,
  { label, nodeCount, homes, rescue }: ScriptPlace,
): ProgramScript => {
  const flavour = FLAVOURS[random.below(FLAVOURS.length)]!;
  const keys = Array.from({ length: SCRIPTS_MAX }, (_, index) => ({
    name: `p/${label}/${index}`,
    home: homes[random.below(homes.length)]!,
  })) as KeyRecord[];
  const odd = random.below(nodeCount);
  const relay = (node: number): Script => {
    const baton = (round: number, of: number) =>
      ({ name: `p/${label}/${round}/${of}`, home: keys[(round + of) % SCRIPTS_MAX]!.home }) as KeyRecord;
    const steps: Step[] = [];
    // One node is at work, all others wait: now and then for something that is on its way.
    for (let round = 0; round < 3; round++) {
      const before = node > 0 ? baton(round, node - 1) : round > 0 ? baton(round - 1, nodeCount - 1) : undefined;
      if (before !== undefined) steps.push({ kind: "wait", keys: [before], timeoutMs: null });
      steps.push({ kind: "put", key: baton(round, node), version: 1 }, { kind: "print", count: 1, length: 10 });
    }
    return { loadMs: 5 + random.below(100), loads: "well", steps, ending: { kind: "return", code: 0 }, obeys: true };
  };
  const script = (node: number): Script => {
    if (flavour === "relay") return relay(node);
    const isOdd = node === odd;
    const steps: Step[] = [];
    const print = () => {
      if (flavour === "chatty")
        steps.push({ kind: "print", count: 30 + random.below(70), length: 20 + random.below(8_000) });
      else steps.push({ kind: "print", count: 1 + random.below(4), length: 10 });
    };
    const others = () => {
      const count = 1 + random.below(2);
      return Array.from({ length: count }, () => keys[random.below(nodeCount)]!);
    };
    if (random.chance(0.7)) print();
    if (random.chance(0.3)) steps.push({ kind: "sleep", ms: random.below(1_500) });
    // Whoever is stuck waits before it has put what the others wait for, or for what nobody puts.
    if (flavour === "stuck" && isOdd) {
      const key = random.chance(0.5) ? rescue : ({ name: `p/${label}/nobody`, home: keys[0]!.home } as KeyRecord);
      steps.push({ kind: "wait", keys: random.chance(0.3) ? [key, ...others()] : [key], timeoutMs: null });
    }
    const mine = keys[node] ?? keys[0]!;
    steps.push({ kind: "put", key: mine, version: random.chance(0.05) ? 2 : 1 });
    if (random.chance(0.3)) steps.push({ kind: "progress" });
    if (random.chance(0.9)) {
      const timeoutMs = random.chance(0.1) ? 200 + random.below(3_000) : null;
      steps.push({ kind: "wait", keys: flavour === "stuck" ? [keys[odd]!] : others(), timeoutMs });
    }
    if (random.chance(0.3)) steps.push({ kind: "get", key: keys[random.below(nodeCount)]! });
    if (random.chance(0.5)) print();
    const fails = flavour === "failing" && isOdd;
    const code = random.chance(0.08) ? 1 + random.below(3) : 0;
    const ending: Ending = fails
      ? { kind: "throw" }
      : flavour === "endless" && random.chance(0.5)
        ? { kind: "never" }
        : { kind: "return", code };
    const loads = fails && random.chance(0.2) ? (random.chance(0.5) ? "with an error" : "and exits") : "well";
    return { loadMs: 5 + random.below(400), loads, steps, ending, obeys: random.chance(0.6) };
  };
  return { label, scripts: Array.from({ length: SCRIPTS_MAX }, (_, node) => script(node)) };
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const moduleOf = (program: ProgramScript): Uint8Array => encoder.encode(JSON.stringify(program));

export const programOf = (module: Uint8Array): ProgramScript => JSON.parse(decoder.decode(module)) as ProgramScript;

const SIZES = [0, 3, 900, 9_000, 70_000];

/** What a key has as one of its versions; an empty value has one version only. */
export const bytesOf = ({ name, home }: KeyRecord, version: number): Uint8Array => {
  let mixed = home * 31;
  for (let index = 0; index < name.length; index++) mixed = (mixed * 33 + name.charCodeAt(index)) >>> 0;
  const bytes = new Uint8Array(SIZES[mixed % SIZES.length]!);
  for (let index = 0; index < bytes.length; index++) bytes[index] = (index * 7 + mixed + version * 101) & 0xff;
  return bytes;
};

/** @returns 0 for bytes that no version of the key has. */
export const versionOf = (key: KeyRecord, bytes: Uint8Array): number => {
  for (const version of [1, 2]) if (Buffer.compare(bytes, bytesOf(key, version)) === 0) return version;
  return 0;
};
