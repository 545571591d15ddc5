/** What a page shows (view, filter, selection) kept in the address, so that it can be sent, kept and gone back to. */
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";

export type UrlState = Record<string, string>;

/** The state in a query string; unknown names are ignored, absent ones take their default. */
export function readState<S extends UrlState>(search: string, defaults: S): S {
  const params = new URLSearchParams(search);
  const entries = Object.entries(defaults).map(([name, value]) => [name, params.get(name) ?? value]);
  return Object.fromEntries(entries) as S;
}

/** `search` with `state` written into it; values at their default are left out, foreign parameters kept. */
export function writeState<S extends UrlState>(search: string, state: S, defaults: S): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(state)) {
    if (value === defaults[name]) params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  return text === "" ? "" : `?${text}`;
}

/** State and its setter; `push: true` makes a step that the back button undoes. `defaults` must keep its names. */
export function useUrlState<S extends UrlState>(defaults: S): [S, (patch: Partial<S>, options?: { push?: boolean }) => void] {
  const signature = JSON.stringify(defaults);
  const fixed = useMemo(() => JSON.parse(signature) as S, [signature]);
  const [state, setState] = useState(() => readState(location.search, fixed));

  useEffect(() => {
    const back = (): void => setState(readState(location.search, fixed));
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, [fixed]);

  const set = useCallback(
    (patch: Partial<S>, options: { push?: boolean } = {}) => {
      const next: S = { ...readState(location.search, fixed), ...patch };
      const search = writeState(location.search, next, fixed);
      if (search !== location.search) {
        const address = `${location.pathname}${search}${location.hash}`;
        if (options.push) history.pushState(null, "", address);
        else history.replaceState(null, "", address);
      }
      setState(next);
    },
    [fixed],
  );
  return [state, set];
}
