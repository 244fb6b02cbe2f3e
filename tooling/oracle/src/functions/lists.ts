/** Lists. Positions count from 0, negative ones from the end. */
import { commonType, elementOf } from "../types.js";
import { compareValues, type Exact } from "../values.js";
import { type FunctionOfRow, strict } from "./function-table.js";

type List = readonly Exact[];

const listLength: FunctionOfRow = (args) => strict("int64", args, (list) => BigInt((list as List).length));

const listGet: FunctionOfRow = (args) =>
  strict(elementOf(args[0]!.type), args, (list, index) => (list as List).at(Number(index)) ?? null);

const listContains: FunctionOfRow = (args) => {
  commonType([elementOf(args[0]!.type), args[1]!.type]);
  return strict("boolean", args, (list, value) =>
    (list as List).some((element) => element !== null && compareValues(element, value) === 0),
  );
};

export const LISTS = { listLength, listGet, listContains };
