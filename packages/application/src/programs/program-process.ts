/** The process of a program on one node, as the node sees it. The real one is a child process; tests have others. */
import type { KeyRecord, ProgramLine, ProgramProgress, ProgramStart } from "@eau2/protocol";

export interface ProcessOptions {
  readonly program: ProgramStart;
  /** The module's bytes; their hash is checked. */
  readonly module: Uint8Array;
  readonly nodeName: string;
  readonly shards: readonly number[];
  /** `host:port` of its own node, as this machine sees it. */
  readonly address: string;
  readonly token: Uint8Array;
  /** The name of its session. */
  readonly clientName: string;
  /** Resident memory that it may have. */
  readonly memoryBytes: number;
}

export interface ProcessEvents {
  /** It has loaded the program, and waits for {@link ProgramProcess.go}. */
  ready(): void;
  line(stream: ProgramLine["stream"], text: string): void;
  progress(progress: ProgramProgress): void;
  /** All that it does is wait for these keys; undefined: it does something. */
  waits(keys: readonly KeyRecord[] | undefined): void;
}

export interface ProgramProcess {
  go(): void;
  /** Asks it to end, and kills it when it does not. */
  end(reason: string): void;
  /** Whether what it prints is read; when it is not, it stops at its next line. */
  flow(open: boolean): void;
  /** Its exit code, once it has gone and all that it printed was read. @throws {@link Eau2Error} why it failed */
  readonly ended: Promise<number>;
}

export type StartProcess = (options: ProcessOptions, events: ProcessEvents) => ProgramProcess;
