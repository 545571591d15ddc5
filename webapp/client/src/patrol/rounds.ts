/* The officer's rounds: what is due in the own grids, and the check-ins of this phone. */
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type Me, type OwnGrid, type PatrolPage } from "../shared/api/index.ts";
import { type CheckIn, checkedIn } from "./checkin.ts";
import { CheckInBox } from "./checkinbox.ts";
import { newId } from "./identity.ts";
import { type Fix, locate, type Refusal } from "./locate.ts";
import { useAskingAgain } from "./refresh.ts";
import type { Place } from "./report.ts";
import { keepCheckIn, keptCheckIns } from "./store.ts";

const REFRESH_MS = 60_000;
/** A position as exact as this is taken at once; a worse one after a few seconds. */
const EXACT_M = 50;
const SETTLE_MS = 6000;

/** What the screens use. `seeking` is the grid for which the phone looks where it is. */
export interface Rounds {
  readonly page: PatrolPage | null;
  readonly problem: ApiProblem | null;
  readonly reload: () => void;
  readonly checkIns: readonly CheckIn[];
  readonly seeking: string;
  readonly refusal: { readonly grid: string; readonly why: Refusal } | null;
  readonly checkIn: (grid: OwnGrid) => void;
}

export function useRounds(me: Me): Rounds {
  const owner = me.username;
  const [page, problem, reload] = usePage(owner);
  const [checkIns, setCheckIns] = useState<readonly CheckIn[]>([]);
  const [seeking, setSeeking] = useState("");
  const [refusal, setRefusal] = useState<Rounds["refusal"]>(null);
  const show = useCallback((one: CheckIn) => setCheckIns((before) => [...before.filter((other) => other.client_id !== one.client_id), one]), []);
  const box = useMemo(
    () =>
      new CheckInBox({ send: api.checkIn, keep: (one) => keepCheckIn(one).catch(() => undefined) }, (one) => {
        show(one);
        if (one.standing === "delivered") reload();
      }),
    [reload, show],
  );
  useEffect(() => {
    keptCheckIns(owner, new Date()).then(
      (found) => {
        setCheckIns(found);
        void box.resume(found);
      },
      () => undefined,
    );
    const online = (): void => void box.nudge();
    addEventListener("online", online);
    return () => {
      removeEventListener("online", online);
      box.stop();
    };
  }, [box, owner]);
  const checkIn = useCallback(
    (grid: OwnGrid) => {
      setRefusal(null);
      setSeeking(grid.code);
      void whereAmI().then((fix) => {
        setSeeking("");
        if (typeof fix === "string") setRefusal({ grid: grid.code, why: fix });
        else void box.take(checkedIn({ client_id: newId(), owner, grid: grid.code, grid_name: grid.place, place: fix, now: new Date() }));
      });
    },
    [box, owner],
  );
  return { page, problem, reload, checkIns, seeking, refusal, checkIn };
}

/** The phone's place, as exact as it gets within a few seconds; or why there is none. */
function whereAmI(): Promise<Place | Refusal> {
  return new Promise((resolve) => {
    let best: Place | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (found: Place | Refusal): void => {
      clearTimeout(timer);
      stop();
      resolve(found);
    };
    const tell = (fix: Fix): void => {
      if (fix.kind === "refused") queueMicrotask(() => end(fix.why));
      if (fix.kind !== "fixed") return;
      best = fix.place;
      if ((fix.place.accuracy_m ?? 0) <= EXACT_M) queueMicrotask(() => end(fix.place));
      else timer ??= setTimeout(() => best && end(best), SETTLE_MS);
    };
    const stop = locate(tell, { geolocation: navigator.geolocation, secure: window.isSecureContext, fresh: true });
  });
}

/** What is due, as last known: also without a signal. */
function usePage(owner: string): [PatrolPage | null, ApiProblem | null, () => void] {
  const key = `wangge.patrol.rounds.${owner}`;
  const [page, setPage] = useState<PatrolPage | null>(() => remembered(key));
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const ask = useCallback(() => {
    api.patrol().then(
      (fresh) => {
        setPage(fresh);
        setProblem(null);
        remember(key, fresh);
      },
      (thrown: unknown) => setProblem(asProblem(thrown)),
    );
  }, [key]);
  useAskingAgain(ask, REFRESH_MS);
  return [page, problem, ask];
}

function remembered(key: string): PatrolPage | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as PatrolPage | null;
  } catch {
    return null;
  }
}

function remember(key: string, page: PatrolPage): void {
  try {
    localStorage.setItem(key, JSON.stringify(page));
  } catch {
    /* Closed to us: it is asked anew next time. */
  }
}
