/** Nothing but TCP: one side answers each request of 32 bytes with so many bytes. What loopback and Node can do. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { serveParent } from "../child.js";

const REQUEST_BYTES = 32;

let client: Socket | undefined;

const handlers = {
  listen: async ({ replyBytes }: { replyBytes: number }) => {
    const reply = Buffer.alloc(replyBytes, 1);
    const server = createServer({ noDelay: true }, (socket) => {
      let receivedBytes = 0;
      socket.on("data", (data) => {
        receivedBytes += data.length;
        for (; receivedBytes >= REQUEST_BYTES; receivedBytes -= REQUEST_BYTES) socket.write(reply);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },
  connect: async ({ port }: { port: number }) => {
    client = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(client, "connect");
  },
  gets: async ({ count, bytes, inFlightMax }: { count: number; bytes: number; inFlightMax: number }) => {
    const socket = client;
    if (socket === undefined) throw new Error("invariant: the client is connected first");
    const request = Buffer.alloc(REQUEST_BYTES, 2);
    const startMs = performance.now();
    await new Promise<void>((resolve) => {
      let asked = 0;
      let receivedBytes = 0;
      const ask = () => {
        asked++;
        socket.write(request);
      };
      const receive = (data: Buffer) => {
        receivedBytes += data.length;
        while (asked < count && asked - Math.floor(receivedBytes / bytes) < inFlightMax) ask();
        if (receivedBytes < count * bytes) return;
        socket.off("data", receive);
        resolve();
      };
      socket.on("data", receive);
      while (asked < Math.min(count, inFlightMax)) ask();
    });
    return performance.now() - startMs;
  },
};

export type RawSocketHandlers = typeof handlers;

serveParent(handlers);
