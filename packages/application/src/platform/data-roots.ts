/** Files as a node sees them: only under its data roots, and told apart from other versions of themselves. */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { open, readdir, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import type { OpenFile } from "@eau2/dataframe";
import { Eau2Error, type FileFingerprint } from "@eau2/protocol";
import { inflatedFile } from "./inflated-file.js";

const SAMPLE_BYTES = 64 * 1024;
const SAMPLES_SPREAD = 16;

const missing = (path: string, why: string, cause?: unknown): Eau2Error =>
  new Eau2Error("FILE_MISSING", `read "${path}": ${why}`, { path }, { cause });

/** `ENOENT` and the like in words. */
const reason = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return "there is no such file; check the path";
  if (code === "EACCES" || code === "EPERM") return "the node may not read it; check its permissions";
  return error instanceof Error ? error.message : String(error);
};

const outside = (path: string, roots: readonly string[]): Eau2Error => {
  const shown = roots.length === 0 ? "it has none" : roots.join(", ");
  return new Eau2Error(
    "DENIED",
    `read "${path}": it is outside the node's data roots (${shown}); start the node with --data-root DIR`,
    { path },
  );
};

/** Where a path that is not there would be: outside the data roots nobody is told whether a file exists. */
const nearestReal = (path: string): string => {
  for (let folder = dirname(resolve(path)), rest = basename(path); ; folder = dirname(folder)) {
    try {
      return join(realpathSync(folder), rest);
    } catch {
      rest = join(basename(folder), rest);
    }
  }
};

const isInside = (real: string, root: string): boolean =>
  real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);

/**
 * Whether a name is what a pattern means. It goes back to the last "*" alone, which suffices: what stands before that has
 * matched as early as it can.
 */
const isMatch = (name: string, pattern: string): boolean => {
  let at = 0;
  let next = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    if (pattern[next] === "*") [star, starAt] = [next++, at];
    else if (pattern[next] === "?" || pattern[next] === name[at]) [next, at] = [next + 1, at + 1];
    else if (star >= 0) [next, at] = [star + 1, ++starAt];
    else return false;
  }
  while (pattern[next] === "*") next++;
  return next === pattern.length;
};

const changed = (path: string, bytes: number, now: number): Eau2Error =>
  new Eau2Error(
    "FILE_CHANGED",
    `read "${path}": it had ${bytes} bytes and has ${now}; it changed while it was read, load it again`,
    {
      path,
      bytes,
    },
  );

/** Where the pieces of a fingerprint begin: the first, the last and 16 spread between. */
const sampleOffsets = (bytes: number): number[] => {
  const last = Math.max(0, bytes - SAMPLE_BYTES);
  const offsets = Array.from({ length: SAMPLES_SPREAD + 2 }, (_, index) =>
    Math.floor((last * index) / (SAMPLES_SPREAD + 1)),
  );
  return [...new Set(offsets)];
};

export class DataRoots {
  readonly roots: readonly string[];

  /** @param roots - absolute folders; links are resolved. @throws {@link Eau2Error} `USAGE` for one that is not there. */
  constructor(roots: readonly string[]) {
    this.roots = roots.map((root) => {
      try {
        return realpathSync(root);
      } catch (error) {
        const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such folder" : reason(error);
        throw new Eau2Error("USAGE", `--data-root ${root}: ${why}`, { path: root }, { cause: error });
      }
    });
  }

