/** `eau2 put` and `eau2 get`: values as raw bytes. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Eau2Error, isEau2Error, VALUE_BYTES_MAX } from "@eau2/protocol";
import { userFolder } from "../config.js";
import { formatBytes } from "../format.js";
import { type ClientFlags, print, withCluster } from "./client.js";

interface ValueFlags extends ClientFlags {
  readonly home?: string | undefined;
}

const homeOf = ({ home }: ValueFlags): number | undefined => {
  if (home === undefined) return undefined;
  if (!/^\d+$/.test(home))
    throw new Eau2Error("USAGE", `--home ${home}: a home is the index of a shard, as eau2 status shows them`);
  return Number(home);
};

const unreadable = (file: string, error: unknown): Eau2Error => {
  const { code, message } = error as NodeJS.ErrnoException;
  const why =
    code === "ENOENT"
      ? "there is no such file; check the path"
      : code === "EISDIR"
        ? "it is a folder; name a file"
        : message;
  return new Eau2Error("FILE_MISSING", `read "${file}": ${why}`, { path: file }, { cause: error });
};

/** Everything of a file or of standard input. Too much is refused as soon as it is known, not after reading it. */
const readInput = async (name: string, file: string | undefined): Promise<Uint8Array> => {
  const isFile = file !== undefined && file !== "-";
  const path = isFile ? resolve(userFolder(process.env), file) : "";
  const parts: Buffer[] = [];
  let bytes = 0;
  const count = (more: number) => {
    bytes += more;
    if (bytes <= VALUE_BYTES_MAX) return;
    const message = `put "${name}": it has more than ${formatBytes(VALUE_BYTES_MAX)}, the most that a value may have; split it into several keys`;
    throw new Eau2Error("VALUE_TOO_LARGE", message, { bytesMax: VALUE_BYTES_MAX });
  };
  try {
    if (isFile) {
      count((await stat(path)).size);
      bytes = 0;
    }
    for await (const part of isFile ? createReadStream(path) : process.stdin) {
      count((part as Buffer).length);
      parts.push(part as Buffer);
    }
  } catch (error) {
    throw isEau2Error(error) ? error : unreadable(isFile ? path : "standard input", error);
  }
  return Buffer.concat(parts);
};

export const runPut = (name: string, file: string | undefined, flags: ValueFlags): Promise<void> =>
  withCluster(flags, async (eau2) => {
    const key = await eau2.store.key(name, homeOf(flags));
    const bytes = await readInput(name, file);
    const stored = await eau2.store.put(key, bytes);
    if (flags.json) print(`${JSON.stringify({ key: key.name, home: key.home, bytes: bytes.length })}\n`);
    else
      print(
        `${key.name}: ${formatBytes(bytes.length)} ${stored ? "stored" : "were there already"} at shard ${key.home}\n`,
      );
  });

export const runGet = (name: string, flags: ValueFlags & { readonly wait?: boolean }): Promise<void> =>
  withCluster(flags, async (eau2) => {
    const key = await eau2.store.key(name, homeOf(flags));
    const bytes = flags.wait ? await eau2.store.waitAndGet(key) : await eau2.store.get(key);
    if (bytes === undefined) {
      process.stderr.write(`eau2: nobody has put "${name}" at shard ${key.home}; add --wait to wait for it\n`);
      process.exitCode = 1;
      return;
    }
    await new Promise<void>((done, failed) => process.stdout.write(bytes, (error) => (error ? failed(error) : done())));
  });
