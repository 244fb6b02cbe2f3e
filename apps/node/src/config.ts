/** What a node is started with: flags and `EAU2_*` variables come through this one schema. */
import { hostname } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { defaultMemoryBytes, defaultShardCount, parseClusterUrl } from "@eau2/application";
import { parseAddress } from "@eau2/network";
import { ClusterId, Eau2Error, NODE_SHARDS_MAX, toEau2Error } from "@eau2/protocol";
import { z } from "zod";

export const DEFAULT_LISTEN = "127.0.0.1:3282";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
  TIB: 1024 ** 4,
};

/** "2GB", "512 MiB", "1000000": bytes. */
const ByteSize = z.string().transform((text, context) => {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*$/.exec(text);
  const unit = match === null ? undefined : UNITS[match[2]!.toUpperCase()];
  if (match === null || unit === undefined) {
    context.addIssue({ code: "custom", message: `"${text}" is not a size; write for example 2GB or 512MiB` });
    return z.NEVER;
  }
  return Math.floor(Number(match[1]) * unit);
});

const WholeNumber = (least: number, most: number) =>
  z
    .string()
    .refine(
      (text) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most,
      `write a whole number from ${least} to ${most}`,
    )
    .transform(Number);

const MEMORY_BYTES_MIN = 1024 ** 2;
/** What Node.js takes before a program has done anything, twice. */
const PROGRAM_MEMORY_BYTES_MIN = 128 * 1024 ** 2;

/** A flag that is given or not; as a variable, which always has some text: "1" or "true", "0" or "false". */
const OnOff = z
  .union([z.boolean(), z.enum(["1", "true", "0", "false", ""])], 'as a variable, write "1" or "0"')
  .transform((given) => given === true || given === "1" || given === "true");
const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const NodeConfig = z.strictObject({
  listen: z.string().default(DEFAULT_LISTEN),
  join: z.string().optional(),
  advertise: z.string().min(1).max(256).optional(),
  shards: WholeNumber(1, NODE_SHARDS_MAX).optional(),
  memory: ByteSize.pipe(z.number().min(MEMORY_BYTES_MIN, "a node needs at least 1 MiB")).optional(),
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'a name has 1 to 64 of a-z, 0-9 and "-"')
    .optional(),
  tokenFile: z.string().optional(),
  dataRoot: z.array(z.string()).optional(),
  clusterId: z
    .string()
    .refine((id) => ClusterId.safeParse(id).success, 'a cluster id has 1 to 64 of letters, digits and ". _ -"')
    .transform((id) => id as ClusterId)
    .optional(),
  insecure: z.boolean().default(false),
  allowRun: OnOff.default(false),
  programMemory: ByteSize.pipe(z.number().min(PROGRAM_MEMORY_BYTES_MIN, "a program needs at least 128 MiB")).optional(),
  untilStdinEnds: z.boolean().default(false),
  logLevel: z.enum(LOG_LEVELS, `write one of ${LOG_LEVELS.join(", ")}`).default("info"),
  json: z.boolean().default(false),
});
export type NodeConfig = z.infer<typeof NodeConfig>;

/** @throws {@link Eau2Error} `USAGE`, naming the flag. */
export const parseNodeConfig = (values: unknown): NodeConfig => {
  const parsed = NodeConfig.safeParse(values);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const flag = String(issue.path[0] ?? "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new Eau2Error("USAGE", `--${flag}: ${issue.message}`);
};

/** Where the user stood: package managers change the directory before they run a script. */
export const userFolder = (environment: Readonly<Record<string, string | undefined>>): string =>
  environment.INIT_CWD !== undefined && isAbsolute(environment.INIT_CWD) ? environment.INIT_CWD : process.cwd();

export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);

/** Puts the name of the flag before what is wrong with its value. */
export const named = <T>(flag: string, parse: () => T): T => {
  try {
    return parse();
  } catch (error) {
    const { code, message, details } = toEau2Error(error);
    throw new Eau2Error(code, `${flag}: ${message}`, details, { cause: error });
  }
};

/** Everything a start needs, with the defaults of this machine. */
export interface NodePlan {
  readonly listen: string;
  readonly join: string | undefined;
  readonly advertise: string | undefined;
  readonly shardCount: number;
  readonly memoryBytes: number;
  readonly name: string;
  readonly dataRoots: readonly string[];
  /** Reachable by others than this machine. */
  readonly exposed: boolean;
}

/**
 * @param randomSuffix - makes the default name unique among the nodes of a machine.
 * @throws {@link Eau2Error} `USAGE` for addresses that cannot be used, or that need `--insecure`.
 */
export const planNode = (
  config: NodeConfig,
  environment: Readonly<Record<string, string | undefined>>,
  randomSuffix: string,
): NodePlan => {
  const { host } = named("--listen", () => parseAddress(config.listen));
  const { join: url } = config;
  const join = url === undefined ? undefined : named("--join", () => parseClusterUrl(url));
  const far = [host, ...(join === undefined ? [] : [parseAddress(join).host])].find((name) => !isLoopback(name));
  if (far !== undefined && !config.insecure) {
    throw new Eau2Error(
      "USAGE",
      `${far === host ? "--listen" : "--join"}: ${far} is not an address of this machine alone, and what nodes say to each other is not encrypted. On a private network add --insecure (the token is still proved, and never sent); else use 127.0.0.1`,
      { host: far },
    );
  }
  if (config.advertise === undefined && (host === "0.0.0.0" || host === "::")) {
    throw new Eau2Error(
      "USAGE",
      `--listen ${config.listen} names no address that others could use; add --advertise HOST[:PORT]`,
    );
  }
  const folder = userFolder(environment);
  const label = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .slice(0, 40);
  return {
    listen: config.listen,
    join,
    advertise: config.advertise,
    shardCount: config.shards ?? defaultShardCount(),
    memoryBytes: config.memory ?? defaultMemoryBytes(),
    name: config.name ?? `${label}-${randomSuffix}`,
    dataRoots: (config.dataRoot ?? ["."]).map((root) => resolve(folder, root)),
    exposed: far !== undefined,
  };
};
