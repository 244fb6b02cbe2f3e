/** Values of one type, numbers among each other, dates with timestamps. NaN equals NaN and is greater than every number. */
import { convert } from "../bind.js";
import { commonType } from "../types.js";
import { compareValues } from "../values.js";
import type { FunctionOfRow } from "./function-table.js";

const comparison =
  (holds: (order: number) => boolean): FunctionOfRow =>
  (args) => {
    const type = commonType(args.map((arg) => arg.type));
    return {
      type: "boolean",
      of: (row) => {
        const [left, right] = args.map((arg) => convert(arg, type, row));
        return left === null || right === null ? null : holds(compareValues(left!, right!));
      },
    };
  };

/** Nulls are skipped; of equal values the first. */
const extreme =
  (isBetter: (order: number) => boolean): FunctionOfRow =>
  (args) => {
    const type = commonType(args.map((arg) => arg.type));
    return {
      type,
      of: (row) =>
        args
          .map((arg) => convert(arg, type, row))
          .reduce((best, value) => {
            if (best === null || value === null) return best ?? value;
            return isBetter(compareValues(value, best)) ? value : best;
          }, null),
    };
  };

export const COMPARISON = {
  eq: comparison((order) => order === 0),
  ne: comparison((order) => order !== 0),
  lt: comparison((order) => order < 0),
  le: comparison((order) => order <= 0),
  gt: comparison((order) => order > 0),
  ge: comparison((order) => order >= 0),
  least: extreme((order) => order < 0),
  greatest: extreme((order) => order > 0),
};
