/**
 * One seed, one history: a few nodes and a client ask each other for things while links stall and break, hosts are cut off,
 * killed and started again. Afterwards everything is healed and closed, and what must hold has held:
 *
 * - every request settles, exactly once, with the right bytes or with an error that fits, and not after its time;
 * - no handler runs twice at a time for one request;
 * - every body is released and every receive buffer is either filled or given back, exactly once;
 * - nothing is left to happen after the end.
 */
import { Eau2Error, type ErrorCode, isEau2Error } from "@eau2/protocol";
import { crc32 } from "@eau2/serialization";
import type { RequestHandlers } from "../../src/session/request-types.js";
import type { Session } from "../../src/session/session.js";
import { SeededRandom } from "../../src/transport-simulated/simulation.js";
import { patterned } from "../kit/patterned.js";
import { keyOf, SimulatedCluster } from "../kit/simulated-cluster.js";
import { Loans } from "../kit/tracked-body.js";

export interface History {
  readonly seed: number;
  /** Of everything that happened and when: equal for equal seeds. */
  readonly digest: number;
  readonly requests: number;
  readonly answered: number;
  /** How often which error came. */
  readonly failures: ReadonlyMap<ErrorCode, number>;
  /** What did not hold; empty when all is well. */
  readonly faults: readonly string[];
}

const SIZES = [0, 1, 500, 9_000, 65_536, 65_537, 300_000, 1_500_000];
/** Longer than it takes to judge a peer gone and to run into every time limit that is used. */
const SETTLE_MS = 120_000;
const FITTING: readonly ErrorCode[] = ["DEADLINE", "CANCELLED", "PEER_GONE", "NODE_GONE", "BUSY", "TASK_FAILED"];
const encoder = new TextEncoder();

/** The bytes that a name stands for: "SIZE-SEED..." */
const bytesOfName = (name: string): Uint8Array => {
  const [size, seed] = name.split("-");
  return patterned(Number(size), Number(seed) & 0xff);
};

