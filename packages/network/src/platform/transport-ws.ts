/**
 * The transport of clusters: WebSocket over TCP with the library `ws`. A peer that has not proved the token gets little:
 * 64 KiB, 2 seconds, no HTTP answers but an upgrade or an error, and there are at most {@link UNTRUSTED_LINKS_MAX} of them.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Eau2Error, MESSAGE_BYTES_MAX } from "@eau2/protocol";
import type { Message } from "@eau2/serialization";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import type { Clock } from "../clock.js";
import { GATE_TIMEOUT_MS } from "../gate/gate.js";
import { LinkInbox } from "../transport/link-inbox.js";
import {
  type Link,
  type LinkHandlers,
  type Listener,
  type Transport,
  UNTRUSTED_BYTES_MAX,
  UNTRUSTED_LINKS_MAX,
} from "../transport/transport.js";

/** WebSocket frames of one message: ours have two at most. */
const MESSAGE_FRAGMENTS_MAX = 16;
const HTTP_HEADER_BYTES_MAX = 16 * 1024;
const CONNECT_TIMEOUT_MS = 5_000;
/** Time that a peer has to take what is queued and answer a close. */
const CLOSE_TIMEOUT_MS = 2_000;

const SOCKET_OPTIONS = {
  perMessageDeflate: false,
  maxPayload: MESSAGE_BYTES_MAX,
  maxFragments: MESSAGE_FRAGMENTS_MAX,
  skipUTF8Validation: true,
  closeTimeout: CLOSE_TIMEOUT_MS,
} as const;

class WebSocketLink implements Link {
  readonly inbox = new LinkInbox();
  #onTrustOrClose: (() => void) | undefined;

  constructor(
    readonly remote: string,
    private readonly socket: WebSocket,
    onTrustOrClose?: () => void,
  ) {
    this.#onTrustOrClose = onTrustOrClose;
    socket.binaryType = "fragments";
    let reason = "the connection was closed";
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (!isBinary) this.destroy("a text message arrived; the peer does not speak eau2");
      else this.inbox.message(data as Buffer[]);
    });
    socket.on("error", (error) => {
      reason = error.message;
    });
    socket.on("close", () => {
      this.#settle();
      this.inbox.close(reason);
    });
  }

  open(handlers: LinkHandlers): void {
    this.inbox.open(handlers);
  }

  get bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  send(message: Message, flushed?: () => void): void {
    if (this.socket.readyState !== WebSocket.OPEN) {
      flushed?.();
      return;
    }
    const last = message.length - 1;
    for (let index = 0; index < last; index++) this.socket.send(message[index]!, { binary: true, fin: false });
    this.socket.send(message[last]!, { binary: true, fin: true }, flushed && (() => flushed()));
  }

  trust(): void {
    this.#settle();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.socket.close(1000);
  }

  destroy(reason: string): void {
    this.#settle();
    this.inbox.close(reason);
    this.socket.terminate();
  }

  #settle(): void {
    this.#onTrustOrClose?.();
    this.#onTrustOrClose = undefined;
  }
}

/** Splits `host:port`; brackets around an IPv6 host are removed. */
export const parseAddress = (address: string): { host: string; port: number } => {
  const at = address.lastIndexOf(":");
  const host = address.slice(0, at).replace(/^\[(.*)\]$/, "$1");
  const port = Number(address.slice(at + 1));
  if (at < 1 || host === "" || !/^\d+$/.test(address.slice(at + 1)) || port > 65_535) {
    throw new Eau2Error("USAGE", `"${address}" is not an address; write HOST:PORT, for example 127.0.0.1:3282`, {
      address,
    });
  }
  return { host, port };
};

export const formatAddress = (host: string, port: number): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

/** Counts what an untrusted connection sends and how long it takes, and ends it at the bound. */
class Doorman {
  #waiting = 0;
  constructor(private readonly clock: Clock) {}

