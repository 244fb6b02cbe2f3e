/**
 * An explained query as text: the stages in the order in which they run, each from what it reads to what comes of it. The words
 * at the beginning of a line say what it is about, so that one looks down the left edge.
 */
import { printName } from "../expression/print.js";
import { formatBytes, formatCount, formatCounted } from "../print/format-numbers.js";
import type { QueryExplained, StageExplained, StageRan } from "./stage-explained.js";

/** @example 0.4 -> "0.4 ms"; 1_234 -> "1.23 s" */
const timeText = (ms: number): string =>
  ms >= 1_000 ? `${(ms / 1_000).toFixed(2)} s` : `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;

const COLUMNS_SHOWN = 12;
const LABEL_WIDTH = 9;

const line = (label: string, text: string): string => `  ${label.padEnd(LABEL_WIDTH)}${text}\n`;

/** @returns lines that end with a line feed each. */
export const printExplained = ({ stages, elapsedMs }: QueryExplained): string => {
  const total = elapsedMs === null ? "" : `${formatCounted(stages.length, "stage")} in ${timeText(elapsedMs)}\n`;
  return stages.map(printStage).join("\n") + (total === "" ? "" : `\n${total}`);
};

const printStage = (stage: StageExplained): string => {
  const { number, operators, choices, rowsMax, ran } = stage;
  return [
    `stage ${number}\n`,
    ...sourceLines(stage),
    ...operators.map((operator) => line("", operator)),
    ...choices.map((choice, index) => line(index === 0 ? "how" : "", choice)),
    line("gives", rowsMax === null ? "any number of rows" : `${formatCounted(rowsMax, "row")} at most`),
    ...(ran === null ? [] : ranLines(ran)),
  ].join("");
};

const sourceLines = ({ source, columns, ran }: StageExplained): string[] => {
  const names = columns.slice(0, COLUMNS_SHOWN).map(({ name, type, encodings }) => {
    const held = encodings.length === 0 || (encodings.length === 1 && encodings[0] === type);
    return `${printName(name)} ${type}${held ? "" : ` (${encodings.join(", ")})`}`;
  });
  const rest = columns.length > COLUMNS_SHOWN ? ` and ${formatCounted(columns.length - COLUMNS_SHOWN, "other")}` : "";
  const listed = columns.length === 0 ? "none" : names.join(", ") + rest;
  if (source.kind === "stages") {
    const which = source.stages.length === 1 ? "stage" : "stages";
    const bound = ran === null ? " at most" : "";
    const rows = source.rowsMax === null ? "" : `: ${formatCounted(source.rowsMax, "row")}${bound}`;
    return [line("reads", `${which} ${source.stages.join(", ")}${rows}`), line("columns", listed)];
  }
  const { frame, name, rowCount, chunkCount, rowsRead, chunksRead, columnCount } = source;
  const lines = [
    line(
      "reads",
      `${name === null ? frame : printName(name)}: ${formatCounted(rowCount, "row")}, ${formatCounted(chunkCount, "chunk")}`,
    ),
    line("columns", `${listed} (${columns.length} of ${columnCount})`),
  ];
  if (chunksRead < chunkCount) {
    const pruned = chunkCount - chunksRead;
    lines.push(
      line(
        "pruned",
        `${formatCount(pruned)} of ${formatCounted(chunkCount, "chunk")} by statistics; ${formatCounted(rowsRead, "row")} left`,
      ),
    );
  }
  return lines;
};

const ranLines = ({ rowsOut, bytesOut, chunksOut, exchangedBytes, elapsedMs, tasks, places }: StageRan): string[] => [
  line(
    "ran",
    `${timeText(elapsedMs)}: ${formatCounted(rowsOut, "row")} in ${formatCounted(chunksOut, "chunk")}, ${formatBytes(bytesOut)}`,
  ),
  line(
    "tasks",
    tasks.length === 0 ? "none" : tasks.map(({ name, count }) => `${formatCount(count)} ${name}`).join(", "),
  ),
  ...(exchangedBytes === 0 ? [] : [line("sent", `${formatBytes(exchangedBytes)} between tasks`)]),
  ...(places.length === 0 ? [] : [line("on", placesText(places))]),
];

/** @example "a: shard 0 3 tasks, 1 2 tasks; b: ..." */
const placesText = (places: StageRan["places"]): string => {
  const byNode = new Map<string, string[]>();
  for (const { node, shard, tasks } of places)
    byNode.set(node, [...(byNode.get(node) ?? []), `shard ${shard} (${formatCounted(tasks, "task")})`]);
  return [...byNode].map(([node, shards]) => `${node}: ${shards.join(", ")}`).join("; ");
};
