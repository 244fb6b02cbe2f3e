/** What expressions ask of days since 1970-01-01: parts, beginnings and steps. Numbers in and out, nothing allocated. */
import { civilOfDays, dayOfCivil, daysOfCivil, monthOfCivil, yearOfCivil } from "./civil.js";

const { floor } = Math;

/** Remainder that is never negative. */
const modulo = (value: number, by: number): number => value - floor(value / by) * by;

export const yearOfDays = (days: number): number => yearOfCivil(civilOfDays(days));
/** 1 to 12. */
export const monthOfDays = (days: number): number => monthOfCivil(civilOfDays(days));
/** 1 to 4. */
export const quarterOfDays = (days: number): number => floor((monthOfDays(days) + 2) / 3);
/** 1 to 31. */
export const dayOfMonth = (days: number): number => dayOfCivil(civilOfDays(days));
/** From 1. */
export const dayOfYear = (days: number): number => days - daysOfCivil(yearOfDays(days), 1, 1) + 1;
/** From Sunday = 0. 1970-01-01 was a Thursday. */
export const dayOfWeek = (days: number): number => modulo(days + 4, 7);

/** The Monday of a day's week. */
export const startOfWeek = (days: number): number => days - modulo(days + 3, 7);
/** A week of ISO 8601 belongs to the year of its Thursday. */
export const weekOfYear = (days: number): number => floor((dayOfYear(startOfWeek(days) + 3) - 1) / 7) + 1;

export const startOfMonth = (days: number): number => days - dayOfMonth(days) + 1;
export const startOfQuarter = (days: number): number => daysOfCivil(yearOfDays(days), quarterOfDays(days) * 3 - 2, 1);
export const startOfYear = (days: number): number => daysOfCivil(yearOfDays(days), 1, 1);

/** Months since the beginning of year 0. */
export const monthsOfDays = (days: number): number => {
  const civil = civilOfDays(days);
  return yearOfCivil(civil) * 12 + monthOfCivil(civil) - 1;
};

const startOfMonths = (months: number): number => {
  const year = floor(months / 12);
  return daysOfCivil(year, months - year * 12 + 1, 1);
};

/** The same day of the month so many months later, or the month's last day where it has no such day. */
export const plusMonths = (days: number, months: number): number => {
  const target = monthsOfDays(days) + months;
  const start = startOfMonths(target);
  const length = startOfMonths(target + 1) - start;
  return start + Math.min(dayOfMonth(days), length) - 1;
};

/** Years whose days are all inside an int32, and a few more: beyond them numbers stop being exact before long. */
const YEAR_MAX = 6_000_000;

/** The day of a date that the calendar has, and NaN for one that it has not. */
export const daysOfCalendarDate = (year: number, month: number, day: number): number => {
  if (!(Math.abs(year) <= YEAR_MAX && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return Number.NaN;
  const days = daysOfCivil(year, month, day);
  return dayOfMonth(days) === day ? days : Number.NaN;
};