  /** @returns what to call when the peer is trusted or gone; undefined when there is no room for it. */
  admit(socket: Socket): (() => void) | undefined {
    if (this.#waiting >= UNTRUSTED_LINKS_MAX) return undefined;
    this.#waiting++;
    const startBytes = socket.bytesRead;
    const count = () => {
      if (socket.bytesRead - startBytes > UNTRUSTED_BYTES_MAX) socket.destroy();
    };
    const cancelTimer = this.clock.after(GATE_TIMEOUT_MS, () => socket.destroy());
    let done = false;
    const release = () => {
      if (done) return;
      done = true;
      this.#waiting--;
      cancelTimer();
      socket.off("data", count);
      socket.off("close", release);
    };
    socket.on("data", count);
    socket.on("close", release);
    return release;
  }
}

const httpRefusal = (status: string, text: string): string =>
  `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;

export class WebSocketTransport implements Transport {
  constructor(private readonly clock: Clock) {}

  async listen(address: string, accept: (link: Link) => void): Promise<Listener> {
    const { host, port } = parseAddress(address);
    const doorman = new Doorman(this.clock);
    const releases = new WeakMap<Duplex, () => void>();
    const sockets = new Set<Socket>();
    const upgraded = new WeakSet<Duplex>();
    const http = createServer({
      maxHeaderSize: HTTP_HEADER_BYTES_MAX,
      // The doorman ends what is slow; Node's own timers would only come later.
      headersTimeout: 60_000,
      requestTimeout: 60_000,
      keepAlive: false,
    });
    const webSockets = new WebSocketServer({ noServer: true, ...SOCKET_OPTIONS });
    http.on("connection", (socket: Socket) => {
      const release = doorman.admit(socket);
      if (release === undefined) {
        socket.destroy();
        return;
      }
      sockets.add(socket);
      // Node's server takes its own listener away when it hands over an upgrade: a reset then must not end the process.
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
      socket.setNoDelay(true);
      releases.set(socket, release);
    });
    http.on("clientError", (_error, socket) => socket.destroy());
    http.on("request", (_request, response) => {
      response.writeHead(426, { Connection: "close", "Content-Type": "text/plain" });
      response.end("This is an eau2 node. Use: eau2 status --cluster ws://HOST:PORT\n");
    });
    http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Browsers send an Origin; no page may reach a node on this machine.
      if (request.headers.origin !== undefined) {
        socket.end(httpRefusal("403 Forbidden", "An eau2 node does not talk to web pages.\n"));
        return;
      }
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        upgraded.add(socket);
        const { remoteAddress = "?", remotePort = 0 } = socket as Socket;
        accept(new WebSocketLink(formatAddress(remoteAddress, remotePort), webSocket, releases.get(socket)));
      });
    });
    await listening(http, host, port, address);
    // Such as too many open files while accepting: that connection is lost, the listener goes on.
    http.on("error", () => {});
    const bound = http.address() as AddressInfo;
    return {
      address: formatAddress(host, bound.port),
      close: async () => {
        // Its callback would wait for every link; the port itself is free at once.
        http.close();
        // Connections that never became links would hold the server open.
        for (const socket of sockets) if (!upgraded.has(socket)) socket.destroy();
      },
    };
  }

  connect(address: string, signal?: AbortSignal): Promise<Link> {
    const { host, port } = parseAddress(address);
    return new Promise((resolve, reject) => {
      const refusal = () => new Eau2Error("CANCELLED", `connect to ${address}: cancelled`, { address });
      if (signal?.aborted) return reject(refusal());
      const socket = new WebSocket(`ws://${formatAddress(host, port)}/`, {
        ...SOCKET_OPTIONS,
        handshakeTimeout: CONNECT_TIMEOUT_MS,
        followRedirects: false,
        // A mask of zeros is legal and saves a pass over every byte; masks protect proxies from browsers, and there is neither.
        generateMask: (mask) => mask.fill(0),
      });
      const cancelled = () => {
        socket.terminate();
        reject(refusal());
      };
      signal?.addEventListener("abort", cancelled, { once: true });
      let link: WebSocketLink | undefined;
      socket.once("upgrade", (response) => {
        (response.socket as Socket).setNoDelay(true);
        // Made here, not at "open": the first message may arrive in the same read as the upgrade.
        link = new WebSocketLink(address, socket);
      });
      socket.once("open", () => {
        signal?.removeEventListener("abort", cancelled);
        resolve(link!);
      });
      socket.once("error", (error: NodeJS.ErrnoException) => {
        signal?.removeEventListener("abort", cancelled);
        const refused = error.code === "ECONNREFUSED" ? { refused: 1 } : {};
        const what = error.code === "ECONNREFUSED" ? "nobody listens there; is the node running?" : error.message;
        reject(new Eau2Error("PEER_GONE", `connect to ${address}: ${what}`, { address, ...refused }, { cause: error }));
      });
    });
  }
}

const listening = (http: Server, host: string, port: number, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    http.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") {
        const way = `choose another with --listen, or join the node that is there with --join ws://${address}`;
        reject(
          new Eau2Error(
            "PORT_IN_USE",
            `listen on ${address}: the port is in use; ${way}`,
            { address },
            { cause: error },
          ),
        );
      } else {
        reject(new Eau2Error("USAGE", `listen on ${address}: ${error.message}`, { address }, { cause: error }));
      }
    });
    http.listen({ host, port, backlog: 511 }, resolve);
  });
