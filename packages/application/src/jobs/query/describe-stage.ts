/** Stages in words and numbers, for `explain`: of frames that are there all is known, of results only how many rows there can be. */
import {
  describeGroups,
  describeSort,
  type Expression,
  keyLayout,
  type Plan,
  printOperator,
  type Stage,
  type StageExplained,
  type StageRan,
  summarizeExpression,
} from "@eau2/dataframe";
import { KeyRecord } from "@eau2/protocol";
import { planDifferent } from "./distinct-stage.js";
import { planGroups } from "./group-stage.js";
import type { QueryJobOptions } from "./query-work.js";
import { planOrder } from "./sort-stage.js";
import type { StageInput } from "./stage-input.js";
import { sourceColumns } from "./stage-reader.js";
import { uncodedText } from "./with-coded-text.js";

/** A stage and the frame that it reads. */
export interface Described {
  readonly stage: Stage;
  readonly input: StageInput;
}

interface Choice {
  readonly choices: string[];
  /** Rows of the result, as far as the algorithm bounds them. */
  readonly rowsMax: number | null;
}

export class StageDescriptions {
  readonly stages: StageExplained[] = [];
  readonly #numbers = new Map<Stage, number>();

  constructor(private readonly options: Pick<QueryJobOptions, "plainSums">) {}

  add(asPlanned: Described, asRun: Described, ran: StageRan | null, spelled?: Stage): void {
    const { stage, input } = asPlanned;
    const uncoded = uncodedText(stage, input.record);
    const first =
      uncoded.length === 0
        ? []
        : [`text gets codes first, by which rows meet: ${uncoded.map(summarizeExpression).join(", ")}`];
    const isKnown = uncoded.length === 0 || asRun !== asPlanned;
    const { choices, rowsMax } = isKnown ? this.#choose(asRun) : unknownChoice(stage);
    const { number } = this.#push(stage, {
      source: this.#sourceOf(asPlanned),
      columns: sourceColumns(stage).map(({ name, type }) => ({ name, type, encodings: encodingsOf(input, name) })),
      choices: [
        ...first,
        ...choices,
        ...(spelled === undefined ? [] : ["text is spelled out: its dictionary is not that of all"]),
      ],
      rowsMax: least(rowsMax, sinkRows(stage, input.rowCount)),
      ran,
    });
    if (spelled !== undefined) this.#numbers.set(spelled, number);
  }

  /** A stage whose source has not run. */
  addUnseen(stage: Stage): void {
    const numbers = this.#numbersOf(stage);
    const rows = numbers.map((number) => this.stages[number - 1]!.rowsMax);
    const rowsIn = rows.some((count) => count === null) ? null : rows.reduce<number>((sum, count) => sum + count!, 0);
    const { choices, rowsMax } = unknownChoice(stage);
    this.#push(stage, {
      source: { kind: "stages", stages: numbers, rowsMax: rowsIn, chunkCount: null },
      columns: sourceColumns(stage).map(({ name, type }) => ({ name, type, encodings: [] })),
      choices,
      rowsMax: least(rowsMax, sinkRows(stage, rowsIn)),
      ran: null,
    });
  }

  #push(stage: Stage, described: Omit<StageExplained, "number" | "operators">): StageExplained {
    const explained = { number: this.stages.length + 1, operators: operatorsOf(stage), ...described };
    this.#numbers.set(stage, explained.number);
    this.stages.push(explained);
    return explained;
  }

  #numbersOf({ source }: Stage): number[] {
    const stages = source.kind === "stage" ? [source.stage] : source.kind === "union" ? source.stages : [];
    return stages.flatMap((stage) => this.#numbers.get(stage) ?? []);
  }

  #sourceOf({ stage, input }: Described): StageExplained["source"] {
    const { record, rowCount, chunkCount } = input;
    if (stage.source.kind !== "frame")
      return {
        kind: "stages",
        stages: this.#numbersOf(stage),
        rowsMax: record.rowCount,
        chunkCount: record.chunks.length,
      };
    return {
      kind: "frame",
      frame: stage.source.frame.name,
      name: null,
      rowCount: record.rowCount,
      chunkCount: record.chunks.length,
      rowsRead: rowCount,
      chunksRead: chunkCount,
      columnCount: record.schema.columns.length,
    };
  }

  #choose({ stage, input }: Described): Choice {
    const { sink } = stage;
    switch (sink.kind) {
      case "group": {
        const plan = planGroups(stage, sink, input, this.options);
        return { choices: describeGroups(plan), rowsMax: Math.max(1, keyLayout(plan.spec.keys).combinations) };
      }
      case "distinct": {
        const plan = planDifferent(stage, sink, input);
        return { choices: describeGroups(plan), rowsMax: keyLayout(plan.spec.keys).combinations };
      }
      case "sort":
        return { choices: describeSort(planOrder(stage, sink, input)), rowsMax: null };
      default:
        return unknownChoice(stage);
    }
  }
}

const unknownChoice = ({ sink }: Stage): Choice => {
  switch (sink.kind) {
    case "rows":
      return { choices: ["chunk by chunk, where the chunks are"], rowsMax: null };
    case "limit":
      return { choices: ["as few chunks as will do"], rowsMax: null };
    case "group":
    case "distinct":
    case "sort":
      return { choices: ["decided when its input is there"], rowsMax: null };
    default:
      return sink satisfies never;
  }
};

const least = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

/** Rows of the result, at most. @param rowsIn - of the source; null when unknown. */
const sinkRows = ({ steps, sink }: Stage, rowsIn: number | null): number | null => {
  const rows = steps.some(({ kind }) => kind === "explode") ? null : rowsIn;
  switch (sink.kind) {
    case "rows":
    case "distinct":
      return rows;
    case "group":
      return sink.keys.length === 0 ? 1 : rows;
    case "sort":
      return least(rows, sink.limit);
    case "limit":
      return least(rows, sink.count);
    default:
      return sink satisfies never;
  }
};

/** How the chunks that are read hold a column, the most frequent encoding first. */
const encodingsOf = ({ chunkFactsOf, isRead }: StageInput, name: string): string[] => {
  const counts = new Map<string, number>();
  chunkFactsOf(name)?.forEach(({ encoding }, index) => {
    if (isRead(index)) counts.set(encoding, (counts.get(encoding) ?? 0) + 1);
  });
  return [...counts].sort((a, b) => b[1] - a[1]).map(([encoding]) => encoding);
};

/** As plans are printed: the stage is one, over a scan of its source. */
const operatorsOf = (stage: Stage): string[] => {
  const passesOn = ({ name, expression }: { readonly name: string; readonly expression: Expression }) =>
    expression.kind === "column" && expression.name === name;
  const lines: string[] = [];
  let plan: Plan = { kind: "scan", frame: NOWHERE, columns: [...sourceColumns(stage)] };
  for (const step of stage.steps) {
    plan = { ...step, input: plan };
    // What is only passed on are the columns that are read.
    if (step.kind !== "project" || !step.columns.every(passesOn)) lines.push(printOperator(plan));
  }
  const { sink } = stage;
  if (sink.kind === "rows") return lines;
  return [
    ...lines,
    printOperator(sink.kind === "group" ? { ...sink, kind: "aggregate", input: plan } : { ...sink, input: plan }),
  ];
};

const NOWHERE = KeyRecord.parse({ name: "source", home: 0 });
