/** Three-valued logic (Kleene's). All arguments are computed: one that fails is not hidden by another. */
import { exactOf } from "../values.js";
import { type FunctionOfRow, strict } from "./function-table.js";

const connective =
  (decides: boolean): FunctionOfRow =>
  (args) => ({
    type: "boolean",
    of: (row) => {
      const values = args.map((arg) => exactOf(arg.of(row)));
      if (values.includes(decides)) return decides;
      return values.includes(null) ? null : !decides;
    },
  });

export const BOOLEAN = {
  and: connective(false),
  or: connective(true),
  not: ((args) => strict("boolean", args, (value) => !value)) as FunctionOfRow,
};
