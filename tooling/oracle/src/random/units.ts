import type { DateUnit } from "@eau2/dataframe";

export const DATE_UNITS: readonly DateUnit[] = ["year", "quarter", "month", "week", "day"];
export const TIME_UNITS: readonly DateUnit[] = ["hour", "minute", "second", "millisecond", "microsecond"];
