/**
 * Times as people say them, in the reader's own clock. Pure: `now` is always given, in milliseconds since 1970.
 * Calendar words (today, Monday) follow the prefecture's time zone, not the machine's.
 */
import { fill, gettext, language, ngettext } from "./i18n.ts";
import type { IsoTime } from "./api/types.ts";

export const ZONE = "Asia/Shanghai";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Wall {
  year: number;
  month: number;
  day: number;
  weekday: number;
  hour: string;
  minute: string;
  second: string;
  /** Days since 1970 of that calendar day. */
  ordinal: number;
}

const wallFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** The wall clock of the prefecture at `at` (ms). */
export function wall(at: number): Wall {
  const parts = Object.fromEntries(wallFormat.formatToParts(at).map((part) => [part.type, part.value]));
  const [year, month, day] = [Number(parts["year"]), Number(parts["month"]), Number(parts["day"])];
  const utc = Date.UTC(year, month - 1, day);
  return {
    year,
    month,
    day,
    weekday: new Date(utc).getUTCDay(),
    hour: parts["hour"] ?? "",
    minute: parts["minute"] ?? "",
    second: parts["second"] ?? "",
    ordinal: Math.round(utc / DAY),
  };
}

/** Milliseconds of an ISO time. */
export function at(iso: IsoTime): number {
  return Date.parse(iso);
}

/** "16:30". */
export function clockText(iso: IsoTime): string {
  const { hour, minute } = wall(at(iso));
  return `${hour}:${minute}`;
}

/** "14:32:08". */
export function secondsText(ms: number): string {
  const { hour, minute, second } = wall(ms);
  return `${hour}:${minute}:${second}`;
}

/** "11月20日", or "November 20". */
export function dateText(ms: number): string {
  return new Intl.DateTimeFormat(language(), { timeZone: ZONE, month: "long", day: "numeric" }).format(ms);
}

/** "星期五". */
export function weekdayText(ms: number): string {
  return new Intl.DateTimeFormat(language(), { timeZone: ZONE, weekday: "long" }).format(ms);
}

function shortWeekday(ms: number): string {
  return new Intl.DateTimeFormat(language(), { timeZone: ZONE, weekday: "short" }).format(ms);
}

/** The day of `ms` as seen from `now`: today, yesterday, tomorrow, else its date (with the year when it is another one). */
export function dayText(ms: number, now: number): string {
  const [there, here] = [wall(ms), wall(now)];
  const names: Record<number, string> = { 0: gettext("today"), [-1]: gettext("yesterday"), 1: gettext("tomorrow") };
  const name = names[there.ordinal - here.ordinal];
  if (name) return name;
  if (there.year === here.year) return dateText(ms);
  return new Intl.DateTimeFormat(language(), { timeZone: ZONE, dateStyle: "long" }).format(ms);
}

/** Whether it was, or will be, on the prefecture's day of `now`. */
export function isToday(iso: IsoTime, now: number): boolean {
  return wall(at(iso)).ordinal === wall(now).ordinal;
}

/** "今天 16:30". */
export function whenText(iso: IsoTime, now: number): string {
  return `${dayText(at(iso), now)} ${clockText(iso)}`;
}

