/** Asking again: now, every while that the page is looked at, when it comes back into view, and when the network does. */
import { useEffect } from "preact/hooks";

/** Calls `ask` so, as long as the component stands; anew from the start when `ask` or `turn` is another. */
export function useAskingAgain(ask: () => void, everyMs: number, turn: unknown = null): void {
  useEffect(() => {
    ask();
    const woken = (): void => {
      if (document.visibilityState === "visible") ask();
    };
    const timer = setInterval(woken, everyMs);
    document.addEventListener("visibilitychange", woken);
    addEventListener("online", ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", woken);
      removeEventListener("online", ask);
    };
  }, [ask, everyMs, turn]);
}
