/** Time as it is handed in: production passes the machine's, tests and the simulator a virtual one. */
export interface Clock {
  /** Milliseconds that only grow; the origin means nothing. */
  now(): number;
  /** Calls `run` once after `delayMs`; the result cancels it. Does not keep a process alive by itself. */
  after(delayMs: number, run: () => void): () => void;
  /** Calls `run` as soon as the current turn of the event loop is over. */
  soon(run: () => void): void;
}

/** Randomness as it is handed in. */
export interface Random {
  /** Unpredictable bytes, for nonces and ids. */
  bytes(count: number): Uint8Array;
}

/** Lower-case hex digits of random bytes. */
export const randomHex = (random: Random, byteCount: number): string =>
  Array.from(random.bytes(byteCount), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A random unsigned 32-bit number. */
export const randomUint32 = (random: Random): number => {
  const bytes = random.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
};
