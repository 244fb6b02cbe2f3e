import { PROGRAM_LINE_BYTES_MAX, PROGRAM_LINES_MAX, type ProgramLine } from "@eau2/protocol";

/** Of the lines of one message: its control part is bounded. One line alone may have more, up to three times 64 KiB. */
const BATCH_BYTES_MAX = 2 * PROGRAM_LINE_BYTES_MAX;
/** Field names, the name of the node, and lengths. */
const LINE_OVERHEAD_BYTES = 112;

/** Bytes that a line may take at most: a UTF-16 unit has up to 3 of UTF-8. */
export const lineBytes = ({ text }: Pick<ProgramLine, "text">): number => LINE_OVERHEAD_BYTES + text.length * 3;

/** How many of the lines go into one message. */
export const batchLines = (lines: readonly Pick<ProgramLine, "text">[]): number => {
  let count = 0;
  for (let bytes = 0; count < Math.min(lines.length, PROGRAM_LINES_MAX); count++) {
    bytes += lineBytes(lines[count]!);
    if (count > 0 && bytes > BATCH_BYTES_MAX) break;
  }
  return count;
};
