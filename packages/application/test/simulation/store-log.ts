/**
 * Every call to the store, of clients and of programs, held against what a write-once map with drops may answer while
 * homes die. Calls overlap, so an answer is judged by what had begun and what had ended when its call began and ended.
 */
import { isUnderPrefix, Key } from "@eau2/kvstore";
import { isEau2Error, type KeyRecord } from "@eau2/protocol";
import type { CallOptions, StoreClient } from "../../src/session/store-client.js";
import { bytesOf, versionOf } from "./program-script.js";

interface Call {
  readonly kind: "put" | "get" | "wait" | "has" | "drop";
  readonly key: KeyRecord;
  /** The node that is asked. */
  readonly at: string;
  /** Of a put. */
  readonly version: number;
  readonly begun: number;
  ended: number;
  /** `stored`, `known`, `none`, `yes`, `no`, `version N`, `dropped` or an error's code; "" while there is none. */
  answer: string;
}

/** What has befallen the nodes. */
export interface Troubles {
  /** Nodes that were killed, stopped or cut off at some time. */
  readonly nodes: ReadonlySet<string>;
  /** Whether nodes were cut off from each other: then a drop may not have reached all of them. */
  readonly wereCut: boolean;
  nodeOf(home: number): string | undefined;
}

/** Errors that a call may always end with: its own time, or its caller. */
const ANY_TIME = ["DEADLINE", "CANCELLED"];

const idOf = ({ name, home }: KeyRecord): string => `${home}/${name}`;
const covers = (drop: Call, key: KeyRecord): boolean => isUnderPrefix(key.name, drop.key.name);
/** An empty value is the same in all versions. */
const isSame = (key: KeyRecord, a: number, b: number): boolean => a === b || bytesOf(key, 1).length === 0;

export class StoreLog {
  readonly calls: Call[] = [];
  #step = 0;

  constructor(private readonly note: (what: string) => void) {}

  /** A caller of one node. */
  of(store: StoreClient, at: string): RecordedStore {
    return new RecordedStore(this, store, at);
  }

