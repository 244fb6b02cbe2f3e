/** `eau2 put` and `eau2 get`: values as raw bytes. */
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { Eau2Error, isEau2Error } from "@eau2/protocol";
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

const readInput = async (file: string | undefined): Promise<Uint8Array> => {
  const stream =
    file === undefined || file === "-" ? process.stdin : createReadStream(resolve(userFolder(process.env), file));
  const parts: Buffer[] = [];
  try {
    for await (const part of stream) parts.push(part as Buffer);
  } catch (error) {
    if (isEau2Error(error)) throw error;
    throw new Eau2Error(
      "FILE_MISSING",
      `read "${file}": ${error instanceof Error ? error.message : String(error)}`,
      {},
      { cause: error },
    );
  }
  return Buffer.concat(parts);
};

export const runPut = (name: string, file: string | undefined, flags: ValueFlags): Promise<void> =>
  withCluster(flags, async (eau2) => {
    const key = await eau2.store.key(name, homeOf(flags));
    const bytes = await readInput(file);
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