/** "2026-11-22", as forms and papers write it. */
export function fullDayText(ms: number): string {
  const { year, month, day } = wall(ms);
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** "2026-11-22 09:52:07": for a record that is read to the second. */
export function fullTimeText(iso: IsoTime): string {
  return `${fullDayText(at(iso))} ${secondsText(at(iso))}`;
}

/** "2026-11-22 09:52": for paper, which does not know which day it is read on. */
export function fullText(iso: IsoTime): string {
  return `${fullDayText(at(iso))} ${clockText(iso)}`;
}

/** A length of time in its two largest units: "1 小时 20 分", "5 分 52 秒" (seconds only below ten minutes), "2 天 3 小时". */
export function lengthText(ms: number): string {
  const length = Math.max(0, ms);
  if (length < 10 * MINUTE) return underTenMinutes(length);
  if (length < HOUR) return minutesOf(Math.floor(length / MINUTE));
  if (length < DAY) return joined(hoursOf(Math.floor(length / HOUR)), Math.floor((length % HOUR) / MINUTE), minutesOf);
  return joined(ngettext("%(count)s day", "%(count)s days", Math.floor(length / DAY)), Math.floor((length % DAY) / HOUR), hoursOf);
}

function underTenMinutes(length: number): string {
  const [minutes, seconds] = [Math.floor(length / MINUTE), Math.floor((length % MINUTE) / SECOND)];
  const tail = ngettext("%(count)s s", "%(count)s s", seconds);
  return minutes === 0 ? tail : `${minutesOf(minutes)} ${tail}`;
}

function minutesOf(count: number): string {
  return ngettext("%(count)s min", "%(count)s min", count);
}

function hoursOf(count: number): string {
  return ngettext("%(count)s h", "%(count)s h", count);
}

function joined(head: string, rest: number, unit: (count: number) => string): string {
  return rest === 0 ? head : `${head} ${unit(rest)}`;
}

/** A number of minutes, as allowances are given: "30 分", "2 小时". */
export function minutesText(minutes: number): string {
  return minutes < 1 ? minutesOf(Math.round(minutes)) : lengthTextCoarse(minutes * MINUTE);
}

function lengthTextCoarse(length: number): string {
  return length < HOUR ? minutesOf(Math.floor(length / MINUTE)) : lengthText(length);
}

export interface Remaining {
  over: boolean;
  /** "剩 1 小时 20 分" or "超 38 分". */
  text: string;
}

/** What is left until `due`, or by how much it is over. */
export function remaining(due: IsoTime, now: number): Remaining {
  const left = at(due) - now;
  const over = left < 0;
  const length = over && left <= -MINUTE ? lengthTextCoarse(-left) : lengthText(Math.abs(left));
  return { over, text: fill(over ? gettext("%(length)s over") : gettext("%(length)s left"), { length }) };
}

/** Both ways at once: "剩 1 小时 20 分 · 今天 16:30". */
export function bothWays(due: IsoTime, now: number): string {
  return `${remaining(due, now).text} · ${whenText(due, now)}`;
}

/** Of a suspended event: "复查 11月25日". */
export function reviewText(due: IsoTime, now: number): string {
  return fill(gettext("Review %(day)s"), { day: dayText(at(due), now) });
}

/** The day after today in the prefecture, as a date input takes it: "2026-11-24". */
export function tomorrowInput(now: number): string {
  return new Date((wall(now).ordinal + 1) * DAY).toISOString().slice(0, 10);
}

function underDay(past: number): string {
  if (past < MINUTE) return underTenMinutes(past);
  return past < HOUR ? lengthTextCoarse(past) : hoursAndMinutes(past);
}

/** "超 38 分", "超 1:45", "超 2 天". */
function shortOver(past: number): string {
  const days = Math.floor(past / DAY);
  const length = days > 0 ? ngettext("%(count)s day", "%(count)s days", days) : underDay(past);
  return fill(gettext("%(length)s over"), { length });
}

/** For a narrow column: "超 38 分", "超 1:45", "超 2 天", "5 分 52 秒", "41 分", "1:33" (hours:minutes), "周一", "11月30日". */
export function shortLeft(due: IsoTime, now: number): string {
  const left = at(due) - now;
  if (left < 0) return shortOver(-left);
  if (left < HOUR) return lengthText(left);
  if (left < 8 * HOUR) return hoursAndMinutes(left);
  return later(at(due), now);
}

function hoursAndMinutes(left: number): string {
  return `${Math.floor(left / HOUR)}:${String(Math.floor((left % HOUR) / MINUTE)).padStart(2, "0")}`;
}

function later(due: number, now: number): string {
  const days = wall(due).ordinal - wall(now).ordinal;
  if (days <= 1) return dayText(due, now);
  return days < 7 ? shortWeekday(due) : dateText(due);
}

/** "0.4 秒前" is for machines: people read "刚刚", "12 秒前", "3 分前", "2 小时前". */
export function agoText(from: number, now: number): string {
  const past = Math.max(0, now - from);
  if (past < 2 * SECOND) return gettext("just now");
  return fill(gettext("%(length)s ago"), { length: past < MINUTE ? underTenMinutes(past) : lengthTextCoarse(past) });
}
