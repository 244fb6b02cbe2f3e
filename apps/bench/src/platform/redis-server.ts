import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Eau2Error } from "@eau2/protocol";

const START_TIMEOUT_MS = 5_000;
const RETRY_MS = 20;

export const hasRedisServer = (): boolean => spawnSync("redis-server", ["--version"]).status === 0;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/** A Redis server of our own: loopback, a free port, nothing written to disk. Ends when it goes out of scope. */
export const startRedisServer = async (): Promise<{ readonly port: number } & AsyncDisposable> => {
  const folder = mkdtempSync(join(tmpdir(), "eau2-bench-redis-"));
  const port = await freePort();
  const args = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  const server: ChildProcess = spawn("redis-server", args.map(String), { stdio: "ignore" });
  const exited = once(server, "exit");
  const end = async () => {
    server.kill();
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let waitedMs = 0; !(await answers(port)); waitedMs += RETRY_MS) {
    if (waitedMs > START_TIMEOUT_MS || server.exitCode !== null) {
      await end();
      throw new Eau2Error("INTERNAL", `start redis-server on port ${port}: no answer in ${START_TIMEOUT_MS} ms`);
    }
    await sleep(RETRY_MS);
  }
  return { port, [Symbol.asyncDispose]: end };
};
