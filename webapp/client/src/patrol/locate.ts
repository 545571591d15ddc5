/* Where the phone is: its own word for it, the accuracy in metres, or why it can't say. */
import type { Place } from "./report.ts";

/** Why there is no position. */
export type Refusal = "insecure" | "denied" | "unavailable" | "timeout";

/** What is known of the phone's place. */
export type Fix =
  | { readonly kind: "seeking" }
  | { readonly kind: "fixed"; readonly place: Place }
  | { readonly kind: "refused"; readonly why: Refusal };

const REASONS: Record<number, Refusal> = { 1: "denied", 2: "unavailable", 3: "timeout" };
const GOOD_ENOUGH_M = 15;
const PATIENCE_MS = 20_000;

/**
 * Watches the phone's position until it is within 15 metres, at most 20 seconds, and tells each better one.
 * `fresh`: nothing remembered from a moment ago counts. Returns the function that stops it.
 */
export function locate(tell: (fix: Fix) => void, from: { geolocation?: Geolocation; secure: boolean; fresh?: boolean }): () => void {
  const source = from.geolocation;
  if (!source || !from.secure) {
    tell({ kind: "refused", why: from.secure ? "unavailable" : "insecure" });
    return () => undefined;
  }
  let best: number | null = null;
  let watching: number | null = null;
  const stop = (): void => {
    if (watching !== null) source.clearWatch(watching);
    watching = null;
    clearTimeout(limit);
  };
  const limit = setTimeout(() => {
    stop();
    if (best === null) tell({ kind: "refused", why: "timeout" });
  }, PATIENCE_MS);
  tell({ kind: "seeking" });
  watching = source.watchPosition(
    ({ coords }) => {
      if (best !== null && coords.accuracy >= best) return;
      best = coords.accuracy;
      tell({ kind: "fixed", place: { lng: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy), by: "phone" } });
      if (coords.accuracy <= GOOD_ENOUGH_M) stop();
    },
    (error) => {
      if (best !== null) return;
      stop();
      tell({ kind: "refused", why: REASONS[error.code] ?? "unavailable" });
    },
    { enableHighAccuracy: true, maximumAge: from.fresh ? 0 : 10_000, timeout: PATIENCE_MS },
  );
  return stop;
}
