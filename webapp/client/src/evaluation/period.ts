/** Periods of a report: whole days of the prefecture, both ends counted. Pure; a day is "2026-03-31". */
import { gettext, say } from "../shared/i18n.ts";

export const KINDS = ["day", "week", "month", "quarter", "year", "free"] as const;
export type Kind = (typeof KINDS)[number];

export interface Days {
  from: string;
  to: string;
}

const MONTHS: Partial<Record<Kind, number>> = { month: 1, quarter: 3, year: 12 };

/** The period of this kind that `day` lies in; "free" gives the day alone. */
export function around(kind: Kind, day: string): Days {
  const date = read(day);
  if (kind === "week") {
    const monday = shifted(date, -((date.getUTCDay() + 6) % 7));
    return { from: write(monday), to: write(shifted(monday, 6)) };
  }
  const months = MONTHS[kind];
  if (months === undefined) return { from: day, to: day };
  const first = new Date(Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / months) * months, 1));
  const next = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + months, 1));
  return { from: write(first), to: write(shifted(next, -1)) };
}

/** The period before (-1) or after (1) one of this kind. */
export function beside(kind: Kind, days: Days, way: -1 | 1): Days {
  if (kind !== "free") return around(kind, way < 0 ? write(shifted(read(days.from), -1)) : write(shifted(read(days.to), 1)));
  const length = (read(days.to).getTime() - read(days.from).getTime()) / 86_400_000 + 1;
  return { from: write(shifted(read(days.from), way * length)), to: write(shifted(read(days.to), way * length)) };
}

/** As people say it. */
export function nameOf(kind: Kind, days: Days): string {
  const date = read(days.from);
  const values = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, quarter: Math.floor(date.getUTCMonth() / 3) + 1 };
  if (kind === "month") return say("%(year)s-%(month)s (month)", values);
  if (kind === "quarter") return say("%(year)s, quarter %(quarter)s", values);
  if (kind === "year") return say("Year %(year)s", values);
  return days.from === days.to ? days.from : say("%(from)s to %(to)s", { ...days });
}

export function kindName(kind: Kind): string {
  const names: Record<Kind, string> = { day: gettext("Day"), week: gettext("Week"), month: gettext("Month"), quarter: gettext("Quarter"), year: gettext("Year"), free: gettext("Free period") };
  return names[kind];
}

/** Whether two days are a period that can be asked for. */
export function fits(days: Days): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(days.from) && /^\d{4}-\d\d-\d\d$/.test(days.to) && days.from <= days.to;
}

function read(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

function shifted(date: Date, days: number): Date {
  return new Date(date.getTime() + days * 86_400_000);
}

function write(date: Date): string {
  return date.toISOString().slice(0, 10);
}
