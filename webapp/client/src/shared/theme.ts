/** Light or dark, kept in this browser. The map listens, since its colours are not CSS. */
export type Theme = "dark" | "light";

const KEY = "wangge.theme";
const watchers = new Set<(theme: Theme) => void>();

export function currentTheme(): Theme {
  return document.documentElement.dataset["theme"] === "dark" ? "dark" : "light";
}

/** The theme that was chosen here before, null when none was (or storage is closed to us). */
export function keptTheme(): Theme | null {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "dark" || kept === "light" ? kept : null;
  } catch {
    return null;
  }
}

export function setTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    /* Storage is closed: the choice lasts for this page. */
  }
  /* The server draws the next page in it from the first moment; nothing flashes. */
  document.cookie = `wangge_theme=${theme}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  for (const watcher of watchers) watcher(theme);
}

export function watchTheme(watcher: (theme: Theme) => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
