import type { Expression, FunctionName } from "@eau2/dataframe";
import type { Bound } from "../bind.js";
import { ARITHMETIC } from "./arithmetic.js";
import { BOOLEAN } from "./boolean.js";
import { COMPARISON } from "./comparison.js";
import { DATES } from "./dates.js";
import type { FunctionOfRow } from "./function-table.js";
import { LISTS } from "./lists.js";
import { NULLS } from "./nulls.js";
import { REGULAR_EXPRESSIONS } from "./regular-expressions.js";
import { TEXT } from "./text.js";

export const FUNCTIONS = {
  ...ARITHMETIC,
  ...COMPARISON,
  ...BOOLEAN,
  ...NULLS,
  ...TEXT,
  ...REGULAR_EXPRESSIONS,
  ...DATES,
  ...LISTS,
} satisfies Record<FunctionName, FunctionOfRow> as Record<FunctionName, FunctionOfRow>;

export const callFunction = (name: FunctionName, args: readonly Bound[], expressions: readonly Expression[]): Bound =>
  FUNCTIONS[name](args, expressions);
