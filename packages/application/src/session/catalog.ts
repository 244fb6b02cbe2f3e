/**
 * Names of frames. A name is a key `n/NAME/G` whose value is the key of the frame's record. Keys are written once and
 * never come back, so each time that a name is dropped its next binding has a higher generation G; the home, the hash of
 * the name, decides who of two came first.
 */
import { frameExists } from "@eau2/dataframe";
import { hashName, Key } from "@eau2/kvstore";
import { Eau2Error, isEau2Error, KeyRecord } from "@eau2/protocol";
import { decodeControl, encodeControl } from "@eau2/serialization";

const PREFIX = "n";
/** UTF-8 bytes of a frame's name, as it stands in a key, at most. */
const NAME_BYTES_MAX = 768;
/** Generations tried one after another before the steps double. */
const STEPS_SINGLE = 8;

/** What the catalog needs of a store. */
export interface CatalogStore {
  put(key: Key, bytes: Uint8Array): Promise<unknown>;
  get(key: KeyRecord): Promise<Uint8Array | undefined>;
  drop(prefix: string): Promise<number>;
  keys(prefix: string): Promise<readonly { readonly name: string; readonly home: number }[]>;
}

export interface NamedFrame {
  readonly name: string;
  /** Of the frame's record. */
  readonly key: KeyRecord;
}

interface Slot {
  readonly key: Key;
  /** undefined: nobody is bound here, and nobody was. */
  readonly record: KeyRecord | undefined;
}

export class Catalog {
  /** @param hashShards - shards over which names are hashed: the same on every node, for ever. */
  constructor(
    private readonly store: CatalogStore,
    private readonly hashShards: () => Promise<number>,
  ) {}

  /** @throws {@link Eau2Error} `USAGE` for a name that is empty, too long or no Unicode text. */
  async resolve(name: string): Promise<KeyRecord | undefined> {
    return (await this.#slot(name)).record;
  }

  /** @throws {@link Eau2Error} `FRAME_EXISTS`, `USAGE` */
  async bind(name: string, record: KeyRecord): Promise<void> {
    const { key, record: bound } = await this.#slot(name);
    if (bound !== undefined) throw frameExists(name);
    try {
      await this.store.put(key, encodeControl(record));
    } catch (error) {
      // Somebody else was faster, and may have dropped it again.
      if (isEau2Error(error, "KEY_EXISTS") || isEau2Error(error, "KEY_DROPPED")) throw frameExists(name);
      throw error;
    }
  }

  /** @returns the key of the frame that had the name, or undefined when none had. */
  async unbind(name: string): Promise<KeyRecord | undefined> {
    const { key, record } = await this.#slot(name);
    if (record !== undefined) await this.store.drop(key.name);
    return record;
  }

  /** All names that are bound, in byte order. */
  async list(): Promise<NamedFrame[]> {
    const keys = await this.store.keys(PREFIX);
    const named = await Promise.all(
      keys.map(async ({ name, home }): Promise<NamedFrame | undefined> => {
        const bytes = await this.#read(new Key(name, home));
        if (bytes === undefined || bytes === "dropped") return undefined;
        return { name: nameOf(name), key: recordOf(bytes) };
      }),
    );
    return named.filter((entry) => entry !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The first generation that is not dropped. */
  async #slot(name: string): Promise<Slot> {
    const prefix = `${PREFIX}/${encodeName(name)}`;
    const home = hashName(prefix) % (await this.hashShards());
    const at = (generation: number) => new Key(`${prefix}/${generation}`, home);
    // All dropped generations come before the one that is not: short steps first, then the usual search.
    let dropped = -1;
    let step = 1;
    for (;;) {
      const bytes = await this.#read(at(dropped + step));
      if (bytes !== "dropped") {
        if (step === 1) return { key: at(dropped + 1), record: bytes === undefined ? undefined : recordOf(bytes) };
        step = Math.max(1, step >> 1);
        continue;
      }
      dropped += step;
      if (dropped >= STEPS_SINGLE) step *= 2;
    }
  }

  async #read(key: Key): Promise<Uint8Array | "dropped" | undefined> {
    try {
      return await this.store.get(key.toRecord());
    } catch (error) {
      if (isEau2Error(error, "KEY_DROPPED")) return "dropped";
      throw error;
    }
  }
}

/** One segment of a key: "/" is written as "%2F". */
const encodeName = (name: string): string => {
  let encoded: string;
  try {
    encoded = encodeURIComponent(name);
  } catch {
    throw new Eau2Error("USAGE", "the name of a frame has a lone surrogate, which is no text; choose another");
  }
  if (encoded.length >= 1 && encoded.length <= NAME_BYTES_MAX) return encoded;
  const why = encoded.length === 0 ? "it is empty" : `it is longer than ${NAME_BYTES_MAX} bytes`;
  throw new Eau2Error("USAGE", `frame "${name.slice(0, 40)}": the name cannot be used: ${why}; choose another`);
};

const nameOf = (key: string): string => decodeURIComponent(key.slice(PREFIX.length + 1, key.lastIndexOf("/")));

const recordOf = (bytes: Uint8Array): KeyRecord => {
  const parsed = KeyRecord.safeParse(decodeControl(bytes));
  if (parsed.success) return parsed.data;
  throw new Eau2Error("DATA_INVALID", `a name's value of ${bytes.length} bytes names no frame`);
};
