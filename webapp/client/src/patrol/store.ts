/* What the phone keeps: reports and their pictures, in IndexedDB, until they are delivered and 30 days older. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { type CheckIn, checkInOutdated } from "./checkin.ts";
import { type Report, outdated } from "./report.ts";

/** A check or a verification that is being written; `photos` are what the server calls them. */
export interface CheckDraft {
  readonly text: string;
  readonly far_reason: string;
  readonly photos: readonly string[];
  /** For the answer to a verification of what has no category yet. */
  readonly category?: string;
}

interface Kept extends DBSchema {
  reports: { key: string; value: Report; indexes: { owner: string } };
  checks: { key: string; value: CheckDraft & { readonly no: string } };
  words: { key: string; value: { readonly key: string; readonly list: readonly string[] } };
  checkins: { key: string; value: CheckIn; indexes: { owner: string } };
}

let opening: Promise<IDBPDatabase<Kept>> | null = null;

function open(): Promise<IDBPDatabase<Kept>> {
  opening ??= openDB<Kept>("wangge-patrol", 2, {
    upgrade(db, from) {
      if (from < 1) {
        db.createObjectStore("reports", { keyPath: "client_id" }).createIndex("owner", "owner");
        db.createObjectStore("checks", { keyPath: "no" });
        db.createObjectStore("words", { keyPath: "key" });
      }
      if (from < 2) db.createObjectStore("checkins", { keyPath: "client_id" }).createIndex("owner", "owner");
    },
    terminated() {
      opening = null;
    },
  });
  return opening;
}

/** Writes a report; the promise resolves once it is stored. Rejects where the browser keeps nothing (private mode, full). */
export async function keep(report: Report): Promise<void> {
  await (await open()).put("reports", report);
}

/** The reports of one account, newest first; delivered ones older than 30 days are dropped on the way. */
export async function kept(owner: string, now: Date): Promise<Report[]> {
  const db = await open();
  const all = await db.getAllFromIndex("reports", "owner", owner);
  const old = all.filter((report) => outdated(report, now));
  for (const report of old) await db.delete("reports", report.client_id);
  return all.filter((report) => !old.includes(report)).sort((a, b) => b.created_at.localeCompare(a.created_at));
}

/** Removes one report: a draft that its author discards. */
export async function discard(clientId: string): Promise<void> {
  await (await open()).delete("reports", clientId);
}

/** Writes a check-in; the promise resolves once it is stored. */
export async function keepCheckIn(one: CheckIn): Promise<void> {
  await (await open()).put("checkins", one);
}

/** The check-ins of one account; answered ones older than three days are dropped on the way. */
export async function keptCheckIns(owner: string, now: Date): Promise<CheckIn[]> {
  const db = await open();
  const all = await db.getAllFromIndex("checkins", "owner", owner);
  for (const one of all) if (checkInOutdated(one, now)) await db.delete("checkins", one.client_id);
  return all.filter((one) => !checkInOutdated(one, now));
}

/** The category codes that this account reported lately, latest first. */
export async function recentCategories(owner: string): Promise<readonly string[]> {
  return (await (await open()).get("words", `recent:${owner}`))?.list ?? [];
}

/** Replaces that list. */
export async function keepRecentCategories(owner: string, list: readonly string[]): Promise<void> {
  await (await open()).put("words", { key: `recent:${owner}`, list });
}

/** What was written for the check of an event; null when nothing was. */
export async function keptCheck(no: string): Promise<CheckDraft | null> {
  return (await (await open()).get("checks", no)) ?? null;
}

/** Keeps it; an empty one is removed. */
export async function keepCheck(no: string, draft: CheckDraft): Promise<void> {
  const db = await open();
  if (draft.text || draft.far_reason || draft.photos.length || draft.category) await db.put("checks", { ...draft, no });
  else await db.delete("checks", no);
}

/** Asks the browser not to throw the reports away when space is short; says whether it promised. */
export async function askToPersist(): Promise<boolean> {
  const storage = (navigator as Partial<Navigator>).storage as Partial<StorageManager> | undefined;
  return (await storage?.persist?.().catch(() => false)) ?? false;
}
