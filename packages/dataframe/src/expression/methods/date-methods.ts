import type { DateExpr, NumberExpr } from "../expr.js";
import type { Expression } from "../expression.js";
import type { DateUnit } from "../functions.js";
import { call, callNode, type Operand, withNode } from "../term.js";

/** Dates and timestamps, in UTC. */
export class DateMethods {
  declare readonly node: Expression;

  year(): NumberExpr<number> {
    return call(this, "year");
  }
  quarter(): NumberExpr<number> {
    return call(this, "quarter");
  }
  /** 1 to 12. */
  month(): NumberExpr<number> {
    return call(this, "month");
  }
  day(): NumberExpr<number> {
    return call(this, "day");
  }
  /** From 1. */
  dayOfYear(): NumberExpr<number> {
    return call(this, "dayOfYear");
  }
  /** From Sunday = 0. */
  dayOfWeek(): NumberExpr<number> {
    return call(this, "dayOfWeek");
  }
  /** Of ISO 8601: 1 to 53, beginning on Mondays. */
  week(): NumberExpr<number> {
    return call(this, "week");
  }
  hour(): NumberExpr<number> {
    return call(this, "hour");
  }
  minute(): NumberExpr<number> {
    return call(this, "minute");
  }
  second(): NumberExpr<number> {
    return call(this, "second");
  }
  /** Of the second: 0 to 999,999. */
  microsecond(): NumberExpr<number> {
    return call(this, "microsecond");
  }
  /** The beginning of its unit: `truncate("month")` is the first of the month. */
  truncate(unit: DateUnit): DateExpr {
    return call(this, "truncate", unit);
  }
  /** How many boundaries of the unit lie between `since` and this; negative when this is earlier. */
  difference(since: Operand<Date>, unit: DateUnit): NumberExpr<number> {
    return withNode(this, callNode("difference", [unit, since, this]));
  }
  /** Moved by so many units; months and years clip to the last day of the month. */
  plus(count: Operand<number>, unit: DateUnit): DateExpr {
    return call(this, "plus", count, unit);
  }
}
