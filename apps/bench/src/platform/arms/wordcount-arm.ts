import type { Answer } from "../answer.js";

/** What each process of the word count is asked, once: warm up on a small file, then count the large one. */
interface CountArgs {
  readonly file: string;
  readonly warmUpFile: string;
  /** Folder of the peers, for arms that are peers. */
  readonly peers: string | null;
}

export interface CountResult {
  readonly ms: number;
  /** Time of all threads of this process meanwhile: steadier than `ms` where others use the machine too. */
  readonly cpuMs: number;
  /** Where the time went, for arms that know. */
  readonly parts: Readonly<Record<string, number>>;
  /** Of this process until the answer was stored; reading it out comes later. */
  readonly peakResidentBytes: number;
  readonly answer: Answer;
}

export interface CountHandlers extends Record<string, (args: never) => unknown> {
  run(args: CountArgs): Promise<CountResult>;
}
