/** What an engine must do to take part, and the process around it that is asked. */
import { type AnswerDigest, type Batch, type Cell, digestAnswer, rowsOfBucket } from "../query/answer-digest.js";
import { type Question, questionNamed, TABLE } from "../query/questions.js";
import { serveParent } from "./child.js";
import { forgetPeak, peakResidentBytes, residentBytes } from "./peak-memory.js";

export interface EngineOptions {
  /** Threads, or shards of a node. */
  readonly threads: number;
  /** Processes; 0 is this one. */
  readonly nodes: number;
  /** Floats are added as they come. */
  readonly plainSums: boolean;
  /** Folder that files are read from. */
  readonly dataRoot: string;
  /** Folder of the peers, for engines that are peers. */
  readonly peers: string | null;
}

export interface QueryEngine {
  /** The CSV as a table in memory, instead of one that was loaded before. */
  load(file: string): Promise<void>;
  /** Answers it and stores the answer as a table. */
  run(question: Question): Promise<void>;
  /** Lets go of the stored answer, if there is one. */
  drop(): Promise<void>;
  /** The rows of the stored answer, or of the loaded table. */
  answer(): AsyncIterable<Batch> | Iterable<Batch>;
  table(): AsyncIterable<Batch> | Iterable<Batch>;
  /** Where the work is done. */
  readonly processIds: readonly number[];
  close(): Promise<void>;
}

export interface Timed {
  readonly ms: number;
  /** Largest resident memory meanwhile, of all processes of the engine together. */
  readonly peakBytes: number;
  /** The same at the end. */
  readonly residentBytes: number;
}

/** Asks for a question by its name; null is the table itself. */
interface Asked {
  readonly question: string | null;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const timed = async ({ processIds }: QueryEngine, work: () => Promise<void>): Promise<Timed> => {
  for (const id of processIds) forgetPeak(id);
  const startMs = performance.now();
  await work();
  const ms = performance.now() - startMs;
  return {
    ms,
    peakBytes: sum(processIds.map((id) => peakResidentBytes(id))),
    residentBytes: sum(processIds.map(residentBytes)),
  };
};

export const serveEngine = (open: (options: EngineOptions) => Promise<QueryEngine>): void => {
  let engine: QueryEngine | undefined;
  const opened = (): QueryEngine => {
    if (engine === undefined) throw new Error("invariant: the engine is opened first");
    return engine;
  };
  const rowsOf = ({ question }: Asked) => (question === null ? opened().table() : opened().answer());
  const shapeOf = ({ question }: Asked) => (question === null ? TABLE : questionNamed(question));
  const handlers = {
    open: async (options: EngineOptions) => {
      engine = await open(options);
    },
    load: ({ file }: { readonly file: string }) => timed(opened(), () => opened().load(file)),
    run: async ({ question }: { readonly question: string }) => {
      await opened().drop();
      return await timed(opened(), () => opened().run(questionNamed(question)));
    },
    digest: (asked: Asked): Promise<AnswerDigest> => digestAnswer(shapeOf(asked), rowsOf(asked)),
    rowsOfBucket: ({ bucket, ...asked }: Asked & { readonly bucket: number }): Promise<Cell[][]> =>
      rowsOfBucket(shapeOf(asked), rowsOf(asked), bucket),
  } satisfies QueryHandlers;
  serveParent(handlers, async () => engine?.close());
};

export type QueryHandlers = {
  open(options: EngineOptions): Promise<void>;
  load(args: { readonly file: string }): Promise<Timed>;
  run(args: { readonly question: string }): Promise<Timed>;
  digest(asked: Asked): Promise<AnswerDigest>;
  rowsOfBucket(args: Asked & { readonly bucket: number }): Promise<Cell[][]>;
};
