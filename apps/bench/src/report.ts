/** What a command found out: one line of JSON for programs, or lines for people. */
export interface Report {
  readonly json: Readonly<Record<string, unknown>>;
  readonly table: readonly (readonly [label: string, value: string])[];
  /** Whether what had to agree agreed; the exit code follows it. */
  readonly agreed: boolean;
}

export const formatTable = (rows: Report["table"]): string => {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join("\n");
};

/** A measured number with its unit, or why there is none. */
export const shown = (value: number | null, unit: string): string => (value === null ? "not run" : `${value} ${unit}`);
