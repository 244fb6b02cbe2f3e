/** What a command found out: one line of JSON for programs, or lines for people. */
export interface Report {
  readonly json: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];
  readonly table: readonly (readonly Cell[])[];
  /** Whether what had to agree agreed; the exit code follows it. */
  readonly agreed: boolean;
}

/** Columns that hold a number are aligned at the right; null was not measured. */
type Cell = string | number | null;

export const formatTable = (rows: Report["table"]): string => {
  const columnCount = Math.max(...rows.map((row) => row.length));
  const columns = Array.from({ length: columnCount }, (_, index) => {
    const texts = rows.map((row) => String(row[index] ?? "-"));
    return {
      texts,
      // A row of one cell is a heading, for which the columns make no room.
      width: Math.max(0, ...texts.filter((_, at) => rows[at]!.length > 1).map((text) => text.length)),
      isNumeric: rows.some((row) => typeof row[index] === "number"),
    };
  });
  const line = (row: readonly Cell[], at: number): string =>
    row
      .map((_, index) => {
        const { texts, width, isNumeric } = columns[index]!;
        return isNumeric ? texts[at]!.padStart(width) : texts[at]!.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
};

/** A measured number with its unit, or why there is none. */
export const shown = (value: number | null, unit: string): string => (value === null ? "not run" : `${value} ${unit}`);
