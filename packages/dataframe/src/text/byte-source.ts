import { Eau2Error } from "@eau2/protocol";

/** Bytes that can be read from anywhere: a file, an object in a store, memory. */
export interface ByteSource {
  /** What messages call it. @defaultValue "input" */
  readonly name?: string;
  /** Size when the input was planned; nothing is read from there on. `Infinity`: not known before its end. */
  readonly bytes: number;
  /** Reads up to `into.length` bytes at `offset`; fewer are fine, 0 means that there are none. */
  read(offset: number, into: Uint8Array): number | Promise<number>;
  /** Nothing before `offset` will be asked for any more: a source that cannot go back keeps what lies behind. */
  forget?(offset: number): void;
}

export const fileChanged = (source: ByteSource, position: number, what: string): Eau2Error =>
  new Eau2Error(
    "FILE_CHANGED",
    `read ${source.name ?? "input"} of ${source.bytes} bytes: ${what}; it was cut or replaced while it was read, load it again`,
    { position, bytes: source.bytes },
  );