  /**
   * What the file is now.
   * @throws {@link Eau2Error} `FILE_MISSING`, or `DENIED` outside the data roots (whether it exists there is not told).
   */
  async fingerprint(path: string): Promise<FileFingerprint> {
    const real = await this.#resolve(path);
    // Without waiting for a writer, should it be a pipe.
    const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
      throw missing(path, reason(error), error);
    });
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw missing(path, "it is not a regular file; name files, not folders");
      const hash = createHash("sha256");
      const piece = Buffer.alloc(SAMPLE_BYTES);
      for (const offset of sampleOffsets(stat.size)) {
        const { bytesRead } = await file.read(piece, 0, SAMPLE_BYTES, offset);
        hash.update(piece.subarray(0, bytesRead));
      }
      return { bytes: stat.size, modifiedMs: stat.mtimeMs, sample: hash.digest("hex").slice(0, 32) };
    } finally {
      await file.close();
    }
  }

  /**
   * The files that a pattern means: `*` and `?` stand for any characters of a name but a "/"; names that begin with a dot
   * are left out. A path without them, or of a file that is called so, is itself.
   * @returns absolute paths in byte order.
   * @throws {@link Eau2Error} `FILE_MISSING` when nothing matches; `DENIED` for folders outside the data roots.
   */
  async expand(pattern: string): Promise<string[]> {
    if (!/[*?]/.test(pattern) || (await realpath(pattern).catch(() => undefined)) !== undefined) return [pattern];
    const parts = pattern.split("/");
    const first = parts.findIndex((part) => /[*?]/.test(part));
    let found = [parts.slice(0, first).join("/")];
    for (const [index, part] of parts.slice(first).entries()) {
      const isLast = first + index === parts.length - 1;
      found = (await Promise.all(found.map((folder) => this.#matches(folder, part, isLast)))).flat();
    }
    if (found.length > 0) return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    throw missing(pattern, "no file matches; check the pattern");
  }

  /** Entries of a folder: files where the pattern ends, else folders. */
  async #matches(folder: string, part: string, isLast: boolean): Promise<string[]> {
    if (!/[*?]/.test(part)) {
      const path = join(folder, part);
      return (await realpath(path).catch(() => undefined)) === undefined ? [] : [path];
    }
    await this.#resolve(folder === "" ? "/" : folder);
    const entries = await readdir(folder === "" ? "/" : folder, { withFileTypes: true }).catch((error: unknown) => {
      throw missing(folder, reason(error), error);
    });
    return entries
      .filter((entry) => !entry.name.startsWith(".") && isMatch(entry.name, part))
      .filter((entry) => entry.isSymbolicLink() || (isLast ? entry.isFile() : entry.isDirectory()))
      .map(({ name }) => join(folder === "" ? "/" : folder, name));
  }

  /**
   * Opens a file in a worker, for synchronous reads.
   * @param bytes - the size that it must still have.
   */
  openSync(path: string, bytes: number): OpenFile {
    const descriptor = this.#openSync(path, bytes);
    return {
      name: path,
      bytes,
      read: (offset, into) => readSync(descriptor, into, 0, into.length, offset),
      close: () => closeSync(descriptor),
    };
  }

  /** The same of what a file compressed with gzip holds. */
  openInflated(path: string, bytes: number): OpenFile {
    return inflatedFile(path, this.#openSync(path, bytes));
  }

  #openSync(path: string, bytes: number): number {
    let real: string;
    let descriptor: number;
    try {
      real = realpathSync(path);
    } catch (error) {
      this.#check(path, nearestReal(path));
      throw missing(path, reason(error), error);
    }
    this.#check(path, real);
    try {
      descriptor = openSync(real, "r");
    } catch (error) {
      throw missing(path, reason(error), error);
    }
    const now = fstatSync(descriptor).size;
    if (now !== bytes) {
      closeSync(descriptor);
      throw changed(path, bytes, now);
    }
    return descriptor;
  }

  /** Opens a file on the main thread, to send parts of it to nodes that do not see it. */
  async openForSending(path: string, bytes: number): Promise<SendingFile> {
    const file = await open(await this.#resolve(path), "r").catch((error: unknown) => {
      throw missing(path, reason(error), error);
    });
    const { size } = await file.stat();
    if (size !== bytes) {
      await file.close();
      throw changed(path, bytes, size);
    }
    return {
      read: async (start, end) => {
        const part = new Uint8Array(end - start);
        for (let at = 0; at < part.length; ) {
          const { bytesRead } = await file.read(part, at, part.length - at, start + at);
          if (bytesRead === 0) throw changed(path, bytes, start + at);
          at += bytesRead;
        }
        return part;
      },
      close: () => file.close(),
    };
  }

  async #resolve(path: string): Promise<string> {
    let real: string;
    try {
      real = await realpath(path);
    } catch (error) {
      this.#check(path, nearestReal(path));
      throw missing(path, reason(error), error);
    }
    this.#check(path, real);
    return real;
  }

  #check(path: string, real: string): void {
    if (!this.roots.some((root) => isInside(real, root))) throw outside(path, this.roots);
  }
}

export interface SendingFile {
  read(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}
