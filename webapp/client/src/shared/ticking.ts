/** The present moment for screens: the server's, so that a wrong clock on a desk shows no wrong deadline. */
import { useEffect, useState } from "preact/hooks";

let offset = 0;

/** Takes the server's clock as the truth; called with `now` of a snapshot and with each tick of the live line. */
export function setServerNow(iso: string): void {
  const moment = Date.parse(iso);
  if (!Number.isNaN(moment)) offset = moment - Date.now();
}

/** Milliseconds since 1970 by the server's clock. */
export function serverNow(): number {
  return Date.now() + offset;
}

/** Re-renders every `every` ms, on the full period so that all clocks of a page turn together. */
export function useNow(every = 1000): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    let timer = 0;
    const plan = (): void => {
      timer = window.setTimeout(turn, every - (serverNow() % every));
    };
    const turn = (): void => {
      setNow(serverNow());
      plan();
    };
    plan();
    return () => clearTimeout(timer);
  }, [every]);
  return now;
}
