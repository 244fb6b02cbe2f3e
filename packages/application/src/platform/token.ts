/** The token of a cluster: who has it may do everything. It is proved, never sent; here is only where it lies. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Eau2Error, toEau2Error } from "@eau2/protocol";

const TOKEN_BYTES_MIN = 16;

export interface TokenSources {
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Make one in the home directory when there is none. @defaultValue true */
  readonly create?: boolean;
}

const tokenOf = (text: string, where: string): Uint8Array => {
  const token = new TextEncoder().encode(text.trim());
  if (token.length >= TOKEN_BYTES_MIN) return token;
  throw new Eau2Error(
    "USAGE",
    `the token of ${where} has ${token.length} bytes; take at least ${TOKEN_BYTES_MIN}, for example: openssl rand -hex 32`,
  );
};

const defaultFile = ({ XDG_STATE_HOME, HOME }: TokenSources["environment"]): string =>
  XDG_STATE_HOME !== undefined && XDG_STATE_HOME !== ""
    ? join(XDG_STATE_HOME, "eau2", "token")
    : join(HOME || homedir(), ".eau2", "token");

const readToken = (file: string): Uint8Array => {
  const descriptor = openSync(file, "r");
  try {
    const { mode } = fstatSync(descriptor);
    if ((mode & 0o077) !== 0) {
      throw new Eau2Error("DENIED", `the token file ${file} can be read by others; run: chmod 600 ${file}`, {
        path: file,
      });
    }
    return tokenOf(readFileSync(descriptor, "utf8"), file);
  } finally {
    closeSync(descriptor);
  }
};

const unreadable = (path: string, isNamed: boolean, error: unknown): string => {
  const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
  if (isNamed && isMissing) return `--token-file ${path}: there is no such file; check the path`;
  if (isNamed) return `--token-file ${path}: ${toEau2Error(error).message}`;
  const why = isMissing ? `there is no ${path} yet (the first node makes it)` : toEau2Error(error).message;
  return `no token: ${why}; start a node, or give the cluster's token with --token-file FILE or EAU2_TOKEN`;
};

/** Makes the file unless it is there. It appears whole: whoever starts at the same time never sees half a token. */
const createToken = (path: string): void => {
  if (existsSync(path)) return;
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  const descriptor = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    writeSync(descriptor, `${randomBytes(32).toString("hex")}\n`);
    fsyncSync(descriptor);
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    closeSync(descriptor);
    unlinkSync(draft);
  }
};

/**
 * The token: the file that is named, then `EAU2_TOKEN`, then `$XDG_STATE_HOME/eau2/token`, else `~/.eau2/token`. The last
 * is made at the first start, by exactly one of those who start at once, readable by nobody else.
 * @throws {@link Eau2Error} `USAGE`, or `DENIED` for a file that others can read.
 */
export const findToken = ({ file, environment, create = true }: TokenSources): Uint8Array => {
  try {
    if (file !== undefined) return readToken(file);
    const given = environment.EAU2_TOKEN;
    if (given !== undefined && given !== "") return tokenOf(given, "EAU2_TOKEN");
    const path = defaultFile(environment);
    if (create) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      createToken(path);
    }
    return readToken(path);
  } catch (error) {
    const known = toEau2Error(error);
    if (known.code !== "INTERNAL") throw known;
    throw new Eau2Error(
      "USAGE",
      unreadable(file ?? defaultFile(environment), file !== undefined, error),
      {},
      { cause: error },
    );
  }
};
