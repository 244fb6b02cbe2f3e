import { assertKeyName, Eau2Error, type KeyRecord, SHARD_INDEX_MAX, type ShardIndex } from "@eau2/protocol";

/**
 * A name and the index of the shard that hosts its value. Immutable; equal when both are equal.
 * @throws {@link Eau2Error} `KEY_INVALID` for a name that is empty, over 1,024 bytes of UTF-8 or not Unicode text;
 * `HOME_UNKNOWN` for a home that is not an index at all.
 * @example new Key("users/7", 0)
 */
export class Key {
  readonly home: ShardIndex;

  constructor(
    readonly name: string,
    home: number,
  ) {
    assertKeyName(name);
    if (!Number.isInteger(home) || home < 0 || home > SHARD_INDEX_MAX) {
      throw new Eau2Error(
        "HOME_UNKNOWN",
        `key "${name}": ${home} is not the index of a shard; see eau2 status for those there are`,
        { home },
      );
    }
    this.home = home as ShardIndex;
  }

  /** From the characters of the name; see {@link hashName}. */
  get hash(): number {
    return hashName(this.name);
  }

  equals(other: Key): boolean {
    return this.name === other.name && this.home === other.home;
  }

  toString(): string {
    return `${this.name}@${this.home}`;
  }

  toRecord(): KeyRecord {
    return { name: this.name, home: this.home };
  }

  /** A record that came through the wire's schema. */
  static from({ name, home }: KeyRecord): Key {
    return new Key(name, home);
  }
}

/**
 * 32-bit FNV-1a over the UTF-16 units of the name, low byte first, with a final mix so that low bits are good too.
 * All nodes must agree on it: it places keys without a home.
 * @see Fowler, Noll, Vo, RFC 9923; the mix is the finalizer of MurmurHash3 (Appleby).
 */
export const hashName = (name: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    const unit = name.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** Whether a key lies under a path prefix: whole segments, so "a" covers "a" and "a/b" but not "ab". The empty prefix covers all. */
export const isUnderPrefix = (name: string, prefix: string): boolean =>
  prefix === "" ||
  name === prefix ||
  (name.startsWith(prefix) && (prefix.endsWith("/") || name[prefix.length] === "/"));

/**
 * The prefix `x/JOB` of an intermediate value of a job, or undefined for any other name. Such a prefix is used by one job
 * only, so dropping all of it ends it: what a part of the job that was cancelled still puts is refused.
 */
export const scratchPrefixOf = (name: string): string | undefined => {
  if (!name.startsWith("x/")) return undefined;
  const end = name.indexOf("/", 2);
  return end < 0 ? name : name.slice(0, end);
};
