import { Eau2Error, type KeyRecord } from "@eau2/protocol";
import { FrameId } from "../../src/frame/frame-record.js";
import type { FrameStore, LocalValues } from "../../src/frame/frame-store.js";
import { frameExists } from "../../src/frame/write-frame.js";

/** A store in a map, with three shards; values are frozen by being copied in and out. */
export class MemoryFrameStore implements FrameStore {
  readonly values = new Map<string, Uint8Array>();
  readonly names = new Map<string, KeyRecord>();
  readonly asked: string[] = [];
  readonly local: LocalValues | undefined;
  /** Puts of names that match fail with MEMORY_EXCEEDED. */
  refuses: RegExp | undefined;
  #nextId = 1;

  /** @param localHomes - shards that this process holds. */
  constructor(readonly localHomes: readonly number[] = []) {
    if (localHomes.length === 0) return;
    this.local = {
      isHome: ({ home }) => localHomes.includes(home),
      use: ({ name }, read) => {
        const bytes = this.values.get(name);
        return read(bytes);
      },
    };
  }

  async get({ name }: KeyRecord): Promise<Uint8Array | undefined> {
    this.asked.push(name);
    return this.values.get(name)?.slice();
  }
  async put({ name }: KeyRecord, bytes: Uint8Array): Promise<void> {
    if (this.refuses?.test(name)) throw new Eau2Error("MEMORY_EXCEEDED", "the store is full");
    if (this.values.has(name)) throw new Eau2Error("KEY_EXISTS", `put "${name}"`);
    this.values.set(name, bytes.slice());
  }
  async drop(prefix: string): Promise<void> {
    for (const name of this.values.keys())
      if (name === prefix || name.startsWith(`${prefix}/`)) this.values.delete(name);
  }
  async homes(): Promise<readonly number[]> {
    return [0, 1, 2];
  }
  newFrameId(): FrameId {
    return FrameId.parse(`t${this.#nextId++}`);
  }
  async bind(name: string, record: KeyRecord): Promise<void> {
    if (this.names.has(name)) throw frameExists(name);
    this.names.set(name, record);
  }
  async resolve(name: string): Promise<KeyRecord | undefined> {
    return this.names.get(name);
  }
}
