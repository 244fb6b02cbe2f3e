/** A way to a node that can be cut: what the network between two machines does. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export class BreakableProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #refusals = 0;
  #refused = 0;

  private constructor(target: string) {
    const at = target.lastIndexOf(":");
    const [host, port] = [target.slice(0, at), Number(target.slice(at + 1))];
    this.#server = createServer((near) => {
      if (this.#refusals > 0) {
        this.#refusals--;
        this.#refused++;
        near.destroy();
        return;
      }
      const far = connect({ host, port });
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
  }

  /** @param target - `host:port` */
  static async to(target: string): Promise<BreakableProxy> {
    const proxy = new BreakableProxy(target);
    proxy.#server.listen({ host: "127.0.0.1", port: 0 });
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that were hung up on. */
  get refused(): number {
    return this.#refused;
  }

  /** Cuts every connection, and hangs up on the next few. */
  cut(refusals: number): void {
    this.#refusals = refusals;
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut(0);
    this.#server.close();
    await once(this.#server, "close");
  }
}