export const randomHistory = async (seed: number): Promise<History> => {
  const chance = new SeededRandom(seed * 2 + 1);
  const faults: string[] = [];
  const failures = new Map<ErrorCode, number>();
  const trace = { digest: 0, requests: 0, answered: 0 };
  const loans = new Loans();
  const cluster = new SimulatedCluster(seed, {
    delayMaxMs: 5 + chance.below(60),
    breakChance: chance.chance(0.5) ? chance.below(30) / 1000 : 0,
    stallChance: chance.chance(0.5) ? chance.below(20) / 1000 : 0,
    stallMs: 100 + chance.below(4000),
  });
  const { simulation, network } = cluster;
  const note = (what: string): void => {
    trace.digest = crc32(encoder.encode(`${simulation.nowMs} ${what}\n`), trace.digest);
  };

  /** Runs of handlers that have not ended, by node and request. Of a node that was killed, none counts. */
  const running = new Set<string>();
  const handlersOf = (node: string): RequestHandlers<Session> => {
    /** Runs for a while, then acts. */
    const slowly = async <T>(what: string, signal: AbortSignal, act: () => T): Promise<T> => {
      const run = `${node} ${what}`;
      if (running.has(run) && !signal.aborted) faults.push(`${run} was started while it ran`);
      running.add(run);
      note(`starts ${run}`);
      signal.addEventListener("abort", () => running.delete(run));
      await new Promise<void>((resolve) => simulation.clock.after(chance.below(400), resolve));
      running.delete(run);
      return act();
    };
    const answer = (name: string) => {
      const body = loans.body(bytesOfName(name), `answer ${name}`);
      return { control: { found: true, checksum: body.checksum }, body };
    };
    return {
      "kv.get": { handle: ({ control }) => answer(control.key.name) },
      "kv.wait": {
        handle: ({ control: { key }, signal }) => slowly(`waits ${key.name}`, signal, () => answer(key.name)),
      },
      "kv.has": {
        handle: ({ control: { key }, signal }) =>
          slowly(`fails ${key.name}`, signal, () => {
            throw new Eau2Error("TASK_FAILED", key.name, { asked: key.name });
          }),
      },
      "kv.put": {
        prepare: (control, bytes) => ({
          view: new Uint8Array(bytes),
          abandon: loans.lend(`buffer of ${control.key.name}`),
        }),
        handle: ({ control, body }) => {
          const { name } = control.key;
          if (Buffer.compare(body, bytesOfName(name)) !== 0) faults.push(`${name} was put with other bytes`);
          received.add(`buffer of ${name}`);
          return { control: { stored: true } };
        },
      },
    };
  };
  /** Buffers that arrived whole belong to whoever received them; the loan may stay open. */
  const received = new Set<string>();

  const names = ["a", "b", "c", "d"].slice(0, 2 + chance.below(3));
  await cluster.start(names.slice(0, 1), { handlers: handlersOf("a") });
  const calm = network.faults;
  network.setFaults({});
  for (const name of names.slice(1)) {
    const mesh = await cluster.node(name, { handlers: handlersOf(name) });
    await simulation.until(mesh.join("a:1"));
  }
  const client = await cluster.client("a:1");
  await simulation.advance(200);
  network.setFaults(calm);

  const expectFailure = (name: string, error: unknown, dueMs: number | undefined): void => {
    if (!isEau2Error(error) || !FITTING.includes(error.code)) {
      faults.push(`${name} failed with ${error instanceof Error ? error.stack : String(error)}`);
      return;
    }
    if (error.code === "TASK_FAILED" && error.details.asked !== name) faults.push(`${name} got the error of another`);
    if (dueMs !== undefined && simulation.nowMs > dueMs + 20) faults.push(`${name} failed after its time`);
    failures.set(error.code, (failures.get(error.code) ?? 0) + 1);
    note(`${name} ${error.code}`);
  };

  const pending = new Set<string>();
  const ask = async (from: string, session: Session): Promise<void> => {
    const size = SIZES[chance.below(SIZES.length)]!;
    const name = `${size}-${chance.below(256)}-${trace.requests++}`;
    const timeoutMs = [null, 100, 1_000, 20_000][chance.below(4)]!;
    const dueMs = timeoutMs === null ? undefined : simulation.nowMs + timeoutMs;
    const controller = new AbortController();
    if (chance.chance(0.15)) simulation.clock.after(chance.below(1500), () => controller.abort());
    const options = { timeoutMs, signal: controller.signal };
    const asking = `${name} of ${from} to ${session.remote}`;
    note(`asks ${asking}`);
    pending.add(asking);
    try {
      const what = chance.below(8);
      if (what < 3) {
        const body = loans.body(bytesOfName(name), `question ${name}`);
        const { control } = await session.request(
          "kv.put",
          { ...keyOf(name), checksum: body.checksum },
          { ...options, body },
        );
        if (!control.stored) faults.push(`${name} was not stored`);
      } else if (what === 3) {
        await session.request("kv.has", keyOf(name), options);
        faults.push(`${name} should have failed`);
      } else {
        const lent: (() => void)[] = [];
        const prepare = (_control: unknown, bytes: number) => {
          const back = loans.lend(`place for ${name}`);
          lent.push(back);
          return { view: new Uint8Array(bytes), abandon: back };
        };
        const kind = what < 6 ? "kv.get" : "kv.wait";
        const { body } = await session.request(
          kind,
          keyOf(name),
          chance.chance(0.5) ? { ...options, prepare } : options,
        );
        if (Buffer.compare(body, bytesOfName(name)) !== 0) faults.push(`${name} came with other bytes`);
        lent.at(-1)?.();
      }
      trace.answered++;
      note(`${name} answered`);
    } catch (error) {
      expectFailure(name, error, dueMs);
    } finally {
      pending.delete(asking);
    }
  };

  const asked: Promise<void>[] = [];
  const askSomebody = (): void => {
    const living = [...cluster.nodes.keys()];
    const from = living[chance.below(living.length)]!;
    if (chance.chance(0.2)) {
      asked.push(ask("client", client.session));
      return;
    }
    const to = names[chance.below(names.length)]!;
    if (to === from) return;
    try {
      asked.push(ask(from, cluster.session(from, to)));
    } catch (error) {
      expectFailure("a session", error, undefined);
    }
  };

  let incarnation = 1;
  const disturb = async (): Promise<void> => {
    const living = [...cluster.nodes.keys()];
    const one = living[chance.below(living.length)]!;
    const other = names[chance.below(names.length)]!;
    const kind = chance.below(10);
    note(`disturbance ${kind} ${one} ${other}`);
    if (kind < 5) network.breakLinks(one, other);
    else if (kind === 5) network.breakLinks("client", "a");
    else if (kind < 8 && one !== other) {
      network.cut(one, other);
      simulation.clock.after(chance.below(12_000), () => network.heal());
    } else if (kind === 8 && one !== "a") {
      cluster.kill(one);
      for (const run of running) if (run.startsWith(`${one} `)) running.delete(run);
    } else if (kind === 9) {
      // Whoever was killed starts again, as a new incarnation, and tries to join.
      const dead = names.find((name) => !cluster.nodes.has(name));
      if (dead === undefined) return;
      const mesh = await cluster.node(dead, { handlers: handlersOf(dead), incarnation: ++incarnation });
      const joined = mesh.join("a:1").then(
        () => note(`${dead} is back`),
        (error: unknown) => {
          note(`${dead} could not join: ${isEau2Error(error) ? error.code : String(error)}`);
          network.kill(dead);
          cluster.nodes.delete(dead);
          void mesh.close("it could not join");
        },
      );
      await simulation.until(joined);
    }
  };

  const rounds = 10 + chance.below(15);
  for (let round = 0; round < rounds; round++) {
    for (let count = chance.below(6); count > 0; count--) askSomebody();
    await simulation.advance(chance.below(800));
    if (chance.chance(0.4)) await disturb();
  }
  network.setFaults({});
  network.heal();
  const all = Promise.all(asked);
  try {
    await simulation.until(all, SETTLE_MS);
  } catch (error) {
    faults.push(`${[...pending].join(", ")} never settled: ${String(error)}`);
  }
  await simulation.advance(5_000);
  for (const client of cluster.clients) client.close();
  for (const mesh of cluster.nodes.values()) void mesh.close("the history is over");
  await simulation.advance(60_000);
  if (simulation.pending > 0) faults.push(`${simulation.pending} events are left after everything was closed`);
  faults.push(...loans.faults);
  for (const what of loans.open) if (!received.has(what)) faults.push(`${what} was never given back`);
  note("end");
  return { seed, ...trace, failures, faults };
};

/** Many seeds in a row; the first that breaks a rule ends it with an error that says how to see it again. */
export const runHistories = async (firstSeed: number, count: number): Promise<readonly History[]> => {
  const histories: History[] = [];
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const history = await randomHistory(seed);
    if (history.faults.length > 0) {
      const [first, ...more] = history.faults;
      throw new Error(`TEST_SEED=${seed}: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ""}`);
    }
    histories.push(history);
  }
  return histories;
};
