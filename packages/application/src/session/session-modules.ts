/** User modules from the side of who asks for them: their bytes are stored once, by their hash, and a job calls them. */
import {
  type MappedFrame,
  MODULE_ARGS_BYTES_MAX,
  type ModuleOptions,
  type ModuleRunner,
  type UserModule,
} from "@eau2/dataframe";
import { Eau2Error, isEau2Error, type KeyRecord } from "@eau2/protocol";
import { decodeValue, encodeValue } from "@eau2/serialization";
import { type MapModuleJobArgs, mapModuleJob } from "../jobs/map-module.js";
import { sha256Hex } from "../platform/sha256.js";
import type { JobClient } from "./job-client.js";
import type { StoreClient } from "./store-client.js";

export class SessionModules implements ModuleRunner {
  /** By hash: stored by this session before. */
  readonly #stored = new Map<string, KeyRecord>();

  constructor(
    private readonly store: StoreClient,
    private readonly jobs: JobClient,
  ) {}

  map(frame: MappedFrame, map: UserModule<unknown>, options: ModuleOptions): Promise<unknown[]> {
    return this.#run(frame, map, undefined, options);
  }

  async mapReduce(
    frame: MappedFrame,
    map: UserModule<unknown>,
    merge: UserModule<unknown>,
    options: ModuleOptions,
  ): Promise<unknown> {
    return (await this.#run(frame, map, merge, options))[0];
  }

  async #run(
    { key, bigints, homes }: MappedFrame,
    map: UserModule<unknown>,
    merge: UserModule<unknown> | undefined,
    { args, signal, timeoutMs, onProgress }: ModuleOptions,
  ): Promise<unknown[]> {
    const jobArgs: MapModuleJobArgs = {
      frame: key,
      map: await this.#ship(map, signal),
      merge: merge === undefined ? null : await this.#ship(merge, signal),
      args: encodeArgs(args),
      bigints: [...bigints],
      homes: homes === null ? null : [...homes],
    };
    try {
      const { bytes } = await this.jobs.run(mapModuleJob, jobArgs, {
        signal,
        timeoutMs: timeoutMs ?? null,
        onProgress: onProgress && (({ done, total }) => onProgress(done, total)),
      });
      return (decodeValue(bytes) as Uint8Array[]).map(decodeValue);
    } catch (error) {
      if (!isEau2Error(error, "DEADLINE")) throw error;
      throw new Eau2Error(
        "DEADLINE",
        `map ${map.label}#${map.exportName}: it was not done when its time of ${timeoutMs} ms was up; give it more, or look for a call that never returns (its thread is replaced)`,
        { timeoutMs: timeoutMs ?? 0 },
        { cause: error },
      );
    }
  }

  async #ship(module: UserModule<unknown>, signal: AbortSignal | undefined): Promise<MapModuleJobArgs["map"]> {
    const { label, exportName } = module;
    const source = await module.source();
    const sha256 = sha256Hex(source);
    let key = this.#stored.get(sha256);
    if (key === undefined) {
      key = (await this.store.key(`m/${sha256}`)).toRecord();
      await this.store.put(key, source, { signal });
      this.#stored.set(sha256, key);
    }
    return { label: label.slice(0, 256), exportName, sha256, key };
  }
}

/** @throws {@link Eau2Error} `VALUE_TOO_LARGE`, `USAGE` */
const encodeArgs = (args: unknown): Uint8Array | null => {
  if (args === undefined) return null;
  const bytes = encodeValue(args, "args hold");
  if (bytes.length <= MODULE_ARGS_BYTES_MAX) return bytes;
  throw new Eau2Error(
    "VALUE_TOO_LARGE",
    `map: its args have ${bytes.length} bytes, at most ${MODULE_ARGS_BYTES_MAX} are allowed; they are sent with every chunk, so make a frame of what is bigger`,
    { bytes: bytes.length, bytesMax: MODULE_ARGS_BYTES_MAX },
  );
};
