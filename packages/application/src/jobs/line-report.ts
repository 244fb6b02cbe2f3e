/** Lines of what was loaded, and which of them were bad, as jobs answer it. */
import type { BadRowReport, BlockLines, BlockReport } from "@eau2/dataframe";
import { z } from "zod";

export const LineReport = z.strictObject({
  lineCount: z.int().min(0),
  badRowCount: z.int().min(0),
  badRows: z.array(z.strictObject({ file: z.int(), line: z.int(), column: z.int(), fault: z.string() })),
});
export type LineReport = z.infer<typeof LineReport>;

export const lineReport = ({ lineCount, badRowCount, badRows }: BadRowReport): LineReport => ({
  lineCount,
  badRowCount,
  badRows: badRows.map((row) => ({ ...row })),
});

/** What is to be merged of blocks that were read. */
export const blockReports = (blocks: readonly (BlockLines & { readonly file: number })[]): BlockReport[] =>
  blocks.map(({ file, lineCount, badRowCount, badRows }) => ({ file, lineCount, badRowCount, badRows }));
