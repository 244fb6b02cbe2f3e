/**
 * Random calls from three nodes at once while links break and stall, held against what a write-once map with drops may
 * answer. Calls overlap, so an answer is judged by what had begun and what had ended when the call began and ended.
 */
import assert from "node:assert/strict";
import { SeededRandom } from "@eau2/network";
import { isEau2Error } from "@eau2/protocol";
import { isUnderPrefix, Key } from "../../src/store/key.js";
import type { KVStore } from "../../src/store/kv-store.js";
import { bytesOf, simulatedCluster } from "./store-cluster.js";

const NAMES = ["a", "a/b", "a/c", "ab", "b/x", "b/y", "b/y/z", "c"];
const PREFIXES = ["a", "a/b", "b", "b/y", "ab"];
const SIZES = [0, 3, 900, 9_000, 70_000, 300_000];
const ROUNDS = 6;
const CALLS_PER_ROUND = 30;

interface Call {
  readonly kind: "put" | "get" | "wait" | "has" | "drop";
  readonly key: Key;
  /** Of a drop. */
  readonly prefix: string;
  /** Of a put. */
  readonly version: number;
  readonly begun: number;
  ended: number;
  /** `stored`, `known`, `none`, `yes`, `no`, `version N`, `dropped N` or an error's code. */
  answer: string;
}

const bytesAt = (key: Key, version: number): Uint8Array =>
  bytesOf(SIZES[(key.hash + version) % SIZES.length]!, version);

const versionOf = (key: Key, bytes: Uint8Array): string => {
  for (const version of [1, 2, 3]) if (Buffer.from(bytes).equals(bytesAt(key, version))) return `version ${version}`;
  throw new Error(`${key} has bytes that nobody put`);
};

/** Versions must differ wherever they can be told apart; an empty value is one value only. */
const sameVersions = (key: Key, a: number, b: number): boolean => Buffer.from(bytesAt(key, a)).equals(bytesAt(key, b));

const covers = (drop: Call, key: Key): boolean => drop.kind === "drop" && isUnderPrefix(key.name, drop.prefix);

/** What the calls about one key may have been told. */
const check = (key: Key, calls: readonly Call[]): void => {
  const mine = calls.filter((call) => call.kind !== "drop" && call.key.equals(key));
  const puts = mine.filter(({ kind }) => kind === "put");
  const drops = calls.filter((call) => covers(call, key));
  const accepted = puts.filter(({ answer }) => answer === "stored" || answer === "known");
  const tell = (call: Call) => `${key}: ${JSON.stringify(call)}`;
  assert.ok(puts.filter(({ answer }) => answer === "stored").length <= 1, `${key}: stored twice`);
  const versions = [
    ...accepted.map(({ version }) => version),
    ...mine.flatMap(({ answer }) => (answer.startsWith("version ") ? [Number(answer.slice(8))] : [])),
  ];
  for (const version of versions) assert.ok(sameVersions(key, version, versions[0]!), `${key}: two values`);
  for (const call of mine) {
    const wasThere = accepted.some(({ ended }) => ended < call.begun);
    const mayBeThere = puts.some(({ begun }) => begun < call.ended);
    const mayBeDropped = drops.some(({ begun }) => begun < call.ended) && mayBeThere;
    const isDropped = drops.some((drop) => drop.ended < call.begun && accepted.some((put) => put.ended < drop.begun));
    const { answer } = call;
    if (answer === "KEY_DROPPED") assert.ok(mayBeDropped, tell(call));
    else if (isDropped) assert.ok(answer === "no" || answer === "CANCELLED" || answer === "DEADLINE", tell(call));
    if (answer === "none") assert.ok(!wasThere, tell(call));
    if (answer === "no") assert.ok(!wasThere || mayBeDropped, tell(call));
    if (answer === "yes" || answer.startsWith("version ")) assert.ok(mayBeThere, tell(call));
    if (answer === "KEY_EXISTS") {
      assert.ok(
        puts.some((put) => put.begun < call.ended && !sameVersions(key, put.version, call.version)),
        tell(call),
      );
    }
  }
};

