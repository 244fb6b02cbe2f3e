/**
 * Days since 1970-01-01 to years, months and days of the proleptic Gregorian calendar, and back, for every day of an int32.
 *
 * Years are counted from March: then the leap day is the last one, and the lengths of months are a straight line, rounded
 * down. 400 years, an era, always have 146,097 days. A civil date is one number, year * 512 + month * 32 + day, so that
 * nothing is allocated; civil dates ascend as their days do.
 * @see Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013 (days_from_civil, civil_from_days).
 */

const ERA_YEARS = 400;
const ERA_DAYS = 146_097;
/** From 0000-03-01 to 1970-01-01. */
const EPOCH_DAYS = 719_468;

const { floor } = Math;

/** The civil date of a day. */
export const civilOfDays = (days: number): number => {
  const era = floor((days + EPOCH_DAYS) / ERA_DAYS);
  const dayOfEra = days + EPOCH_DAYS - era * ERA_DAYS;
  // Without the leap days before it: one in 4 years (1,460 days), none in 100 (36,524), one again in 400.
  const plainDay = dayOfEra - floor(dayOfEra / 1_460) + floor(dayOfEra / 36_524) - floor(dayOfEra / (ERA_DAYS - 1));
  const yearOfEra = floor(plainDay / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + floor(yearOfEra / 4) - floor(yearOfEra / 100));
  // From March, which is 0.
  const monthOfYear = floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - floor((153 * monthOfYear + 2) / 5) + 1;
  const isNextYear = monthOfYear >= 10;
  const month = isNextYear ? monthOfYear - 9 : monthOfYear + 3;
  return (era * ERA_YEARS + yearOfEra + (isNextYear ? 1 : 0)) * 512 + month * 32 + day;
};

/** Year 0 is the one before year 1. */
export const yearOfCivil = (civil: number): number => floor(civil / 512);
/** 1 to 12. */
export const monthOfCivil = (civil: number): number => floor((civil - yearOfCivil(civil) * 512) / 32);
/** 1 to 31. */
export const dayOfCivil = (civil: number): number => civil - floor(civil / 32) * 32;

/** The day of a civil date. @param month - 1 to 12. @param day - 1 to 31; beyond the month's last it goes on in the next. */
export const daysOfCivil = (year: number, month: number, day: number): number => {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = floor(marchYear / ERA_YEARS);
  const yearOfEra = marchYear - era * ERA_YEARS;
  const dayOfYear = floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + floor(yearOfEra / 4) - floor(yearOfEra / 100) + dayOfYear;
  return era * ERA_DAYS + dayOfEra - EPOCH_DAYS;
};
