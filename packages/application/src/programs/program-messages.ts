/** What a node and the child process of a program say to each other over the channel between them. */
import type { ErrorRecord, KeyRecord, ProgramProgress } from "@eau2/protocol";

export interface ProgramInit {
  readonly kind: "init";
  readonly programName: string;
  readonly address: string;
  /** Here, because arguments and variables of a process can be read by others. */
  readonly token: Uint8Array;
  readonly clientName: string;
  readonly node: number;
  readonly nodes: number;
  readonly nodeName: string;
  /** The shards of its node. */
  readonly shards: readonly number[];
  readonly args: readonly string[];
}

export type ToProgram = ProgramInit | { readonly kind: "go" } | { readonly kind: "end"; readonly reason: string };

export type FromProgram =
  | { readonly kind: "ready" }
  | ({ readonly kind: "progress" } & ProgramProgress)
  | { readonly kind: "waits"; readonly keys: readonly KeyRecord[] | undefined }
  | { readonly kind: "done"; readonly code: number }
  | { readonly kind: "failed"; readonly error: ErrorRecord };