export const simulateStore = async (seed: number): Promise<void> => {
  await using cluster = await simulatedCluster(seed, 1);
  const { simulation, network, nodes } = cluster;
  const random = new SeededRandom(seed + 1_000_000);
  network.setFaults({
    breakChance: random.below(4) * 0.01,
    stallChance: random.below(3) * 0.01,
    stallMs: 200 + random.below(2_000),
  });
  const homes = nodes.flatMap((node) => node.homes);
  const calls: Call[] = [];
  let step = 0;
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]!;

  const answerTo = async (call: Call, store: KVStore): Promise<string> => {
    const { kind, key, version, prefix } = call;
    const limits =
      kind === "wait"
        ? { timeoutMs: 50 + random.below(3_000) }
        : random.chance(0.1)
          ? { timeoutMs: 1 + random.below(100) }
          : { timeoutMs: null };
    const controller = new AbortController();
    if (kind !== "drop" && random.chance(0.1)) {
      simulation.clock.after(random.below(150), () => controller.abort());
    }
    const options = { ...limits, signal: controller.signal };
    switch (kind) {
      case "put":
        return (await store.put(key, bytesAt(key, version), options)) ? "stored" : "known";
      case "get": {
        const bytes = await store.get(key, options);
        return bytes === undefined ? "none" : versionOf(key, bytes);
      }
      case "wait":
        return versionOf(key, await store.waitAndGet(key, options));
      case "has":
        return (await store.has(key, options)) ? "yes" : "no";
      case "drop":
        return `dropped ${await store.drop(prefix, { timeoutMs: null })}`;
      default:
        return kind satisfies never;
    }
  };

  const begin = async (): Promise<void> => {
    const chance = random.below(100);
    const kind = chance < 35 ? "put" : chance < 70 ? "get" : chance < 85 ? "wait" : chance < 97 ? "has" : "drop";
    const key = new Key(pick(NAMES), pick(homes));
    const store = pick(nodes).store;
    // Usually everybody puts the same.
    const version = random.chance(0.7) ? 1 : 2 + random.below(2);
    const call: Call = { kind, key, prefix: pick(PREFIXES), version, begun: ++step, ended: 0, answer: "" };
    calls.push(call);
    try {
      call.answer = await answerTo(call, store);
    } catch (error) {
      if (!isEau2Error(error)) throw error;
      assert.ok(["KEY_EXISTS", "KEY_DROPPED", "CANCELLED", "DEADLINE"].includes(error.code), error.message);
      call.answer = error.code;
    }
    call.ended = ++step;
  };

  for (let round = 0; round < ROUNDS; round++) {
    const running: Promise<void>[] = [];
    for (let count = 0; count < CALLS_PER_ROUND; count++) {
      running.push(begin());
      if (random.chance(0.5)) await simulation.advance(random.below(20));
    }
    await simulation.until(Promise.all(running));
  }

  // The wire is calm: what is there now is the same wherever it is asked for, and what was kept can all be given back.
  network.setFaults({});
  const keys = NAMES.flatMap((name) => homes.map((home) => new Key(name, home)));
  for (const key of keys) check(key, calls);
  for (const key of keys) {
    const answers = new Set<string>();
    for (const { store } of nodes) {
      answers.add(
        await simulation.until(
          store.get(key, { timeoutMs: null }).then(
            (bytes) => (bytes === undefined ? "none" : versionOf(key, bytes)),
            (error: unknown) => (isEau2Error(error) ? error.code : String(error)),
          ),
        ),
      );
    }
    assert.equal(answers.size, 1, `${key}: ${[...answers].join(", ")}`);
  }
  for (const prefix of new Set(NAMES)) await simulation.until(nodes[0]!.store.drop(prefix, { timeoutMs: null }));
  assert.deepEqual(await simulation.until(nodes[1]!.store.keys("")), []);
  await simulation.advance(5_000);
  for (const { name, pool, store } of nodes) {
    const held = [pool.usedBytes, pool.retiredBytes, store.cache.bytes, store.waits.count];
    assert.deepEqual(held, [0, 0, 0, 0], `node ${name} holds bytes after everything was dropped`);
  }
};
