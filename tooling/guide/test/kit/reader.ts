/**
 * Somebody who reads pages from the top and does what they say: types the blocks of `sh`, writes the blocks of `ts` to the
 * file that their first line names, and compares the blocks of `text` with what was printed.
 *
 * Behind `sh` may stand the name of a terminal; one that is named for the first time is opened where the first one is, or, if
 * its name is an address, on another host: in a home of its own. The hosts of a page, 10.0.0.1 and so on, are 127.0.0.1
 * and so on; the first one is that of all other terminals. A command that is to keep running (`eau2 node`) is left alone
 * when it has printed what the page shows. `text any-order` is for lines of several nodes. Commands succeed, unless what
 * is shown is an error.
 */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { type FencedBlock, fencedBlocks } from "@eau2/testing";
import { writePrograms } from "./programs.js";
import { assertShown, beginsAsShown } from "./shown.js";
import { Terminal } from "./terminal.js";
import { copyWorkspace, readersEnvironment } from "./workspace-copy.js";

const FIRST = "first";
const PORT = 3282;
/** Where the pages say that the workspace is. */
const SHOWN_FOLDER = "/home/you/eau2";
/** Of a terminal that is on another host. */
const HOST = /^10\.0\.0\.\d+$/;
/** The host of all other terminals. */
const FIRST_HOST = "10.0.0.1";
const SHOWS_ERROR = /^(eau2: |gen: )|: error TS\d+: /m;
/** What a node says, where the page does not show it. */
const IS_UP = /^\S+ is up at ws:/m;
const KEEPS_RUNNING = /^eau2 node /m;

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

export class Reader implements AsyncDisposable {
  readonly #terminals = new Map<string, Terminal>();
  readonly #aliases: string[] = [];
  /** The page is about hosts of a private network. */
  #hasHosts = false;

  private constructor(
    private readonly path: string,
    private readonly port: number,
    /** Where the first terminal is. */
    private folder: string,
  ) {}

  /** @param path - an empty folder; the copy of the workspace and the homes go there. */
  static async at(path: string): Promise<Reader> {
    const workspace = join(path, "eau2");
    copyWorkspace(workspace);
    writePrograms(join(path, "bin"), path);
    return new Reader(path, await freePort(), workspace);
  }

  async read(markdown: string, title: string): Promise<void> {
    const blocks = fencedBlocks(markdown);
    this.#hasHosts = markdown.includes(FIRST_HOST);
    for (const [index, block] of blocks.entries()) {
      const [language, ...words] = block.info.split(" ");
      const where = `${title}, line ${block.line}`;
      if (language === "ts") this.#write(block, where);
      else if (language === "sh") await this.#type(block, words[0] ?? FIRST, blocks[index + 1], where);
      else assert.ok(language === "text", `${where}: nobody knows what to do with "${block.info}"`);
    }
  }

  async #type(block: FencedBlock, name: string, next: FencedBlock | undefined, where: string): Promise<void> {
    const shown = next?.info.startsWith("text") ? next.text : undefined;
    const terminal = await this.#terminal(name);
    await terminal.type(this.#real(block.text));
    if (KEEPS_RUNNING.test(block.text)) {
      const isUp = (output: string) =>
        shown === undefined ? IS_UP.test(output) : beginsAsShown(shown, this.#asShown(output));
      const { output, code } = await terminal.once(where, (typed) => isUp(typed.output));
      assert.ok(code === undefined && isUp(output), `${where}: it has ended, or printed something else:\n${output}`);
      return;
    }
    const { output, code } = await terminal.ended();
    if (shown === undefined || !SHOWS_ERROR.test(shown)) assert.equal(code, 0, `${where}:\n${block.text}\n${output}`);
    else assert.notEqual(code, 0, `${where}: it succeeds, and the page shows an error`);
    if (shown !== undefined) assertShown(shown, this.#asShown(output), next!.info.includes("any-order"), where);
    if (name === FIRST) await this.#remember(block, terminal);
  }

  /** Aliases are for every terminal, and those that are opened later begin where the first one is. */
  async #remember({ text }: FencedBlock, terminal: Terminal): Promise<void> {
    const cds = /^cd /m.test(text);
    if (!cds && !/^alias /m.test(text)) return;
    await terminal.type("alias -p; pwd");
    const lines = (await terminal.ended()).output.trim().split("\n");
    this.folder = lines.pop()!;
    this.#aliases.splice(0, Number.POSITIVE_INFINITY, ...lines);
  }

  async #terminal(name: string): Promise<Terminal> {
    const known = this.#terminals.get(name);
    if (known !== undefined) return known;
    const isHost = HOST.test(name);
    const home = join(this.path, this.#real(isHost ? name : FIRST_HOST));
    mkdirSync(home, { recursive: true });
    const { PATH, ...environment } = readersEnvironment(home);
    // A port of ours instead of the one that everybody takes.
    const cluster = isHost
      ? {}
      : { EAU2_LISTEN: `127.0.0.1:${this.port}`, EAU2_CLUSTER: `ws://127.0.0.1:${this.port}` };
    const terminal = new Terminal(name, {
      folder: isHost ? home : this.folder,
      environment: { ...environment, ...cluster, PATH: `${join(this.path, "bin")}:${PATH}` },
    });
    this.#terminals.set(name, terminal);
    if (this.#aliases.length > 0) await terminal.type(this.#aliases.join("\n"));
    return terminal;
  }

  #write({ text }: FencedBlock, where: string): void {
    const file = /^\/\/ (\S+\.ts)\b.*\n/.exec(text)?.[1];
    assert.ok(file !== undefined, `${where}: its first line names no file`);
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, this.#real(text));
  }

  /** Hosts are addresses of this machine. */
  #real(text: string): string {
    return text.replaceAll(String(PORT), String(this.port)).replaceAll("10.0.0.", "127.0.0.");
  }

  #asShown(output: string): string {
    const named = output.replaceAll(String(this.port), String(PORT)).replaceAll(join(this.path, "eau2"), SHOWN_FOLDER);
    return this.#hasHosts ? named.replaceAll("127.0.0.", "10.0.0.") : named;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const terminal of this.#terminals.values()) await terminal[Symbol.asyncDispose]();
  }
}
