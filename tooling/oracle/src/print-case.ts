import { printPlan } from "@eau2/dataframe";
import { printRow } from "./compare.js";
import type { QueryCase } from "./random/random-case.js";

const ROWS_SHOWN_MAX = 30;

/** A case as text: the plan, then the rows of the tables that it reads. */
export const printCase = ({ tables, plan }: QueryCase): string => {
  const text = printPlan(plan);
  const shown = [...tables].filter(([name]) => text.includes(`scan ${name}`));
  const printed = shown.map(([name, { columns, rows }]) => {
    const more = rows.length > ROWS_SHOWN_MAX ? [`  and ${rows.length - ROWS_SHOWN_MAX} more`] : [];
    const head = `${name}: ${columns.map((column) => `${column.name} ${column.type}`).join(", ")}`;
    return [head, ...rows.slice(0, ROWS_SHOWN_MAX).map((row) => `  ${printRow(row)}`), ...more].join("\n");
  });
  return [text.trimEnd(), ...printed].join("\n");
};
