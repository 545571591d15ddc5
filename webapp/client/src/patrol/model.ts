/* What the patrol page knows and does: the reports of this account, kept on the phone and brought to the centre. */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api, type Category, type Me } from "../shared/api/index.ts";
import { newId } from "./identity.ts";
import { remembered } from "./guess.ts";
import { begun, type Picture, type Report } from "./report.ts";
import { named, Outbox } from "./sender.ts";
import { askToPersist, discard, keep, keepRecentCategories, kept, recentCategories } from "./store.ts";
import { Uploads } from "./uploads.ts";

const SAVE_MS = 250;

/** Everything that screens use. */
export interface Patrol {
  readonly me: Me;
  readonly reports: readonly Report[];
  readonly categories: readonly Category[];
  readonly recent: readonly string[];
  /** How much of a report's pictures is up, 0 to 1. */
  readonly share: (clientId: string) => number;
  /** Whether this browser keeps nothing: then a reload loses what isn't sent. */
  readonly forgetful: boolean;
  readonly begin: (files: readonly File[]) => Report;
  readonly change: (clientId: string, how: (report: Report) => Report) => void;
  readonly addPictures: (clientId: string, files: readonly File[], shows: Picture["shows"]) => void;
  readonly send: (clientId: string) => void;
  readonly retry: () => void;
  readonly drop: (clientId: string) => void;
}

type Shares = ReadonlyMap<string, number>;

/** The reports in memory and in the store; memory leads, the store follows within a quarter of a second. */
function useKept(owner: string) {
  const [reports, setReports] = useState<readonly Report[]>([]);
  const [forgetful, setForgetful] = useState(false);
  const all = useRef<ReadonlyMap<string, Report>>(new Map());
  const unsaved = useRef(new Map<string, Report>());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const store = useCallback((report: Report) => keep(report).catch(() => setForgetful(true)), []);
  const flush = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    for (const report of unsaved.current.values()) void store(report);
    unsaved.current.clear();
  }, [store]);
  const show = useCallback((next: Map<string, Report>) => {
    all.current = next;
    setReports([...next.values()].sort((a, b) => b.created_at.localeCompare(a.created_at)));
  }, []);
  const put = useCallback(
    (report: Report, saved: boolean) => {
      show(new Map(all.current).set(report.client_id, report));
      if (saved) {
        unsaved.current.delete(report.client_id);
        return;
      }
      unsaved.current.set(report.client_id, report);
      timer.current ??= setTimeout(flush, SAVE_MS);
    },
    [flush, show],
  );
  const remove = useCallback(
    (clientId: string) => {
      const next = new Map(all.current);
      next.delete(clientId);
      unsaved.current.delete(clientId);
      show(next);
      void discard(clientId).catch(() => undefined);
    },
    [show],
  );
  const load = useCallback(async (): Promise<Report[]> => {
    try {
      const found = await kept(owner, new Date());
      show(new Map([...found, ...all.current.values()].map((report) => [report.client_id, report])));
      return found;
    } catch {
      setForgetful(true);
      return [];
    }
  }, [owner, show]);

  useEffect(() => {
    const leaving = (): void => flush();
    addEventListener("pagehide", leaving);
    document.addEventListener("visibilitychange", leaving);
    return () => {
      leaving();
      removeEventListener("pagehide", leaving);
      document.removeEventListener("visibilitychange", leaving);
    };
  }, [flush]);
  return { reports, all, put, remove, load, store, forgetful };
}

export function usePatrol(me: Me): Patrol {
  const owner = me.username;
  const { reports, all, put, remove, load, store, forgetful } = useKept(owner);
  const [shares, setShares] = useState<Shares>(new Map());
  const [recent, setRecent] = useState<readonly string[]>([]);
  const categories = useCategories();
  const uploads = useMemo(() => new Uploads(), []);
  const setShare = useCallback((clientId: string, share: number) => setShares((before) => new Map(before).set(clientId, share)), []);

  const outbox = useMemo(
    () =>
      new Outbox({ upload: uploads.one, report: api.report, keep: store, now: () => new Date() }, (report, share) => {
        put(report, true);
        setShare(report.client_id, share);
      }),
    [uploads, store, put, setShare],
  );

  useEffect(() => {
    void askToPersist();
    void load().then((found) => outbox.resume(found));
    recentCategories(owner).then(setRecent, () => undefined);
    const online = (): void => void outbox.nudge();
    addEventListener("online", online);
    return () => {
      removeEventListener("online", online);
      outbox.stop();
    };
  }, [owner, load, outbox]);

  const change = useCallback(
    (clientId: string, how: (report: Report) => Report) => {
      const report = all.current.get(clientId);
      if (report) put(how(report), false);
    },
    [all, put],
  );

  /** Sends a picture ahead of its report; when that fails, the outbox sends it with the report. */
  const ahead = useCallback(
    (clientId: string, picture: Picture) => {
      uploads
        .one(picture.blob, (share) => setShare(picture.id, share))
        .then((receipt) => {
          if (all.current.get(clientId)?.standing === "draft") change(clientId, (report) => named(report, picture.id, receipt));
        })
        .catch(() => undefined)
        .finally(() => setShare(picture.id, -1));
    },
    [all, change, setShare, uploads],
  );

  const addPictures = useCallback(
    (clientId: string, files: readonly File[], shows: Picture["shows"]) => {
      const made = files.map((file): Picture => ({ id: newId(), blob: file, shows, taken_at: new Date().toISOString(), sha256: null, point: null }));
      change(clientId, (report) => ({ ...report, pictures: [...report.pictures, ...made] }));
      for (const picture of made) ahead(clientId, picture);
    },
    [ahead, change],
  );

  const begin = useCallback(
    (files: readonly File[]): Report => {
      const report = begun({ client_id: newId(), owner, now: new Date() });
      put(report, false);
      addPictures(report.client_id, files, "before");
      return report;
    },
    [addPictures, owner, put],
  );

  const send = useCallback(
    (clientId: string) => {
      const report = all.current.get(clientId);
      if (!report) return;
      if (report.category !== null) {
        const list = remembered(recent, report.category);
        setRecent(list);
        void keepRecentCategories(owner, list).catch(() => undefined);
      }
      void outbox.take({ ...report, failure: null });
    },
    [all, outbox, owner, recent],
  );

  return {
    me,
    reports,
    categories,
    recent,
    forgetful,
    share: (id) => shares.get(id) ?? 0,
    begin,
    change,
    addPictures,
    send,
    retry: () => void outbox.nudge(),
    drop: remove,
  };
}

/** The categories, asked once more when the network comes back. */
function useCategories(): readonly Category[] {
  const [categories, setCategories] = useState<readonly Category[]>(rememberedCategories);
  useEffect(() => {
    const ask = (): void => {
      api.categories().then(
        (list) => {
          setCategories(list);
          rememberCategories(list);
        },
        () => undefined,
      );
    };
    ask();
    addEventListener("online", ask);
    return () => removeEventListener("online", ask);
  }, []);
  return categories;
}

const CATEGORIES_KEY = "wangge.patrol.categories";

function rememberedCategories(): readonly Category[] {
  try {
    return JSON.parse(localStorage.getItem(CATEGORIES_KEY) ?? "[]") as Category[];
  } catch {
    return [];
  }
}

function rememberCategories(list: readonly Category[]): void {
  try {
    localStorage.setItem(CATEGORIES_KEY, JSON.stringify(list));
  } catch {
    /* Closed to us: they are asked anew next time. */
  }
}