  /** Answers when the store does, and fails as it does. */
  async record<T>(
    what: Pick<Call, "kind" | "key" | "at" | "version">,
    ask: () => Promise<T>,
    answerOf: (answer: T) => string,
  ): Promise<T> {
    const call: Call = { ...what, begun: ++this.#step, ended: Number.POSITIVE_INFINITY, answer: "" };
    this.calls.push(call);
    const end = (answer: string) => {
      call.answer = answer;
      call.ended = ++this.#step;
      this.note(`${call.kind} ${idOf(call.key)} at ${call.at}: ${answer}`);
    };
    try {
      const answer = await ask();
      end(answerOf(answer));
      return answer;
    } catch (error) {
      end(isEau2Error(error) ? error.code : `threw ${String(error)}`);
      throw error;
    }
  }

  /** Whether a put of the key may still arrive. */
  mayArrive(key: KeyRecord): boolean {
    return this.calls.some(
      (call) =>
        call.kind === "put" && idOf(call.key) === idOf(key) && !["stored", "known", "KEY_EXISTS"].includes(call.answer),
    );
  }

  /** What the calls were told and should not have been. */
  faults(troubles: Troubles): string[] {
    const faults: string[] = [];
    const drops = this.calls.filter(({ kind }) => kind === "drop");
    for (const drop of drops)
      if (!["dropped", "", ...ANY_TIME].includes(drop.answer) && !mayBeGone(drop, troubles)) faults.push(tell(drop));
    const byKey = new Map<string, Call[]>();
    for (const call of this.calls) {
      if (call.kind === "drop") continue;
      const id = idOf(call.key);
      const known = byKey.get(id);
      if (known === undefined) byKey.set(id, [call]);
      else known.push(call);
    }
    for (const calls of byKey.values()) faults.push(...keyFaults(calls, drops, troubles));
    return faults;
  }
}

const tell = (call: Call): string => `a call that cannot be: ${JSON.stringify(call)}`;

/** A node that starts again says `BUSY` until it knows that it has joined: it is asked for what it had before. */
const mayBeGone = ({ answer, at, kind, key }: Call, { nodes, nodeOf }: Troubles): boolean =>
  (answer === "BUSY" || answer === "PEER_GONE" || answer === "NODE_GONE") &&
  (nodes.has(at) || (kind === "drop" ? nodes.size > 0 : nodes.has(nodeOf(key.home) ?? "")));

const keyFaults = (calls: readonly Call[], allDrops: readonly Call[], troubles: Troubles): string[] => {
  const { key } = calls[0]!;
  const faults: string[] = [];
  const puts = calls.filter(({ kind }) => kind === "put");
  const drops = allDrops.filter((drop) => covers(drop, key));
  const accepted = puts.filter(({ answer }) => answer === "stored" || answer === "known");
  if (accepted.filter(({ answer }) => answer === "stored").length > 1) faults.push(`${idOf(key)} was stored twice`);
  const versions = [
    ...accepted.map(({ version }) => version),
    ...calls.flatMap(({ answer }) => (answer.startsWith("version ") ? [Number(answer.slice(8))] : [])),
  ];
  for (const version of versions)
    if (version === 0 || !isSame(key, version, versions[0]!)) faults.push(`${idOf(key)} had two values`);
  for (const call of calls) {
    const { answer, begun, ended } = call;
    const wasThere = accepted.some((put) => put.ended < begun);
    const mayBeThere = puts.some((put) => put.begun < ended);
    const mayBeDropped = mayBeThere && drops.some((drop) => drop.begun < ended);
    const isDropped =
      !troubles.wereCut &&
      drops.some(
        (drop) => drop.answer === "dropped" && drop.ended < begun && accepted.some((put) => put.ended < drop.begun),
      );
    const isRight = (): boolean => {
      if (answer === "" || ANY_TIME.includes(answer) || mayBeGone(call, troubles)) return true;
      if (answer === "KEY_DROPPED") return mayBeDropped;
      if (answer === "no") return !wasThere || mayBeDropped;
      if (isDropped) return false;
      if (answer === "none") return !wasThere;
      if (answer === "KEY_EXISTS")
        return puts.some((put) => put.begun < ended && !isSame(key, put.version, call.version));
      if (answer === "yes" || answer.startsWith("version ")) return mayBeThere;
      return answer === "stored" || answer === "known";
    };
    if (!isRight()) faults.push(tell(call));
  }
  return faults;
};

/** The store as a caller sees it; all that it does stands in the log. */
export class RecordedStore {
  constructor(
    private readonly log: StoreLog,
    private readonly store: StoreClient,
    private readonly at: string,
  ) {}

  put(key: KeyRecord, version: number, options?: CallOptions): Promise<boolean> {
    return this.log.record(
      { kind: "put", key, at: this.at, version },
      () => this.store.put(key, bytesOf(key, version), options),
      (isNew) => (isNew ? "stored" : "known"),
    );
  }

  get(key: KeyRecord, options?: CallOptions): Promise<Uint8Array | undefined> {
    return this.log.record(
      { kind: "get", key, at: this.at, version: 0 },
      () => this.store.get(key, options),
      (bytes) => (bytes === undefined ? "none" : `version ${versionOf(key, bytes)}`),
    );
  }

  waitAndGet(key: KeyRecord, options?: CallOptions): Promise<Uint8Array> {
    return this.log.record(
      { kind: "wait", key, at: this.at, version: 0 },
      () => this.store.waitAndGet(key, options),
      (bytes) => `version ${versionOf(key, bytes)}`,
    );
  }

  has(key: KeyRecord, options?: CallOptions): Promise<boolean> {
    return this.log.record(
      { kind: "has", key, at: this.at, version: 0 },
      () => this.store.has(Key.from(key), options),
      (isThere) => (isThere ? "yes" : "no"),
    );
  }

  drop(prefix: string, options?: CallOptions): Promise<number> {
    return this.log.record(
      { kind: "drop", key: { name: prefix, home: 0 as never }, at: this.at, version: 0 },
      () => this.store.drop(prefix, options),
      () => "dropped",
    );
  }
}
