/** WebSocket by hand, so that everything that is wrong about it can be sent. */
import { connect, type Socket } from "node:net";

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;

/** One frame of a client with a mask of zeros; `promisedBytes` may be more than there are. */
export const rawFrame = (
  opcode: number,
  payload: Uint8Array,
  { final = true, compressed = false, masked = true, promisedBytes = payload.length } = {},
): Buffer => {
  const head = Buffer.alloc(10);
  head[0] = (final ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode;
  head[1] = (masked ? 0x80 : 0) | 127;
  head.writeBigUInt64BE(BigInt(promisedBytes), 2);
  return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
};

/** The request that asks for a WebSocket; extra headers each on a line of their own. */
export const upgradeRequest = (...headers: readonly string[]): string =>
  [
    "GET / HTTP/1.1",
    "Host: x",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
    ...headers,
    "\r\n",
  ].join("\r\n");

export interface RawClient {
  readonly socket: Socket;
  /** Everything that came back. */
  readonly received: () => string;
  readonly isClosed: () => boolean;
}

/** Connects and sends; errors of the socket are what these clients ask for and are not reported. */
export const rawClient = (address: string, ...first: readonly (string | Uint8Array)[]): RawClient => {
  const at = address.lastIndexOf(":");
  const socket = connect(Number(address.slice(at + 1)), address.slice(0, at));
  const received: Buffer[] = [];
  let closed = false;
  socket.on("error", () => {});
  socket.on("data", (bytes) => received.push(bytes));
  socket.on("close", () => {
    closed = true;
  });
  for (const bytes of first) socket.write(bytes);
  return { socket, received: () => Buffer.concat(received).toString("latin1"), isClosed: () => closed };
};
