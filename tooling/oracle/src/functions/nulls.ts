import { convert } from "../bind.js";
import { commonType } from "../types.js";
import { compareValues, exactOf } from "../values.js";
import type { FunctionOfRow } from "./function-table.js";

const isNull: FunctionOfRow = ([input]) => ({ type: "boolean", of: (row) => input!.of(row) === null });
const isNotNull: FunctionOfRow = ([input]) => ({ type: "boolean", of: (row) => input!.of(row) !== null });

const coalesce: FunctionOfRow = (args) => {
  const type = commonType(args.map((arg) => arg.type));
  return { type, of: (row) => args.map((arg) => convert(arg, type, row)).find((value) => value !== null) ?? null };
};

const nullIf: FunctionOfRow = ([input, other]) => {
  const type = commonType([input!.type, other!.type]);
  return {
    type: input!.type,
    of: (row) => {
      const [value, against] = [convert(input!, type, row), convert(other!, type, row)];
      if (value !== null && against !== null && compareValues(value, against) === 0) return null;
      return exactOf(input!.of(row));
    },
  };
};

export const NULLS = { isNull, isNotNull, coalesce, nullIf };
